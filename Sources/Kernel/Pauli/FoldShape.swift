/// The sizes of what folding needs, in bytes; each buffer is aligned to 64 bytes. A *vector* is a Pauli vector: 4ⁿ
/// scalars, or V.lanes · 2ⁿ where that is more.
public struct FoldShape {
  /// One Pauli vector of n = 13 in double precision is 512 MiB.
  public static let qubitRange = 1...PauliRows.highestQubits

  public let ansatz: Ansatz
  public let format: LaneFormat
  public let logits: Int

  /// - Precondition: the ansatz's qubits are in `qubitRange`.
  @_noAllocation
  public init(ansatz: Ansatz, format: LaneFormat, logits: Int) {
    precondition(FoldShape.qubitRange.contains(ansatz.qubits) && logits >= 1)
    self.ansatz = ansatz
    self.format = format
    self.logits = logits
  }

  /// Groups of rows in a vector.
  var groups: Int { max(1, ansatz.amplitudes / format.lanes) }

  var combinations: Int { PairStep.combinations(groups: groups) }

  public var vectorBytes: Int { groups * ansatz.amplitudes * format.vectorBytes }

  /// One vector a logit.
  public var formBytes: Int { logits * vectorBytes }

  /// Only for gradients: a vector a logit and rotation layer.
  public var historyBytes: Int { logits * ansatz.rotationLayers * vectorBytes }

  /// Only for gradients: the weighted states' vector, with the rows that a qubit's other letters have.
  public var sweepBytes: Int { max(groups, ansatz.qubits + 1) * ansatz.amplitudes * format.vectorBytes }

  /// Vectors of lanes from one state to the next: 2 · 2ⁿ, and one cache line more, so that the same amplitude of many
  /// states does not fall into the same set of a cache.
  var stateStride: Int { 2 * ansatz.amplitudes + max(1, 64 / format.vectorBytes) }

  /// Of `states` states of `format.lanes` samples: for each 2 planes, for gradients 3, of 2 · 2ⁿ vectors of lanes and
  /// 64 bytes.
  @_noAllocation
  public func stateBytes(_ states: Int, gradient: Bool) -> Int {
    states * (gradient ? 3 : 2) * stateStride * format.vectorBytes
  }

  // What scratch holds, one after the other.
  var signBytes: Int { 64 * ((format.lanes * format.vectorBytes + 63) / 64) }
  var rowBytes: Int { 64 * ((4 * ansatz.amplitudes + 63) / 64) }
  var patternBytes: Int { 64 * ((ansatz.amplitudes + 63) / 64) }
  var recordBytes: Int {
    64 * ((logits * ansatz.rotationLayers * MemoryLayout<LayerRecord>.stride + 63) / 64)
  }
  var stepBytes: Int { 64 * ((max(1, ansatz.pairCount) * MemoryLayout<PairStep>.stride + 63) / 64) }
  var coefficientBytes: Int {
    64 * ((max(1, ansatz.pairCount) * combinations * PairStep.slots * format.vectorBytes + 63) / 64)
  }

  /// Tables: of signs, rows, patterns, supports and the entangler's coefficients.
  public var scratchBytes: Int { signBytes + rowBytes + patternBytes + recordBytes + stepBytes + coefficientBytes }
}

/// The memory that folding needs, of the sizes that `FoldShape` states.
public struct FoldWorkspace {
  /// `[logit]` vectors: the folded observables, in their one real form (`SignedWalsh`).
  let forms: UnsafeMutableRawPointer
  /// `[logit][rotation layer]` vectors; nil where no gradient is wanted.
  let history: UnsafeMutableRawPointer?
  let sweep: UnsafeMutableRawPointer?
  let scratch: UnsafeMutableRawPointer

  /// - Precondition: all are aligned to 64 bytes; `sweep` is there where `history` is.
  @_noAllocation
  public init(
    forms: UnsafeMutableRawPointer, history: UnsafeMutableRawPointer? = nil, sweep: UnsafeMutableRawPointer? = nil,
    scratch: UnsafeMutableRawPointer
  ) {
    precondition((history == nil) == (sweep == nil))
    self.forms = forms
    self.history = history
    self.sweep = sweep
    self.scratch = scratch
  }
}

/// A workspace as lane vectors.
struct FoldBuffers<V: LaneVector> {
  let shape: FoldShape
  let workspace: FoldWorkspace

  private var vectorCount: Int { shape.groups &* shape.ansatz.amplitudes }

  func form(_ logit: Int) -> UnsafeMutablePointer<V> {
    workspace.forms.assumingMemoryBound(to: V.self) + logit &* vectorCount
  }

  /// Where an observable is folded at a layer: without a history, in place.
  func history(_ logit: Int, _ layer: Int) -> UnsafeMutablePointer<V> {
    guard let history = workspace.history else { return form(logit) }
    return history.assumingMemoryBound(to: V.self) + (logit &* shape.ansatz.rotationLayers &+ layer) &* vectorCount
  }

  var signs: UnsafeMutablePointer<V> { workspace.scratch.assumingMemoryBound(to: V.self) }

  /// `[position]`
  var rows: UnsafeMutablePointer<UInt32> {
    (workspace.scratch + shape.signBytes).assumingMemoryBound(to: UInt32.self)
  }

  var patterns: UnsafeMutablePointer<UInt8> {
    (workspace.scratch + shape.signBytes + shape.rowBytes).assumingMemoryBound(to: UInt8.self)
  }

  private var behindTables: UnsafeMutableRawPointer {
    workspace.scratch + shape.signBytes + shape.rowBytes + shape.patternBytes
  }

  func record(_ logit: Int, _ layer: Int) -> UnsafeMutablePointer<LayerRecord> {
    behindTables.assumingMemoryBound(to: LayerRecord.self) + (logit &* shape.ansatz.rotationLayers &+ layer)
  }

  func entangling(_ noise: CircuitNoise) -> EntanglingLayer<V> {
    let steps = behindTables + shape.recordBytes
    return EntanglingLayer(
      ansatz: shape.ansatz, noise: noise, steps: steps.assumingMemoryBound(to: PairStep.self),
      coefficients: (steps + shape.stepBytes).assumingMemoryBound(to: V.self), combinations: shape.combinations)
  }

  func walsh(_ rows: PauliRows, coset: UInt32) -> SignedWalsh<V> {
    SignedWalsh(rows: rows, coset: coset, amplitudes: shape.ansatz.amplitudes, signs: signs, patterns: patterns)
  }

  /// Fills the table of rows, and gives the matrix at `vectors` with it.
  func tiles(_ vectors: UnsafeMutablePointer<V>, _ space: PauliRows, coset: UInt32) -> FormTiles<V> {
    rows[0] = coset
    var position = 1
    while position < 1 &<< space.dimension {
      let rest = position & (position &- 1)
      rows[position] = rest == 0 ? space.row(position) ^ coset : rows[rest] ^ rows[position ^ rest] ^ coset
      position &+= 1
    }
    return FormTiles(
      matrix: PauliVector(vectors: vectors, amplitudes: shape.ansatz.amplitudes), rows: UnsafePointer(rows),
      dimension: space.dimension, stateStride: shape.stateStride)
  }
}
