import Kernel

/// The noise of a circuit on a device, as the kernel takes it.
public struct DeviceNoise: Sendable {
  /// `[qubit]`: behind a block of rotations.
  public let qubits: [QubitChannel]
  /// `[pair of the entangler]`
  public let pairs: [PairChannel]
  /// `[qubit]`
  public let readout: [ReadoutFlips]

  /// The entangling gate counts as one gate of the coupling: pulses that turn the device's own gate (`ecr`, or one in
  /// the other direction) into it merge with the blocks beside it.
  /// - Parameter strength: what the noise of all gates is multiplied by, as stretched pulses multiply it: relaxation
  ///   lasts that much longer, and what depolarising leaves is raised to that power. Reading errors stay.
  /// - Precondition: the layout is one for the ansatz, or for one of more qubits, on the device.
  public init(_ ansatz: Ansatz, _ layout: Layout, on device: Calibration, strength: Double = 1) {
    qubits = layout.physical.map { device.blockChannel($0, strength: strength) }
    readout = layout.physical.map { device.qubits[$0].readout }
    pairs = ansatz.entanglingPairs.map { control, target in
      let (a, b) = (layout.physical[control], layout.physical[target])
      guard let coupling = device.coupling(a, b) else { preconditionFailure("the layout lacks a coupling") }
      return device.pairChannel(coupling, control: a, target: b, strength: strength)
    }
  }
}

extension Ansatz {
  /// The qubits of an entangler's gates, in the order in which they act.
  var entanglingPairs: [(control: Int, target: Int)] {
    (0..<entanglingPairCount).map { entanglingPair($0) }
  }
}
