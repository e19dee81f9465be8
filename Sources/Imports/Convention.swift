import Kernel
import Models

/// What has to be said of an array of angles before it is a model. Raw values are the keys of a file's metadata; values
/// are texts, in the form in which a model file has them.
public enum Convention: String, CaseIterable, Sendable {
  /// The array's axes in their order: `layer`, `qubit`, `gate`. One that is left out has an extent of 1.
  case axes
  /// The rotations of a block that the gate axis holds, in the order in which they act.
  case gates
  case rotation
  case entangler
  case entanglingGate = "entangling_gate"
  case qubitOrder = "qubit_order"
  case finalRotation = "final_rotation"
  case encoder
  case observables
  case task

  /// `--entangling-gate`
  public var flag: String { "--" + rawValue.map { $0 == "_" ? "-" : String($0) }.joined() }

  /// What holds where nobody states it, as in model files; nil: it has to be stated.
  public var absent: String? {
    switch self {
    case .entanglingGate: EntanglingGate.cnot.name
    case .task: ModelTask.classification.rawValue
    default: nil
    }
  }

  /// Whether it says how the array is laid out, not what the circuit does.
  var isOfArray: Bool { self == .axes || self == .gates }

  /// For messages.
  public var allowed: String {
    switch self {
    case .axes: "layer, qubit, gate in the array's order, those of extent 1 left out or not: layer,qubit,gate"
    case .gates: "1 to 3 of rx, ry, rz in the order in which they act: rx,ry,rz"
    case .rotation: "half for exp(-i angle P/2), full for exp(i angle P)"
    case .entangler: Entangler.allowedNames
    case .entanglingGate: EntanglingGate.allowedNames
    case .qubitOrder: "little-endian where qubit q is bit q of an amplitude's index, else big-endian"
    case .finalRotation: "true, false"
    case .encoder: Encoder.allowedNames
    case .observables: "one a logit, up to \(Model.largestLogitCount): Z0; 0.5*Z0*Z1 - X2"
    case .task: ModelTask.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }

  /// The one spelling of a value.
  /// - Throws: `ConventionFault` for what is none.
  public func canonical(_ text: String) throws(ConventionFault) -> String {
    let known: String? =
      switch self {
      case .axes: Axis.list(text).map(Axis.text)
      case .gates: Gate.list(text).map(Gate.text)
      case .rotation: RotationConvention(name: text)?.name
      case .entangler: Entangler(name: text)?.name
      case .entanglingGate: EntanglingGate(name: text)?.name
      case .qubitOrder: QubitOrder(name: text)?.name
      case .finalRotation: ["true", "false"].contains(text) ? text : nil
      case .encoder: Encoder(name: text)?.name
      case .observables: try Self.observables(text)
      case .task: ModelTask(rawValue: text)?.rawValue
      }
    guard let known else { throw ConventionFault(self, given: text, allowed: allowed) }
    return known
  }

  /// Sums of Pauli strings between semicolons or commas.
  private static func observables(_ text: String) throws(ConventionFault) -> String {
    let parts = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") }
    guard parts.count <= Model.largestLogitCount else {
      throw ConventionFault(.observables, given: "\(parts.count)", allowed: "at most \(Model.largestLogitCount)")
    }
    var texts: [String] = []
    for part in parts {
      let given = String(decoding: part, as: UTF8.self)
      do { texts.append(try Observable(given).text) } catch {
        throw ConventionFault(
          .observables, given: given, allowed: "\(error.expected) at character \(error.character), as in Z0; Z1")
      }
    }
    return texts.joined(separator: "; ")
  }
}

/// A text that is no value of a convention.
public struct ConventionFault: Error, Sendable, Equatable {
  public let convention: Convention
  public let given: String
  public let allowed: String

  init(_ convention: Convention, given: String, allowed: String) {
    self.convention = convention
    self.given = given
    self.allowed = allowed
  }
}

/// An axis of an array of angles.
enum Axis: String, CaseIterable, Sendable {
  case layer, qubit, gate

  /// - Returns: nil for what is no list of different axes.
  static func list(_ text: String) -> [Axis]? {
    let axes = words(text).map { Axis(rawValue: $0) }
    return axes.contains(nil) || Set(axes).count < axes.count ? nil : axes.compactMap { $0 }
  }

  static func text(_ axes: [Axis]) -> String { axes.map(\.rawValue).joined(separator: ",") }
}

/// A rotation about an axis of the Bloch sphere. Raw values are places in a model's blocks.
package enum Gate: Int, CaseIterable, Sendable {
  case rx, ry, rz

  static let most = 3

  /// - Returns: nil for what is no list of one to three gates.
  static func list(_ text: String) -> [Gate]? {
    let gates = words(text).map { word in allCases.first { "\($0)" == word } }
    return gates.contains(nil) || !(1...most).contains(gates.count) ? nil : gates.compactMap { $0 }
  }

  static func text(_ gates: [Gate]) -> String { gates.map { "\($0)" }.joined(separator: ",") }

  /// Whether a block's gates are a model's own, in its order, some of them left out.
  static func areOfModel(_ gates: [Gate]) -> Bool {
    zip(gates, gates.dropFirst()).allSatisfy { $0.rawValue < $1.rawValue }
  }

  /// All sequences of so many gates, no gate twice in a row.
  package static func sequences(_ count: Int) -> [[Gate]] {
    if count == 0 { return [[]] }
    return sequences(count - 1).flatMap { head in
      allCases.filter { $0 != head.last }.map { head + [$0] }
    }
  }
}

/// What stands between commas, without blanks around it.
private func words(_ text: String) -> [String] {
  text.split(separator: ",", omittingEmptySubsequences: false).map { part in
    var word = part.drop { $0 == " " }
    while word.last == " " { word.removeLast() }
    return String(word)
  }
}
