/// The two errors of reading one qubit.
public struct ReadoutFlips: Sendable, Equatable, BitwiseCopyable {
  /// P(1|0): reads 1 where the qubit is 0.
  public var oneForZero: Double
  /// P(0|1).
  public var zeroForOne: Double

  @_noAllocation
  public init(oneForZero: Double = 0, zeroForOne: Double = 0) {
    self.oneForZero = oneForZero
    self.zeroForOne = zeroForOne
  }

  /// A measured letter P becomes `offset` + `factor` · P (PAPER.md section 10).
  public var offset: Double { zeroForOne - oneForZero }
  public var factor: Double { 1 - oneForZero - zeroForOne }
}

/// The noise of a circuit, where it stands (PAPER.md section 10): each qubit's channel after its RX, RY, RZ of every
/// layer, each pair's channel after its gate, in the order of the gates; reading errors at the end. Borrows the
/// channels; nil where there is no noise.
public struct CircuitNoise {
  /// `[qubit]`
  let qubits: UnsafePointer<QubitChannel>?
  /// `[pair of the entangler]`
  let pairs: UnsafePointer<PairChannel>?
  /// `[qubit]`
  let readout: UnsafePointer<ReadoutFlips>?

  @_noAllocation
  public init(
    qubits: UnsafePointer<QubitChannel>? = nil, pairs: UnsafePointer<PairChannel>? = nil,
    readout: UnsafePointer<ReadoutFlips>? = nil
  ) {
    self.qubits = qubits
    self.pairs = pairs
    self.readout = readout
  }

  func qubitChannel(_ qubit: Int) -> QubitChannel { qubits.map { $0[qubit] } ?? QubitChannel() }

  /// Whether some pair's channel mixes rows.
  func mixesRows(_ ansatz: Ansatz) -> Bool {
    guard let pairs else { return false }
    var pair = 0
    while pair < ansatz.pairCount {
      if pairs[pair].mixesRows { return true }
      pair += 1
    }
    return false
  }
}
