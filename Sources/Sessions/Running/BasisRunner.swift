import Budget
import Kernel

/// The memory of a network that evolves the basis of a chain's ground states, not the samples.
struct BasisMemory {
  let threads: Int
  private let ansatz: Ansatz
  private let format: LaneFormat
  private let limit: Int
  private let branches: Int
  private let span: SpanMemory
  private let states: ScalarReservation

  /// - Parameters:
  ///   - name: `student` or `teacher`.
  ///   - states: the most that the basis can have.
  init(
    _ name: String, _ shape: NetworkShape, states limit: Int, format: LaneFormat, history: HistoryKind, threads: Int,
    lifetime: Lifetime, in planner: inout Planner
  ) {
    self.threads = threads
    self.format = format
    self.limit = limit
    ansatz = shape.circuit
    branches = shape.samples.amplitudes / ansatz.amplitudes
    let basis = SpanShape(dimension: limit, branches: branches, format: format)
    span = SpanMemory(
      "\(name) ", [SpanMemory.Use(ansatz: ansatz, shape: basis)], logits: shape.logits, history: history,
      threads: threads, lifetime: lifetime, in: &planner)
    states = planner.reserve(
      "\(name) basis",
      [
        Extent("groups", basis.groups), Extent("amplitudes", shape.samples.amplitudes), Extent("re/im", 2),
        Extent("lanes", format.lanes),
      ], singlePrecision: format.precision == .float32, lifetime: lifetime, owner: "Sessions")
  }

  /// Expands the basis, and compresses it where samples are.
  /// - Parameters:
  ///   - samples: `[sample][coefficient]`, where batches will stand; overwritten.
  ///   - logits: as for `GroupRunner`.
  func bind(
    _ network: Network, _ feed: ChainFeed, samples: UnsafeMutablePointer<Double>, compressor: GroupCompressor?,
    logits: UnsafeMutablePointer<Double>, _ arena: borrowing Arena
  ) throws(SessionError) -> BasisRunner {
    let dimension = feed.coefficients
    let shape = SpanShape(dimension: dimension, branches: branches, format: format)
    let use = SpanMemory.Use(ansatz: ansatz, shape: shape)
    let basis = arena.bytes(states)
    for group in 0..<shape.groups {
      samples.update(repeating: 0, count: format.lanes * dimension)
      for lane in 0..<min(format.lanes, dimension - group * format.lanes) {
        samples[lane * dimension + group * format.lanes + lane] = 1
      }
      let state = basis + group * branches * use.stateBytes
      feed.expand(samples, thread: 0, into: state)
      compressor?.circuit.encode(state)
    }
    return try BasisRunner(
      network, Span(states: basis, dimension: dimension, branches: branches),
      workspaces: (0..<threads).map { span.bind(use, thread: $0, arena) }, samples: samples, logits: logits)
  }
}

/// Runs batches of ground states on all threads: the basis is evolved, and each sample is a quadratic form in its
/// coefficients. The basis's groups are dealt out by their number and their sums added in that order, so that results
/// do not depend on the number of threads. Allocates nothing once it is made.
final class BasisRunner {
  private enum Phase {
    case evolve, forms
    case descend(GradientTask)
  }

  private let network: Network
  private let span: Span
  private let groups: Int
  private let threads: Int
  private let workspaces: UnsafeMutablePointer<SpanWorkspace>
  private let samples: UnsafePointer<Double>
  private let logits: UnsafeMutablePointer<Double>
  private var phase = Phase.evolve
  /// Whether the workspace's forms are those of the network's angles.
  private var hasForms = false
  private var pool: WorkerPool?

  fileprivate init(
    _ network: Network, _ span: Span, workspaces bound: [SpanWorkspace], samples: UnsafePointer<Double>,
    logits: UnsafeMutablePointer<Double>
  ) throws(SessionError) {
    self.network = network
    self.span = span
    self.samples = samples
    self.logits = logits
    threads = bound.count
    groups = SpanShape(dimension: span.dimension, branches: span.branches, format: network.tables.format).groups
    workspaces = .allocate(capacity: bound.count)
    workspaces.initialize(from: bound, count: bound.count)
    pool = try WorkerPool(threads: threads) { [unowned self] in work($0) }
  }

  deinit {
    pool = nil
    workspaces.deallocate()
  }

  /// The logits of the batch's first `count` samples.
  func forward(samples count: Int) {
    prepareForms()
    network.logits(
      span, workspaces[0], coefficients: samples, stride: span.dimension, samples: count, logits: logits)
  }

  /// The summed gradient of the batch's first `count` samples, in the task's first group. The angles change next.
  func gradient(samples count: Int, _ task: GradientTask) {
    task.sums.update(repeating: 0, count: groups * task.sumsPerGroup)
    prepareForms()
    network.addWeights(
      span, workspaces[0], coefficients: samples, stride: span.dimension, samples: count, loss: task.loss,
      targets: task.targets(group: 0, lanes: 0), sums: task.groupSums(0))
    run(.descend(task))
    task.reduce(groups: groups)
    hasForms = false
  }

  private func prepareForms() {
    if hasForms { return }
    run(.evolve)
    run(.forms)
    hasForms = true
  }

  private func run(_ phase: Phase) {
    self.phase = phase
    pool!.run()
  }

  private func work(_ thread: Int) {
    var group = thread
    while group < groups {
      switch phase {
      case .evolve: network.evolve(span, workspaces[thread], group: group)
      case .forms: network.sumForms(span, workspaces[thread], group: group)
      case .descend(let task):
        network.descend(span, workspaces[thread], group: group, moments: task.groupSums(group).moments)
      }
      group += threads
    }
  }
}
