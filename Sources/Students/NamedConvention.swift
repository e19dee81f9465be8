import Kernel

/// A convention that has a name in profiles, on the command line and in model files. The kernel itself knows no text.
public protocol NamedConvention: CaseIterable, Sendable {
  var name: String { get }
}

extension NamedConvention {
  /// - Returns: nil for a name that no case has.
  public init?(name: String) {
    guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// All names, for messages: `linear, ring, descending, all-pairs`.
  public static var allowedNames: String { allCases.map(\.name).joined(separator: ", ") }
}

extension Entangler: NamedConvention {
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
  public var name: String {
    switch self {
    case .half: "half"
    case .full: "full"
    }
  }
}

extension QubitOrder: NamedConvention {
  public var name: String {
    switch self {
    case .littleEndian: "little-endian"
    case .bigEndian: "big-endian"
    }
  }
}

extension Precision: NamedConvention {
  public var name: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    }
  }
}

extension DistillationDirection: NamedConvention {
  public var name: String {
    switch self {
    case .studentFirst: "student-first"
    case .teacherFirst: "teacher-first"
    }
  }
}

extension Encoder: NamedConvention {
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
