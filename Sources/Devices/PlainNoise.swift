import Kernel

/// A device by a few numbers: every qubit alike, every pair coupled.
public struct PlainNoise: Sendable, Equatable {
  /// Seconds; infinite where nothing decays.
  public var t1 = Double.infinity
  public var t2 = Double.infinity
  /// Average infidelity of one pulse, and of the gate of a pair.
  public var pulseError = 0.0
  public var pairError = 0.0
  /// Seconds.
  public var pulseSeconds = 0.0
  public var pairSeconds = 0.0
  public var readout = ReadoutFlips()

  public init() {}

  /// What is absurd in it is found as in a file.
  public func calibration(qubits count: Int) -> Calibration {
    let qubit = Calibration.Qubit(
      t1: t1, t2: t2, gate: .init(name: "pulse", error: pulseError, seconds: pulseSeconds), readout: readout)
    let couplings = (0..<count).flatMap { a in
      (a + 1..<max(count, a + 1)).map {
        Calibration.Coupling(a, $0, gate: .init(name: "pair", error: pairError, seconds: pairSeconds))
      }
    }
    return Calibration(
      name: "numbers", qubits: [Calibration.Qubit](repeating: qubit, count: count), couplings: couplings)
  }
}
