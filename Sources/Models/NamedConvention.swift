import Kernel

/// A convention that has a name in profiles, on the command line and in model files. The kernel itself knows no text.
public protocol NamedConvention: Sendable {
  static var all: [Self] { get }
  var name: String { get }
  /// - Returns: nil for a name that no value has.
  init?(name: String)
  /// All names, for messages: `half, full`.
  static var allowedNames: String { get }
}

extension NamedConvention {
  public init?(name: String) {
    guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  public static var allowedNames: String { all.map(\.name).joined(separator: ", ") }
}

extension Ansatz {
  /// The circuit's conventions by their keys in model files and reports.
  public var conventions: [(key: String, name: String)] {
    [
      ("entangler", entangler.name), (Model.entanglingGateKey, entanglingGate.name), ("rotation", rotation.name),
      ("qubit_order", qubitOrder.name),
    ]
  }
}

extension Entangler: NamedConvention {
  /// The patterns; a list has its pairs for a name: `0-1, 1-2, 2-0`.
  public static var all: [Entangler] { [.linear, .ring, .descending, .allPairs] }

  public static var allowedNames: String {
    all.map(\.name).joined(separator: ", ")
      + ", or 1 to \(QubitPairs.capacity) pairs control-target of different qubits from 0 to "
      + "\(Ansatz.qubitRange.upperBound - 1), such as \"0-1, 1-2, 2-0\""
  }

  public init?(name: String) {
    if let pattern = Self.all.first(where: { $0.name == name }) {
      self = pattern
    } else if let pairs = QubitPairs(text: name) {
      self = .pairs(pairs)
    } else {
      return nil
    }
  }

  public var name: String {
    switch self {
    case .linear: "linear"
    case .ring: "ring"
    case .descending: "descending"
    case .allPairs: "all-pairs"
    case .pairs(let pairs): pairs.text
    }
  }
}

extension QubitPairs {
  /// `0-1, 1-2, 2-0`
  fileprivate var text: String {
    (0..<count).map { index in
      let (control, target) = pair(index)
      return "\(control)-\(target)"
    }.joined(separator: ", ")
  }

  /// Any number of blanks may stand around a pair.
  fileprivate init?(text: String) {
    self.init()
    for part in text.utf8.split(
      separator: UInt8(ascii: ","), maxSplits: QubitPairs.capacity, omittingEmptySubsequences: false)
    {
      var pair = part.drop { $0 == UInt8(ascii: " ") }
      while pair.last == UInt8(ascii: " ") { pair.removeLast() }
      let qubits = pair.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
        .map { digits in
          // One spelling each: no sign, no leading zero.
          Int(String(decoding: digits, as: UTF8.self)).flatMap { "\($0)".utf8.elementsEqual(digits) ? $0 : nil }
        }
      guard qubits.count == 2, let control = qubits[0], let target = qubits[1],
        append(control: control, target: target)
      else { return nil }
    }
  }
}

extension EntanglingGate: NamedConvention {
  public static var all: [EntanglingGate] { [.cnot, .cz] }

  public var name: String {
    switch self {
    case .cnot: "cnot"
    case .cz: "cz"
    }
  }
}

extension RotationConvention: NamedConvention {
  public static var all: [RotationConvention] { [.half, .full] }

  public var name: String {
    switch self {
    case .half: "half"
    case .full: "full"
    }
  }
}

extension QubitOrder: NamedConvention {
  public static var all: [QubitOrder] { [.littleEndian, .bigEndian] }

  public var name: String {
    switch self {
    case .littleEndian: "little-endian"
    case .bigEndian: "big-endian"
    }
  }
}

extension Precision: NamedConvention {
  public static var all: [Precision] { [.float32, .float64] }

  public var name: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    }
  }
}

extension DistillationDirection: NamedConvention {
  public static var all: [DistillationDirection] { [.studentFirst, .teacherFirst] }

  public var name: String {
    switch self {
    case .studentFirst: "student-first"
    case .teacherFirst: "teacher-first"
    }
  }
}

extension Encoder: NamedConvention {
  public static var all: [Encoder] { [.state, .amplitude, .amplitudeUnnormalized, .phase, .angle, .basis] }

  public var name: String {
    switch self {
    case .state: "state"
    case .amplitude: "amplitude"
    case .amplitudeUnnormalized: "amplitude-unnormalized"
    case .phase: "phase"
    case .angle: "angle"
    case .basis: "basis"
    }
  }
}
