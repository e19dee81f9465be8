import Glibc
import Kernel

extension Calibration {
  /// What one pulse does besides what it should (PAPER.md section 10): depolarising, then relaxation over its length.
  /// - Precondition: the qubit is usable.
  /// - Parameter strength: as in `DeviceNoise`.
  public func pulseChannel(_ qubit: Int, strength: Double = 1) -> QubitChannel {
    guard let gate = qubits[qubit].gate else { return QubitChannel() }
    let fidelity = averageFidelity(relaxation(qubit, gate.seconds))
    let rest = depolarizing(error: gate.error, relaxation: fidelity, dimension: 2)
    return QubitChannel.depolarizing(scaled(rest, strength)).then(relaxation(qubit, strength * gate.seconds))
  }

  /// The channel behind a block of RX, RY, RZ: its pulses', one after the other.
  public func blockChannel(_ qubit: Int, strength: Double = 1) -> QubitChannel {
    let pulse = pulseChannel(qubit, strength: strength)
    return (1..<Calibration.pulsesInBlock).reduce(pulse) { channel, _ in channel.then(pulse) }
  }

  /// What the gate of a coupling does besides what it should: depolarising, then relaxation of both over its length.
  /// - Precondition: the coupling is usable, and has these qubits.
  public func pairChannel(
    _ coupling: Coupling, control: Int, target: Int, strength: Double = 1
  ) -> PairChannel {
    func relaxations(_ strength: Double) -> PairChannel {
      let seconds = strength * coupling.gate.seconds
      return PairChannel(control: relaxation(control, seconds), target: relaxation(target, seconds))
    }
    let fidelity = averageFidelity(relaxations(1))
    let rest = depolarizing(error: coupling.gate.error, relaxation: fidelity, dimension: 4)
    return PairChannel.depolarizing(scaled(rest, strength)).then(relaxations(strength))
  }

  /// The parameter of so many depolarising channels, one after the other. Beyond 1 signs alternate: there a power has
  /// no meaning between whole numbers, and none of a calibration comes there.
  private func scaled(_ probability: Double, _ strength: Double) -> Double {
    strength == 1 ? probability : 1 - pow(max(0, 1 - probability), strength)
  }

  private func relaxation(_ qubit: Int, _ seconds: Double) -> QubitChannel {
    // Without a time, and for what does not decay, nothing happens.
    QubitChannel.relaxation(time: seconds, t1: qubits[qubit].t1, t2: qubits[qubit].t2)
  }

  /// The depolarising parameter that, before a relaxation of average fidelity F, makes an error of average infidelity
  /// r: p = d (r − (1 − F)) / (dF − 1), at least 0 and at most d²/(d² − 1), as Qiskit Aer takes it.
  private func depolarizing(error: Double, relaxation fidelity: Double, dimension d: Double) -> Double {
    let rest = min(error, d / (d + 1)) - (1 - fidelity)
    return rest <= 0 ? 0 : min(d * rest / (d * fidelity - 1), d * d / (d * d - 1))
  }
}

/// The average fidelity of a channel with the identity: (d F + 1)/(d + 1) with F = tr M / d² of its transfer matrix.
func averageFidelity(_ channel: QubitChannel) -> Double {
  let trace = (0..<4).reduce(0) { $0 + channel.entry($1, $1) }
  return (trace / 2 + 1) / 3
}

func averageFidelity(_ channel: PairChannel) -> Double {
  let trace = (0..<16).reduce(0) { $0 + channel.entry($1, $1) }
  return (trace / 4 + 1) / 5
}
