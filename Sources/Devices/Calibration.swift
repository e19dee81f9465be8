import Kernel

/// What a device's maker measured of it: times in seconds, errors as average infidelities in 0 … 1.
public struct Calibration: Sendable {
  /// A gate of the device: its error, and how long it takes.
  public struct Gate: Sendable, Equatable {
    public var name: String
    public var error: Double
    public var seconds: Double

    public init(name: String, error: Double, seconds: Double) {
      (self.name, self.error, self.seconds) = (name, error, seconds)
    }
  }

  public struct Qubit: Sendable, Equatable {
    /// Infinite where the qubit does not decay.
    public var t1: Double
    public var t2: Double
    /// One pulse; nil where there is none, and no circuit can use the qubit.
    public var gate: Gate?
    public var readout: ReadoutFlips
    /// Whether a circuit may use it (`CalibrationRules`).
    public var isUsable = true

    public init(t1: Double, t2: Double, gate: Gate?, readout: ReadoutFlips) {
      (self.t1, self.t2, self.gate, self.readout) = (t1, t2, gate, readout)
    }
  }

  /// Two qubits with a gate between them, in either direction.
  public struct Coupling: Sendable, Equatable {
    public let first: Int
    public let second: Int
    public var gate: Gate
    public var isUsable = true

    public init(_ a: Int, _ b: Int, gate: Gate) {
      (first, second) = (min(a, b), max(a, b))
      self.gate = gate
    }
  }

  /// As the maker names the device.
  public let name: String
  public private(set) var qubits: [Qubit]
  /// By first qubit, then second; at most one for two qubits.
  public private(set) var couplings: [Coupling]
  /// What was missing or absurd, and what was done about it.
  public private(set) var findings: [CalibrationFinding]
  /// Pulses of `Qubit.gate` in a block of RX, RY, RZ: two, around turns about Z that cost nothing
  /// (RZ·SX·RZ·SX·RZ, PAPER.md section 10).
  public static let pulsesInBlock = 2

  /// Applies `CalibrationRules`. Of several couplings of two qubits the one with the smaller error counts: a gate's
  /// direction is turned by pulses on single qubits.
  public init(name: String, qubits: [Qubit], couplings: [Coupling], findings: [CalibrationFinding] = []) {
    self.name = name
    var rules = CalibrationRules(findings: findings)
    self.qubits = qubits.enumerated().map { rules.checked($0.offset, $0.element) }
    var best: [Int: Coupling] = [:]
    for coupling in couplings {
      let key = coupling.first * qubits.count + coupling.second
      if let other = best[key], !other.gate.error.isNaN, !(coupling.gate.error < other.gate.error) { continue }
      best[key] = coupling
    }
    self.couplings = best.sorted { $0.key < $1.key }.map { rules.checked($0.value) }
    self.findings = rules.findings
  }

  /// The coupling of two qubits that a circuit may use.
  public func coupling(_ a: Int, _ b: Int) -> Coupling? {
    guard qubits.indices.contains(a), qubits.indices.contains(b), qubits[a].isUsable, qubits[b].isUsable else {
      return nil
    }
    // By halving: they are in order.
    let wanted = (min(a, b), max(a, b))
    var (low, high) = (0, couplings.count)
    while low < high {
      let middle = (low + high) / 2
      if (couplings[middle].first, couplings[middle].second) < wanted { low = middle + 1 } else { high = middle }
    }
    guard low < couplings.count, (couplings[low].first, couplings[low].second) == wanted else { return nil }
    return couplings[low].isUsable ? couplings[low] : nil
  }
}
