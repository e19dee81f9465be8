/// Something missing or absurd in a calibration, and what was done about it.
public struct CalibrationFinding: Sendable, Equatable {
  public enum Place: Sendable, Equatable {
    case device
    case qubit(Int)
    case coupling(Int, Int)
  }

  public let place: Place
  /// What was found.
  public let given: String
  /// What was done.
  public let repair: String

  /// One line.
  public var text: String {
    switch place {
    case .device: "\(given): \(repair)"
    case .qubit(let qubit): "qubit \(qubit): \(given): \(repair)"
    case .coupling(let a, let b): "coupling \(a)-\(b): \(given): \(repair)"
    }
  }
}

/// The one rule for what a calibration cannot mean: what has a nearest physical value gets it, everything else takes
/// the qubit or coupling out of use. Whatever is done is told.
///
/// - T2 > 2 T1 becomes 2 T1, the physical limit (as Qiskit Aer does).
/// - A qubit is out of use without T1, T2, a pulse, or both readout flips; where one of them is no number, negative, or
///   (the flips) above 1; where T1 or T2 is 0.
/// - An error of at least 1 − 1/d is more than what is left of a fully depolarised pair or qubit (d = 4, 2); makers
///   write 1 for what is broken. It takes the qubit or coupling out of use.
struct CalibrationRules {
  var findings: [CalibrationFinding]

  private mutating func tell(_ place: CalibrationFinding.Place, _ given: String, _ repair: String) {
    findings.append(CalibrationFinding(place: place, given: given, repair: repair))
  }

  mutating func checked(_ index: Int, _ given: Calibration.Qubit) -> Calibration.Qubit {
    var qubit = given
    if let fault = fault(qubit) {
      tell(.qubit(index), fault, "not used")
      qubit.isUsable = false
    } else if qubit.t2 > 2 * qubit.t1 {
      tell(.qubit(index), "T2 of \(qubit.t2) s is more than 2 T1", "2 T1 = \(2 * qubit.t1) s is taken")
      qubit.t2 = 2 * qubit.t1
    }
    return qubit
  }

  private func fault(_ qubit: Calibration.Qubit) -> String? {
    for (name, value) in [("T1", qubit.t1), ("T2", qubit.t2)] {
      if value.isNaN { return "\(name) is missing" }
      if value <= 0 { return "\(name) is \(value) s" }
    }
    for (name, value) in [("P(1|0)", qubit.readout.oneForZero), ("P(0|1)", qubit.readout.zeroForOne)] {
      if value.isNaN { return "\(name) of the readout is missing" }
      if value < 0 || value > 1 { return "\(name) of the readout is \(value)" }
    }
    guard let gate = qubit.gate else { return "it has no gate" }
    return fault(gate, dimension: 2)
  }

  private func fault(_ gate: Calibration.Gate, dimension: Double) -> String? {
    if gate.error.isNaN { return "the error of \(gate.name) is missing" }
    if gate.error < 0 || gate.error >= 1 - 1 / dimension { return "the error of \(gate.name) is \(gate.error)" }
    if gate.seconds.isNaN { return "the length of \(gate.name) is missing" }
    if gate.seconds < 0 || gate.seconds.isInfinite { return "the length of \(gate.name) is \(gate.seconds) s" }
    return nil
  }

  mutating func checked(_ given: Calibration.Coupling) -> Calibration.Coupling {
    var coupling = given
    if let fault = fault(coupling.gate, dimension: 4) {
      tell(.coupling(coupling.first, coupling.second), fault, "not used")
      coupling.isUsable = false
    }
    return coupling
  }
}
