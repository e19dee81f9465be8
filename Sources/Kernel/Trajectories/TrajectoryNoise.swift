/// The noise of a circuit for trajectories, where `CircuitNoise` has it: each qubit's channel after its RX, RY, RZ of
/// every layer, each pair's after its gate. Borrows the operators; nil where there is no noise.
public struct TrajectoryNoise {
  /// `[qubit]`
  let qubits: UnsafePointer<QubitKraus>?
  /// `[pair of the entangler]`
  let pairs: UnsafePointer<PairKraus>?

  @_noAllocation
  public init(qubits: UnsafePointer<QubitKraus>? = nil, pairs: UnsafePointer<PairKraus>? = nil) {
    self.qubits = qubits
    self.pairs = pairs
  }
}
