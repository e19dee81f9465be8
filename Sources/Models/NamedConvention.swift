import Kernel

/// A convention that has a name in profiles, on the command line and in model files. The kernel itself knows no text.
public protocol NamedConvention: Sendable {
  static var all: [Self] { get }
  var name: String { get }
}

extension NamedConvention {
  /// - Returns: nil for a name that no case has.
  public init?(name: String) {
    guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// All names, for messages: `linear, ring, descending, all-pairs`.
  public static var allowedNames: String { all.map(\.name).joined(separator: ", ") }
}

extension Ansatz {
  /// The circuit's conventions by their keys in model files and reports.
  public var conventions: [(key: String, name: String)] {
    [("entangler", entangler.name), ("rotation", rotation.name), ("qubit_order", qubitOrder.name)]
  }
}

extension Entangler: NamedConvention {
  public static var all: [Entangler] { [.linear, .ring, .descending, .allPairs] }

  public var name: String {
    switch self {
    case .linear: "linear"
    case .ring: "ring"
    case .descending: "descending"
    case .allPairs: "all-pairs"
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
