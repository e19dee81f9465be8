import Batches
import Budget
import Kernel
import Models
import Settings

/// How far a model is from what is expected of it.
public struct ProofResult: Sendable, Equatable {
  /// Rows that were compared, and those of the file.
  public let rows, fileRows: Int
  /// The largest magnitude of a difference, and where it is.
  public let difference: Double
  public let row, logit: Int
  /// What it may be: the tolerance, times the largest magnitude of an expected logit where that is above 1.
  public let allowed: Double
  /// Heap allocations while rows were run; nil where they cannot be counted.
  public let allocationsAfterSeal: Int?

  public var holds: Bool { difference <= allowed }
}

/// Compares logits, computed in double precision by the circuit that `evaluate` runs, with expected ones. Each model
/// has its plan and its arena; both are gone before the next one.
struct Proof {
  /// Of expected logits in double and in single precision: simulators in single precision are off by more than one
  /// rounding.
  static let tolerances = (double: 1e-6, single: 1e-4)
  /// Amplitudes that pass a gate in one comparison, about: seconds. Rows beyond it are left out, but for the first.
  static let largestWork = 1e10

  let probe: Probe
  let expected: ExpectedLogits
  let tolerance: Double
  let host: HostSettings

  /// - Parameter tolerance: nil: by the precision of the expected logits.
  init(_ probe: Probe, _ expected: ExpectedLogits, tolerance: Double?, memoryBytes: Int) {
    self.probe = probe
    self.expected = expected
    self.tolerance = tolerance ?? (expected.isSingle ? Self.tolerances.single : Self.tolerances.double)
    var host = HostSettings()
    host.memoryBytes = memoryBytes
    self.host = host
  }

  /// What a row of a circuit takes, about: amplitudes times gates.
  static func work(_ ansatz: Ansatz) -> Double {
    Double(ansatz.amplitudes) * Double(ansatz.rotationLayers) * Double(ansatz.qubits)
  }

  /// - Parameter most: rows to compare at most, and not under the seal, whose bookkeeping would take longer; nil: as
  ///   many as can be afforded.
  /// - Throws: `ImportError.session` where the model takes other rows, or none like these; `.overBudget`.
  func result(of model: Model, most: Int? = nil) throws(ImportError) -> ProofResult {
    let affordable = Self.largestWork / Self.work(model.ansatz)
    let rows = min(probe.rows, most ?? .max, max(1, affordable < 1e6 ? Int(affordable) : .max))
    let (logits, record) = try logits(of: model, rows: rows, seals: most == nil)
    var (difference, worst, largest) = (0.0, 0, 1.0)
    for index in logits.indices {
      largest = max(largest, expected.values[index].magnitude)
      let own = (logits[index] - expected.values[index]).magnitude
      if !(own <= difference) { (difference, worst) = (own, index) }
    }
    return ProofResult(
      rows: rows, fileRows: probe.fileRows, difference: difference, row: worst / model.logits,
      logit: worst % model.logits, allowed: tolerance * largest, allocationsAfterSeal: record?.allocations)
  }

  /// - Returns: `[row][logit]`, and what happened while the arena was sealed, if it was.
  private func logits(of model: Model, rows: Int, seals: Bool) throws(ImportError) -> ([Double], SealRecord?) {
    let encoder = model.encoder
    let width = encoder.isProduct ? model.ansatz.qubits : model.ansatz.amplitudes
    guard probe.columns == width else {
      throw .session(.samples(path: probe.path, .columns(given: probe.columns, expected: width)))
    }
    if encoder.isProduct && !probe.imaginary.isEmpty { throw .session(.samples(path: probe.path, .complex)) }
    do throws(SessionError) {
      return try run(model, rows, seals: seals)
    } catch {
      if case .overBudget(let refusal) = error {
        throw .overBudget(needed: refusal.neededBytes, available: refusal.availableBytes)
      }
      throw .session(error)
    }
  }

  private func run(_ model: Model, _ rows: Int, seals: Bool) throws(SessionError) -> ([Double], SealRecord?) {
    let shape = NetworkShape(ansatz: model.ansatz, observables: model.observables, encoder: model.encoder)
    let probe = probe
    let fitting = Fitting(
      host: host, batch: rows, qubits: model.ansatz.qubits, shape: shape, histories: [.none],
      fewestQubits: model.ansatz.qubits,
      isFixed: true
    ) { layout, rows, _ throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = ProofMemory(shape, probe, layout: layout, rows: rows, in: &planner)
      }
    }
    let (layout, _) = try fitting.choose()
    var planner = Planner()
    let memory = ProofMemory(shape, probe, layout: layout, rows: rows, in: &planner)
    let arena = try mapArena(planner)
    let bound = memory.network.bind(model, arena)
    let logits = arena.pointer(memory.logits)
    let runner = try GroupRunner(
      bound.network, memory.workspace, inputForm: model.encoder.inputForm, logits: logits, arena)
    let (real, imaginary) = (arena.pointer(memory.row), memory.imaginary.map { arena.pointer($0) })
    let encoder = model.encoder
    func results(_ refused: (row: Int, problem: RowProblem)?) throws(SessionError) -> [Double] {
      if let refused { throw .row(path: probe.path, row: refused.row, refused.problem) }
      return Array(UnsafeBufferPointer(start: logits, count: rows * model.logits))
    }
    // The pointers do not keep the mapping.
    guard seals else {
      defer { withExtendedLifetime(arena) {} }
      return (try results(run(runner, encoder, rows, real, imaginary)), nil)
    }
    let sealed = try seal(arena, host)
    defer { withExtendedLifetime(sealed) {} }
    let refused = run(runner, encoder, rows, real, imaginary)
    let record = sealed.end()
    return (try results(refused), record)
  }

  /// The sealed part: rows, a group of lanes at a time.
  /// - Returns: the first row that the encoder refuses, and why; nil: none.
  private func run(
    _ runner: GroupRunner, _ encoder: Encoder, _ rows: Int, _ real: UnsafeMutablePointer<Double>,
    _ imaginary: UnsafeMutablePointer<Double>?
  ) -> (row: Int, problem: RowProblem)? {
    let (lanes, columns) = (runner.lanes, probe.columns)
    let (input, group) = (runner.input(thread: 0), runner.groupEncoder(encoder))
    return probe.real.withUnsafeBufferPointer { reals in
      probe.imaginary.withUnsafeBufferPointer { imaginaries in
        var row = 0
        while row < rows {
          var lane = 0
          while lane < lanes {
            if row + lane < rows {
              real.update(from: reals.baseAddress! + (row + lane) * columns, count: columns)
              imaginary?.update(from: imaginaries.baseAddress! + (row + lane) * columns, count: columns)
              if let problem = encoder.problem(real, imaginary, count: columns) { return (row + lane, problem) }
              group.setLane(lane, of: input, real: real, imaginary: imaginary, count: columns)
            } else {
              group.clearLane(lane, of: input)
            }
            lane += 1
          }
          runner.forwardEncoded(row / lanes..<row / lanes + 1)
          row += lanes
        }
        return nil
      }
    }
  }
}

/// Everything that a comparison holds.
private struct ProofMemory {
  let network: NetworkMemory
  let workspace: WorkspaceMemory
  let row: Reservation<Double>
  let imaginary: Reservation<Double>?
  let logits: Reservation<Double>

  init(_ shape: NetworkShape, _ probe: Probe, layout: Layout, rows: Int, in planner: inout Planner) {
    let (circuit, format) = (shape.circuit, layout.format)
    ProcessMemory.declare(threads: 1, in: &planner)
    shape.declareModel(copies: NetworkShape.copiesRead, in: &planner)
    planner.declareOutside(
      OutsideMemory(
        name: "probe", formula: "rows \(probe.rows) × numbers \(probe.columns)", bytes: probe.bytes, owner: "Imports"))
    network = NetworkMemory(
      "imported", ansatz: circuit, format: format, logits: shape.logits, terms: shape.terms, lifetime: .whole,
      scratchLifetime: Lifetime(.load, through: .load), in: &planner)
    workspace = WorkspaceMemory(
      "imported", ansatz: circuit, format: format, logits: shape.logits, history: .none, threads: 1, lifetime: .run,
      in: &planner)
    let numbers = [Extent("numbers", probe.columns)]
    row = planner.reserve("row", numbers, of: Double.self, lifetime: .run, owner: "Imports")
    imaginary =
      probe.imaginary.isEmpty
      ? nil : planner.reserve("row's imaginary parts", numbers, of: Double.self, lifetime: .run, owner: "Imports")
    logits = planner.reserve(
      "logits", [Extent("rows, whole groups", roundUp(rows, to: format.lanes)), Extent("logits", shape.logits)],
      of: Double.self, lifetime: .run, owner: "Imports")
  }
}
