import Files

extension Calibration {
  /// The largest file that is read; those of the largest devices of today have 0.7 MB.
  public static let largestFile = 8 << 20
  /// A device has no more qubits than this.
  public static let mostQubits = 4096

  /// Reads a maker's JSON: IBM's properties, or Braket's standardised properties, alone or within a device's.
  public init(file path: String) throws(CalibrationError) {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try readFile(path, atMost: Calibration.largestFile) } catch { throw .file(error) }
    try self.init(bytes, path: path)
  }

  /// The same from what a file holds.
  public init(_ bytes: [UInt8], path: String) throws(CalibrationError) {
    var ibm = IBMCalibration(path: path)
    let read = try JSON.object(bytes, passing: IBMCalibration.arrays) {
      (array, index, entry) throws(CalibrationError) in try ibm.take(array, index, entry)
    }
    guard let json = read, case .object(let members) = json else {
      guard let other = JSON(bytes) else { throw .notJSON(path: path) }
      throw .foreign(path: path, given: other.kind)
    }
    if json["qubits"]?.asArray != nil, json["gates"]?.asArray != nil {
      self = try ibm.calibration(name: json["backend_name"]?.asString)
      return
    }
    for candidate in [json, json["standardized"]] {
      if let candidate, candidate["oneQubitProperties"] != nil {
        self = try BraketCalibration(path: path).read(candidate)
        return
      }
    }
    let keys = members.prefix(4).map { "\"\($0.0.prefix(20))\"" }.joined(separator: ", ")
    throw .foreign(path: path, given: keys.isEmpty ? "an empty object" : "an object with \(keys)")
  }
}
