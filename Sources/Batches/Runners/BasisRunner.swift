import Budget
import Kernel

/// The memory of the basis of a chain's ground states, as states.
package struct BasisMemory {
  private let states: ScalarReservation

  /// - Parameters:
  ///   - name: for the plan's reader.
  ///   - limit: the most vectors that the basis can have.
  package init(
    _ name: String, qubits: Int, states limit: Int, format: LaneFormat, lifetime: Lifetime, in planner: inout Planner
  ) {
    states = planner.reserve(
      name,
      [
        Extent("groups", SpanShape(dimension: limit, format: format).groups), Extent("amplitudes", 1 << qubits),
        Extent("re/im", 2), Extent("lanes", format.lanes),
      ], singlePrecision: format.precision == .float32, lifetime: lifetime, owner: "Batches")
  }

  /// `[group]`
  package func bind(_ arena: borrowing Arena) -> UnsafeMutableRawPointer { arena.bytes(states) }
}

/// Runs batches of ground states: the basis is evolved, and each sample is a quadratic form in its coefficients. The
/// basis's groups are dealt out by their number and their sums added in that order, so that results do not depend on
/// the number of threads.
package final class BasisRunner: BatchRunner {
  private enum Phase {
    case evolve, forms
    case descend(GradientTask)
  }

  package let network: Network
  package let logits: UnsafeMutablePointer<Double>
  private let span: Span
  private let groups: Int
  /// `[thread]`
  private let workspaces: UnsafeMutablePointer<SpanWorkspace>
  private var phase = Phase.evolve
  /// Whether the workspaces' forms are those of the network's angles.
  private var hasForms = false
  private var pool: WorkerPool?

  /// - Parameters:
  ///   - bound: one a thread.
  ///   - logits: `[sample][logit]`.
  package init(
    _ network: Network, _ span: Span, workspaces bound: [SpanWorkspace], logits: UnsafeMutablePointer<Double>
  ) throws(SessionError) {
    self.network = network
    self.span = span
    self.logits = logits
    groups = SpanShape(dimension: span.dimension, branches: span.branches, format: network.tables.format).groups
    workspaces = .allocate(capacity: bound.count)
    workspaces.initialize(from: bound, count: bound.count)
    pool = try WorkerPool(threads: bound.count) { [unowned self] in work(group: $0, thread: $1) }
  }

  deinit {
    pool = nil
    workspaces.deallocate()
  }

  package func padded(_ count: Int) -> Int { count }

  /// The basis may be another one then, too.
  package func prepare(angles: UnsafePointer<Double>) {
    network.tables.prepare(angles: angles)
    hasForms = false
  }

  package func forward(_ batch: BatchSource, samples count: Int) {
    prepareForms()
    network.logits(
      span, workspaces[0], coefficients: coefficients(batch), stride: span.dimension, samples: count, logits: logits)
  }

  package func gradient(_ batch: BatchSource, samples count: Int, _ task: GradientTask) {
    task.sums.clear(groups: groups)
    prepareForms()
    network.addWeights(
      span, workspaces[0], coefficients: coefficients(batch), stride: span.dimension, samples: count, loss: task.loss,
      targets: task.targets(group: 0, lanes: 0), sums: task.groupSums(0))
    run(.descend(task))
    task.sums.reduce(groups: groups)
  }

  private func coefficients(_ batch: BatchSource) -> UnsafePointer<Double> {
    guard case .chain(_, let samples) = batch else { preconditionFailure("samples of another kind have no basis") }
    return UnsafePointer(samples)
  }

  private func prepareForms() {
    if hasForms { return }
    run(.evolve)
    run(.forms)
    hasForms = true
  }

  private func run(_ phase: Phase) {
    self.phase = phase
    pool!.run(0..<groups)
  }

  private func work(group: Int, thread: Int) {
    switch phase {
    case .evolve: network.evolve(span, workspaces[thread], group: group)
    case .forms: network.sumForms(span, workspaces[thread], group: group)
    case .descend(let task):
      network.descend(span, workspaces[thread], group: group, moments: task.groupSums(group).moments)
    }
  }
}
