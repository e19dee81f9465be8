import Budget
import Kernel

/// How the backward sweep gets ψ of each layer; named in plans and reports.
enum HistoryKind: String, Sendable {
  case none, stored, uncomputed
}

/// The workspaces of all threads: each buffer has one part a thread.
struct WorkspaceMemory {
  let threads: Int
  let format: LaneFormat
  let kind: HistoryKind
  private let stateBytes, historyBytes, diagonalBytes, readoutBytes, sampleCount: Int
  private let states, cotangents, history: ScalarReservation?
  private let diagonal, readout: ScalarReservation
  private let sample: Reservation<Double>

  /// - Parameter name: `student` or `teacher`.
  init(
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
    cotangents = kind == .none ? nil : reserve("cotangents", [Extent("A, B", 2)] + state, &planner)
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
    historyBytes = ansatz.rotationLayers * stateBytes
    diagonalBytes = values * ansatz.amplitudes * format.vectorBytes
    readoutBytes = 2 * logits * format.vectorBytes
    sampleCount = 2 * logits
  }

  /// The workspace of one thread, and where its encoded input goes.
  func bind(
    thread: Int, inputForm: InputForm, _ arena: borrowing Arena
  ) -> (workspace: Workspace, input: UnsafeMutableRawPointer) {
    // Without a stored history the input is state B, which the first layer leaves; with one, cotangent B.
    let stateA = states.map { arena.bytes($0) + 2 * thread * stateBytes }
    let cotangentA = cotangents.map { arena.bytes($0) + 2 * thread * stateBytes }
    // What a kind of history does not use stands in for what it does.
    let used = stateA ?? cotangentA!
    let workspace = Workspace(
      stateA: used, stateB: used + stateBytes, cotangentA: cotangentA ?? used,
      cotangentB: (cotangentA ?? used) + stateBytes, history: boundHistory(thread, arena),
      diagonal: arena.bytes(diagonal) + thread * diagonalBytes, readout: arena.bytes(readout) + thread * readoutBytes,
      sample: arena.pointer(sample) + thread * sampleCount, inputForm: inputForm)
    return (workspace, used + stateBytes)
  }

  private func boundHistory(_ thread: Int, _ arena: borrowing Arena) -> Workspace.History {
    switch kind {
    case .none: .none
    case .uncomputed: .uncomputed
    case .stored: .stored(arena.bytes(history!) + thread * historyBytes)
    }
  }
}
