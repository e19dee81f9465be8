/// Basis vectors φ_k of a linear family of samples Σ_k c_k φ_k with real c (PAPER.md section 3, "Reduced basis"). A
/// batch of any size costs what `dimension` samples cost: its expectations are the quadratic forms cᵀFc,
/// F_kl = Re⟨φ_k|U†O U|φ_l⟩.
public struct Span {
  /// `[group][branch]` states; vector k is lane k mod lanes of group k / lanes. Lanes beyond the last vector hold
  /// zeros. Never overwritten.
  let states: UnsafeMutableRawPointer
  /// The number of vectors, R.
  public let dimension: Int
  /// The states of each vector, 1 unless samples are mixed: a sample's branches are Σ_k c_k φ_kb, with the same c for
  /// all b.
  public let branches: Int

  /// - Precondition: `dimension ≥ 1`, `branches ≥ 1`; the states outlive this value.
  @_noAllocation
  public init(states: UnsafeMutableRawPointer, dimension: Int, branches: Int = 1) {
    precondition(dimension >= 1 && branches >= 1)
    self.states = states
    self.dimension = dimension
    self.branches = branches
  }
}

/// The sizes of a span's buffers.
public struct SpanShape {
  public let dimension: Int
  public let branches: Int
  public let format: LaneFormat

  @_noAllocation
  public init(dimension: Int, branches: Int = 1, format: LaneFormat) {
    self.dimension = dimension
    self.branches = branches
    self.format = format
  }

  @_noAllocation
  init(_ span: Span, _ format: LaneFormat) {
    self.init(dimension: span.dimension, branches: span.branches, format: format)
  }

  public var groups: Int { (dimension + format.lanes - 1) / format.lanes }

  /// States in all groups and branches: that many does a `Span` hold, and as many are kept evolved.
  public var states: Int { groups * branches }

  /// Rows and columns of the forms: those of whole groups and whole `FormVector`s.
  public var padded: Int {
    let lanes = max(format.lanes, FormVector.lanes)
    return (dimension + lanes - 1) / lanes * lanes
  }

  /// Of `SpanWorkspace.forms`, and of its `weights`.
  @_noAllocation
  public func formBytes(logits: Int) -> Int { logits * padded * padded * MemoryLayout<Double>.stride }

  /// Of `SpanWorkspace.scratch`.
  @_noAllocation
  public func scratchBytes(logits: Int) -> Int {
    (padded + logits) * MemoryLayout<Double>.stride + padded * format.vectorBytes
  }
}

/// The memory that a span needs on its way through the circuit.
public struct SpanWorkspace {
  /// As for a single group, except:
  /// - state A is always used, and state B with an uncomputed history;
  /// - cotangent A is used without a history too;
  /// - a stored history holds `[group][branch][rotation layer]` states;
  /// - of the readout's memory the first half is enough.
  let lanes: Workspace
  /// `[group][branch]` states, evolved; unused with a stored history, which has them.
  let evolved: UnsafeMutableRawPointer
  /// `[logit][padded][padded]`: F^j above the diagonal, doubled off it, so that cᵀFc needs no more. What is below the
  /// diagonal is zero.
  let forms: UnsafeMutablePointer<Double>
  /// `[logit][padded][padded]`: Σ_s w_sj c_s c_sᵀ on and above the diagonal; unused without a history.
  let weights: UnsafeMutablePointer<Double>
  /// One sample's `[padded]` coefficients, column weights `[padded][lane]`, and a sample's `[logit]` expectations.
  let scratch: UnsafeMutableRawPointer

  /// Sizes are those that `SpanShape` states; all but `lanes.sample` are aligned to 64 bytes.
  @_noAllocation
  public init(
    lanes: Workspace, evolved: UnsafeMutableRawPointer, forms: UnsafeMutablePointer<Double>,
    weights: UnsafeMutablePointer<Double>, scratch: UnsafeMutableRawPointer
  ) {
    self.lanes = lanes
    self.evolved = evolved
    self.forms = forms
    self.weights = weights
    self.scratch = scratch
  }
}
