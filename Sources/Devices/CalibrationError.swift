import Files

/// Why a file is no calibration.
public enum CalibrationError: Error, Sendable, Equatable {
  case file(FileError)
  /// No JSON, or cut off.
  case notJSON(path: String)
  /// JSON of another kind.
  case foreign(path: String, given: String)
  /// A calibration with a value that cannot stand there.
  case malformed(path: String, place: String, given: String, allowed: String)

  /// What stands in the file, what is allowed.
  public var text: String {
    switch self {
    case .file(let error): "\(error.path): cannot be read"
    case .notJSON(let path): "\(path): is not a JSON text, or is cut off"
    case .foreign(let path, let given):
      "\(path): is \(given); allowed: the properties of a device as IBM publishes them (qubits, gates), or Braket's "
        + "standardised gate-model properties of version 1 or 2 (oneQubitProperties, twoQubitProperties)"
    case .malformed(let path, let place, let given, let allowed):
      "\(path): \(place) is \(given); allowed: \(allowed)"
    }
  }
}

extension JSON {
  /// A value in a message: its kind, and a number itself.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value.utf8.count <= 40 ? "\"\(value)\"" : "a string of \(value.utf8.count) bytes"
    case .array(let elements): "an array of \(elements.count)"
    case .numbers(let values): "an array of \(values.count)"
    case .object: "an object"
    }
  }
}
