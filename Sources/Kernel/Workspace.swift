/// The memory that one group of lanes needs on its way through the circuit; one for each thread. A *state* is
/// `[amplitude][re, im][lane]` of the format's scalar.
public struct Workspace {
  /// How the backward sweep gets ψ of each layer.
  public enum History {
    /// Only the forward direction is wanted.
    case none
    /// ψ after each rotation layer is kept: `[rotation layer]` states. Fastest.
    case stored(UnsafeMutableRawPointer)
    /// ψ is un-computed beside λ: about a third more arithmetic, and no memory that grows with the layers.
    case uncomputed

    /// The stored states, if any are.
    public var states: UnsafeMutableRawPointer? {
      @_noAllocation get { if case .stored(let states) = self { states } else { nil } }
    }
  }

  /// Two states that the forward direction alternates between; unused with a stored history.
  let stateA: UnsafeMutableRawPointer
  let stateB: UnsafeMutableRawPointer
  /// Two states for λ; unused without a history.
  let cotangentA: UnsafeMutableRawPointer
  let cotangentB: UnsafeMutableRawPointer
  let history: History
  /// `[amplitude][lane]`, twice with a history.
  let diagonal: UnsafeMutableRawPointer
  /// `[2][logit][lane]`: expectations, then the loss's derivatives by them.
  let readout: UnsafeMutableRawPointer
  /// `[2][logit]`: one lane's logits and derivatives.
  let sample: UnsafeMutablePointer<Double>
  /// What the input holds.
  public let inputForm: InputForm

  /// The encoded input may share memory with `stateB` (or, with a stored history, with `cotangentB`): it is
  /// overwritten then.
  @_noAllocation
  public init(
    stateA: UnsafeMutableRawPointer, stateB: UnsafeMutableRawPointer, cotangentA: UnsafeMutableRawPointer,
    cotangentB: UnsafeMutableRawPointer, history: History, diagonal: UnsafeMutableRawPointer,
    readout: UnsafeMutableRawPointer, sample: UnsafeMutablePointer<Double>, inputForm: InputForm = .state
  ) {
    self.stateA = stateA
    self.stateB = stateB
    self.cotangentA = cotangentA
    self.cotangentB = cotangentB
    self.history = history
    self.diagonal = diagonal
    self.readout = readout
    self.sample = sample
    self.inputForm = inputForm
  }
}
