import Budget
import Kernel

/// The memory of a network that runs batches of a training set.
enum BatchMemory {
  case samples(WorkspaceMemory)
  case basis(BasisMemory)

  /// - Parameters:
  ///   - name: `student` or `teacher`.
  ///   - chain: where the basis comes from, if the layout has one.
  init(
    _ name: String, _ shape: NetworkShape, layout: Layout, history: HistoryKind, chain: ChainMemory?, threads: Int,
    lifetime: Lifetime, in planner: inout Planner
  ) {
    if layout.evolvesBasis, let chain {
      self = .basis(
        BasisMemory(
          name, shape, states: chain.coefficientLimit, format: layout.format, history: history, threads: threads,
          lifetime: lifetime, in: &planner))
    } else {
      self = .samples(
        WorkspaceMemory(
          name, ansatz: shape.circuit, format: layout.format, logits: shape.logits, history: history,
          threads: threads, lifetime: lifetime, in: &planner))
    }
  }

  /// - Parameter logits: as for `GroupRunner`.
  func bind(
    _ network: Network, _ set: TrainingSet, compressor: GroupCompressor?, logits: UnsafeMutablePointer<Double>,
    _ arena: borrowing Arena
  ) throws(SessionError) -> BatchRunner {
    switch (self, set) {
    case (.basis(let memory), .chain(let feed, _, let batch)):
      return .basis(
        try memory.bind(network, feed, samples: batch, compressor: compressor, logits: logits, arena))
    case (.samples(let memory), _):
      return .samples(
        try GroupRunner(
          network: network, memory: memory, arena: arena, logits: logits, source: set.source, compressor: compressor))
    case (.basis, .stored): preconditionFailure("a file's samples have no basis")
    }
  }
}

/// Runs batches of a training set, sample by sample or by the basis of its ground states. Allocates nothing.
enum BatchRunner {
  case samples(GroupRunner)
  case basis(BasisRunner)

  /// Places that a batch takes, those without a sample among them.
  func padded(_ count: Int) -> Int {
    switch self {
    case .samples(let runner): runner.groupCount(count) * runner.lanes
    case .basis: count
    }
  }

  /// The logits of the batch's first `count` samples.
  func forward(samples count: Int) {
    switch self {
    case .samples(let runner): runner.forward(samples: count)
    case .basis(let runner): runner.forward(samples: count)
    }
  }

  /// The summed gradient of the batch's first `count` samples, in the task's first group.
  func gradient(samples count: Int, _ task: GradientTask) {
    switch self {
    case .samples(let runner): runner.gradient(samples: count, task)
    case .basis(let runner): runner.gradient(samples: count, task)
    }
  }
}
