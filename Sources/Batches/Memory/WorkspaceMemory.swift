import Budget
import Kernel

/// How the backward sweep gets ψ of each layer; named in plans and reports.
package enum HistoryKind: String, Sendable {
  case none, stored, uncomputed
}

/// The workspaces of all threads: each buffer has one part a thread.
package struct WorkspaceMemory {
  package let threads: Int
  package let format: LaneFormat
  package let kind: HistoryKind
  private let stateBytes, gapBytes, historyBytes, diagonalBytes, readoutBytes, sampleCount: Int
  private let states, cotangents, history: ScalarReservation?
  private let diagonal, readout: ScalarReservation
  private let sample: Reservation<Double>

  /// - Parameter name: `student` or `teacher`.
  package init(
    _ name: String, ansatz: Ansatz, format: LaneFormat, logits: Int, history kind: HistoryKind, threads: Int,
    lifetime: Lifetime, in planner: inout Planner
  ) {
    self.threads = threads
    self.format = format
    self.kind = kind
    let each = Extent("threads", threads)
    let lanes = Extent("lanes", format.lanes)
    let amplitudes = Extent("amplitudes", ansatz.amplitudes)
    let state = [amplitudes, Extent("re/im", 2), lanes]
    let single = format.precision == .float32
    func reserve(_ what: String, _ shape: [Extent], _ planner: inout Planner) -> ScalarReservation {
      planner.reserve("\(name) \(what)", [each] + shape, singlePrecision: single, lifetime: lifetime, owner: "Kernel")
    }
    states = kind == .stored ? nil : reserve("states", [Extent("A, B", 2)] + state, &planner)
    let gap = WorkspaceMemory.gapAmplitudes(ansatz, format)
    let cotangent = [gap == 0 ? amplitudes : Extent("amplitudes, gap", ansatz.amplitudes + gap)] + state.dropFirst()
    cotangents = kind == .none ? nil : reserve("cotangents", [Extent("A, B", 2)] + cotangent, &planner)
    history =
      kind == .stored
      ? reserve("history", [Extent("rotation layers", ansatz.rotationLayers)] + state, &planner) : nil
    let values = kind == .none ? 1 : 2
    diagonal = reserve("observable values", [Extent("buffers", values), amplitudes, lanes], &planner)
    readout = reserve("expectations", [Extent("values, slopes", 2), Extent("logits", logits), lanes], &planner)
    sample = planner.reserve(
      "\(name) sample", [each, Extent("logits, slopes", 2), Extent("logits", logits)], of: Double.self,
      lifetime: lifetime, owner: "Kernel")
    stateBytes = 2 * ansatz.amplitudes * format.vectorBytes
    gapBytes = 2 * gap * format.vectorBytes
    historyBytes = ansatz.rotationLayers * stateBytes
    diagonalBytes = values * ansatz.amplitudes * format.vectorBytes
    readoutBytes = 2 * logits * format.vectorBytes
    sampleCount = 2 * logits
  }

  /// The workspace of one thread, and where its encoded input goes.
  package func bind(
    thread: Int, inputForm: InputForm, _ arena: borrowing Arena
  ) -> (workspace: Workspace, input: UnsafeMutableRawPointer) {
    // Without a stored history the input is state B, which the first layer leaves; with one, cotangent B.
    let stateA = states.map { arena.bytes($0) + 2 * thread * stateBytes }
    let psi = boundHistory(thread, arena).states ?? stateA
    let cotangentA = cotangents.map { cotangents in
      let first = arena.bytes(cotangents) + 2 * thread * (stateBytes + gapBytes)
      return psi.map { WorkspaceMemory.apart(first, from: $0, gap: gapBytes) } ?? first
    }
    // What a kind of history does not use stands in for what it does.
    let used = stateA ?? cotangentA!
    let workspace = Workspace(
      stateA: used, stateB: used + stateBytes, cotangentA: cotangentA ?? used,
      cotangentB: (cotangentA ?? used) + stateBytes, history: boundHistory(thread, arena),
      diagonal: arena.bytes(diagonal) + thread * diagonalBytes, readout: arena.bytes(readout) + thread * readoutBytes,
      sample: arena.pointer(sample) + thread * sampleCount, inputForm: inputForm)
    return (workspace, used + stateBytes)
  }

  /// Amplitudes by which each of the two cotangents' memory is larger than a state: together a page, so that the
  /// cotangents can begin half a page away from ψ (by address within a page). Passes over both take the same place of
  /// each in eight streams that are whole pages apart, and the first-level cache has eight places for one such address:
  /// 2 to 3 % of a gradient's time with 15 qubits. States of a few pages have no such streams.
  private static func gapAmplitudes(_ ansatz: Ansatz, _ format: LaneFormat) -> Int {
    2 * ansatz.amplitudes * format.vectorBytes < 1 << 16 ? 0 : page / 2 / (2 * format.vectorBytes)
  }

  private static var page: Int { 4096 }

  /// The first address from `start` on that is half a page away from ψ.
  private static func apart(
    _ start: UnsafeMutableRawPointer, from psi: UnsafeMutableRawPointer, gap: Int
  ) -> UnsafeMutableRawPointer {
    gap == 0 ? start : start + ((psi + page / 2 - start) & (page - 1))
  }

  private func boundHistory(_ thread: Int, _ arena: borrowing Arena) -> Workspace.History {
    switch kind {
    case .none: .none
    case .uncomputed: .uncomputed
    case .stored: .stored(arena.bytes(history!) + thread * historyBytes)
    }
  }
}
