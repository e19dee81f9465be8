import Budget
import Kernel

/// The memory of a span on its way through any of several circuits, one at a time.
struct SpanMemory {
  /// One circuit, and the span that goes through it.
  struct Use {
    let ansatz: Ansatz
    let shape: SpanShape

    var stateBytes: Int { 2 * ansatz.amplitudes * shape.format.vectorBytes }
    var evolvedBytes: Int { shape.states * stateBytes }
    var historyBytes: Int { ansatz.rotationLayers * evolvedBytes }
  }

  private let kind: HistoryKind
  private let stateA, cotangents, diagonal, readout, scratch: Reservation<UInt8>
  private let stateB, evolved, history: Reservation<UInt8>?
  private let forms, weights, sample: Reservation<Double>

  /// - Parameter prefix: stands before the buffers' names in the plan.
  init(_ prefix: String, _ uses: [Use], logits: Int, history kind: HistoryKind, in planner: inout Planner) {
    self.kind = kind
    func largest(_ size: (Use) -> Int) -> Int { uses.map(size).max()! }
    func bytes(_ name: String, _ size: Int, _ planner: inout Planner) -> Reservation<UInt8> {
      planner.reserve(
        prefix + name, [Extent("bytes", size)], of: UInt8.self, lifetime: .run, owner: "Kernel")
    }
    func doubles(_ name: String, _ count: Int, _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(
        prefix + name, [Extent("numbers", count)], of: Double.self, lifetime: .run, owner: "Kernel")
    }
    let state = largest(\.stateBytes)
    stateA = bytes("span state", state, &planner)
    stateB = kind == .stored ? nil : bytes("span spare state", state, &planner)
    cotangents = bytes("span cotangents", 2 * state, &planner)
    evolved = kind == .stored ? nil : bytes("span evolved", largest(\.evolvedBytes), &planner)
    history = kind == .stored ? bytes("span history", largest(\.historyBytes), &planner) : nil
    diagonal = bytes(
      "span observable values", largest { 2 * $0.ansatz.amplitudes * $0.shape.format.vectorBytes }, &planner)
    readout = bytes("span expectations", largest { 2 * logits * $0.shape.format.vectorBytes }, &planner)
    scratch = bytes("span scratch", largest { $0.shape.scratchBytes(logits: logits) }, &planner)
    forms = doubles("span forms", largest { $0.shape.formBytes(logits: logits) } / 8, &planner)
    weights = doubles("span weights", largest { $0.shape.formBytes(logits: logits) } / 8, &planner)
    sample = doubles("span sample", 2 * logits, &planner)
  }

  func bind(_ use: Use, _ arena: borrowing Arena) -> SpanWorkspace {
    func raw(_ reservation: Reservation<UInt8>) -> UnsafeMutableRawPointer {
      UnsafeMutableRawPointer(arena.pointer(reservation))
    }
    let (a, cotangent) = (raw(stateA), raw(cotangents))
    // What a kind of history does not use stands in for what it does.
    let lanes = Workspace(
      stateA: a, stateB: stateB.map { raw($0) } ?? a, cotangentA: cotangent,
      cotangentB: cotangent + use.stateBytes, history: history.map { .stored(raw($0)) } ?? .uncomputed,
      diagonal: raw(diagonal), readout: raw(readout), sample: arena.pointer(sample))
    return SpanWorkspace(
      lanes: lanes, evolved: evolved.map { raw($0) } ?? a, forms: arena.pointer(forms),
      weights: arena.pointer(weights), scratch: raw(scratch))
  }
}
