import Batches
import Budget
import Settings

/// What every job that trains a model and writes it holds.
package struct RunMemory {
  package let loop: LoopMemory
  package let losses: Reservation<Double>
  package let checkpoint: CheckpointMemory

  /// - Parameters:
  ///   - parameters: the groups that Adam moves, by the names that a checkpoint gives them.
  ///   - metadataBytes: of a checkpoint, about.
  package init(
    _ parameters: [(name: String, count: Int)], iterations: Int, _ settings: Settings, metadataBytes: Int,
    in planner: inout Planner
  ) {
    let samples = settings.training.states
    RandomStream.declare(RandomStream.Purpose.countOfRun, in: &planner)
    ProcessMemory.declare(threads: settings.host.threads, in: &planner)
    loop = LoopMemory(parameters: parameters.reduce(0) { $0 + $1.count }, samples: samples, in: &planner)
    losses = planner.reserve(
      "losses", [Extent("iterations", iterations)], of: Double.self, lifetime: .run, owner: "Training")
    checkpoint = CheckpointMemory(
      CheckpointMemory.tensors(parameters, iterations: iterations, samples: samples), metadataBytes: metadataBytes,
      in: &planner)
  }
}

/// The memory of such a job.
package protocol TrainingJobMemory {
  var run: RunMemory { get }
}
