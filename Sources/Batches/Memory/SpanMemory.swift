import Budget
import Kernel

/// The memory of a span on its way through any of several circuits, one at a time.
package struct SpanMemory {
  /// One circuit, and the span that goes through it.
  package struct Use {
    package let ansatz: Ansatz
    package let shape: SpanShape

    package var stateBytes: Int { 2 * ansatz.amplitudes * shape.format.vectorBytes }
    package var evolvedBytes: Int { shape.states * stateBytes }
    package var historyBytes: Int { ansatz.rotationLayers * evolvedBytes }
  }

  /// Memory of which each thread has a part.
  private struct Parts {
    let reservation: Reservation<UInt8>
    let bytes: Int

    init(_ name: String, _ size: Int, threads: Int, _ lifetime: Lifetime, _ planner: inout Planner) {
      // The kernel wants its buffers on whole cache lines.
      bytes = roundUp(size, to: 64)
      reservation = planner.reserve(
        name, [Extent("threads", threads), Extent("bytes", bytes)], of: UInt8.self, lifetime: lifetime,
        owner: "Kernel")
    }

    func bind(_ thread: Int, _ arena: borrowing Arena) -> UnsafeMutableRawPointer {
      UnsafeMutableRawPointer(arena.pointer(reservation)) + thread * bytes
    }
  }

  private let kind: HistoryKind
  private let stateA, cotangents, diagonal, readout, scratch, sample: Parts
  private let stateB: Parts?
  private let evolved, history: Reservation<UInt8>?
  private let forms, weights: Reservation<Double>

  /// - Parameter prefix: stands before the buffers' names in the plan.
  package init(
    _ prefix: String, _ uses: [Use], logits: Int, history kind: HistoryKind, threads: Int = 1,
    lifetime: Lifetime = .run, in planner: inout Planner
  ) {
    self.kind = kind
    func largest(_ size: (Use) -> Int) -> Int { uses.map(size).max()! }
    func parts(_ name: String, _ size: Int, _ planner: inout Planner) -> Parts {
      Parts(prefix + name, size, threads: threads, lifetime, &planner)
    }
    func shared(_ name: String, _ size: Int, _ planner: inout Planner) -> Reservation<UInt8> {
      planner.reserve(prefix + name, [Extent("bytes", size)], of: UInt8.self, lifetime: lifetime, owner: "Kernel")
    }
    func doubles(_ name: String, _ bytes: Int, _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(
        prefix + name, [Extent("numbers", bytes / MemoryLayout<Double>.stride)], of: Double.self, lifetime: lifetime,
        owner: "Kernel")
    }
    let state = largest(\.stateBytes)
    stateA = parts("span state", state, &planner)
    stateB = kind == .uncomputed ? parts("span spare state", state, &planner) : nil
    cotangents = parts("span cotangents", 2 * state, &planner)
    evolved = kind == .stored ? nil : shared("span evolved", largest(\.evolvedBytes), &planner)
    history = kind == .stored ? shared("span history", largest(\.historyBytes), &planner) : nil
    diagonal = parts(
      "span observable values", largest { 2 * $0.ansatz.amplitudes * $0.shape.format.vectorBytes }, &planner)
    readout = parts("span expectations", largest { 2 * logits * $0.shape.format.vectorBytes }, &planner)
    scratch = parts("span scratch", largest { $0.shape.scratchBytes(logits: logits) }, &planner)
    sample = parts("span sample", 2 * logits * MemoryLayout<Double>.stride, &planner)
    forms = doubles("span forms", largest { $0.shape.formBytes(logits: logits) }, &planner)
    weights = doubles("span weights", largest { $0.shape.formBytes(logits: logits) }, &planner)
  }

  /// The workspace of one thread.
  package func bind(_ use: Use, thread: Int = 0, _ arena: borrowing Arena) -> SpanWorkspace {
    let (a, cotangent) = (stateA.bind(thread, arena), cotangents.bind(thread, arena))
    let boundHistory: Workspace.History =
      switch kind {
      case .none: .none
      case .uncomputed: .uncomputed
      case .stored: .stored(UnsafeMutableRawPointer(arena.pointer(history!)))
      }
    // What a kind of history does not use stands in for what it does.
    let lanes = Workspace(
      stateA: a, stateB: stateB.map { $0.bind(thread, arena) } ?? a, cotangentA: cotangent,
      cotangentB: cotangent + use.stateBytes, history: boundHistory, diagonal: diagonal.bind(thread, arena),
      readout: readout.bind(thread, arena),
      sample: sample.bind(thread, arena).assumingMemoryBound(to: Double.self))
    return SpanWorkspace(
      lanes: lanes, evolved: evolved.map { UnsafeMutableRawPointer(arena.pointer($0)) } ?? a,
      forms: arena.pointer(forms), weights: arena.pointer(weights), scratch: scratch.bind(thread, arena))
  }
}
