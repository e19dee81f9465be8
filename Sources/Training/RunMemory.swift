import Batches
import Budget
import Settings

/// What every job that trains a model and writes it holds.
package struct RunMemory {
  package let loop: LoopMemory
  package let losses: Reservation<Double>
  /// nil: there is one training.
  package let selection: SelectionMemory?
  package let checkpoint: CheckpointMemory

  /// - Parameters:
  ///   - parameters: the groups that Adam moves, by the names that a checkpoint gives them.
  ///   - iterations: of one training.
  ///   - outputs: of the model, where one of several trainings is selected; nil: there is one.
  ///   - metadataBytes: of a checkpoint, about.
  package init(
    _ parameters: [(name: String, count: Int)], iterations: Int, _ settings: Settings, outputs: Int? = nil,
    metadataBytes: Int, in planner: inout Planner
  ) {
    let training = settings.training
    let samples = training.states
    let count = parameters.reduce(0) { $0 + $1.count }
    RandomStream.declare(RandomStream.Purpose.countOfRun, in: &planner)
    ProcessMemory.declare(threads: settings.host.threads, in: &planner)
    loop = LoopMemory(parameters: count, samples: samples, in: &planner)
    selection = outputs.flatMap { outputs in
      training.heldBack == 0
        ? nil
        : SelectionMemory(
          SelectionSizes(
            restarts: training.restarts, iterations: iterations, patience: training.patience,
            heldBack: training.heldBack, seed: settings.seed), parameters: count, outputs: outputs, in: &planner)
    }
    let total = iterations * (selection == nil ? 1 : training.restarts)
    losses = planner.reserve(
      "losses", [Extent("iterations", total)], of: Double.self, lifetime: .run, owner: "Training")
    let copies = selection == nil ? 1 : 2
    planner.declareOutside(
      OutsideMemory(
        name: "report", formula: "losses \(total) × 8 B × \(copies)", bytes: 8 * total * copies, owner: "Reports"))
    checkpoint = CheckpointMemory(
      CheckpointMemory.tensors(
        parameters, iterations: total, samples: samples, restarts: selection == nil ? nil : training.restarts),
      metadataBytes: metadataBytes,
      in: &planner)
  }
}

/// The memory of such a job.
package protocol TrainingJobMemory {
  var run: RunMemory { get }
}
