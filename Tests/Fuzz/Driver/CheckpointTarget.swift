import Batches
import Budget
import Files
import Kernel
import Models
import Settings
import Training

/// Checkpoints of a training that exists: only its own are read beyond their metadata, so its own is the seed.
let checkpointTarget = FuzzTarget(
  name: "checkpoint", largestBytes: 1 << 14, mutate: mutateTensors, reseal: resealTensors,
  seeds: { scratch in
    let run = TrainingRun(scratch)
    expect(run.checkpoint.write() == .written, "no checkpoint is written")
    return [scratch.file("model.checkpoint").bytes]
  },
  reader: { scratch in
    let run = TrainingRun(scratch)
    let file = scratch.file("model.checkpoint")
    return { input in
      file.put(input)
      run.begin()
      do throws(SessionError) { try run.checkpoint.resume() } catch { return }
      run.check()
    }
  })

/// As much of a training as a checkpoint needs.
private final class TrainingRun {
  private static let (iterations, samples, batch) = (4, 5, 2)

  /// No parameters, so that the moments alone are the floating-point numbers of the checkpoint.
  private final class Circuit: TrainedModel {
    let parameters: [ParameterGroup] = []

    func differentiate(_ samples: UnsafePointer<Int32>, count: Int) -> Double { 0 }
    func prepare() {}
  }

  let checkpoint: Checkpoint
  private let circuit = Circuit()
  private let losses = Memory<Double>(iterations)
  private let arena: Arena
  private let order: UnsafeMutablePointer<Int32>

  init(_ scratch: Scratch) {
    losses.buffer.initialize(repeating: 0)
    let host = HostSettings()
    let layout = Fitting(
      host: host, batch: 2, qubits: 1, shape: nil, histories: [.stored], fewestQubits: 1
    ) { _, _, _ in preconditionFailure("nothing is planned") }.layouts(batch: Self.batch)[0]
    do {
      let identity = try RunIdentity(Settings(), job: .train, digest: RunIdentity.noDigest)
      var planner = Planner()
      let loopMemory = LoopMemory(parameters: 3, samples: Self.samples, in: &planner)
      let memory = CheckpointMemory(
        Array(
          CheckpointMemory.tensors([("angles", 3)], iterations: Self.iterations, samples: Self.samples).dropFirst()),
        metadataBytes: TensorFront.textBytes(of: Checkpoint.metadata(identity, layout)), in: &planner)
      arena = try Arena(planner.layout())
      let bound = loopMemory.bind(arena)
      bound.first.update(repeating: 0.5, count: 3)
      bound.second.update(repeating: 0.25, count: 3)
      order = bound.order
      let loop = EpochLoop(
        circuit, StepSchedule(), batch: Self.batch, samples: Self.samples,
        shuffling: try RandomStream(.shuffling, seed: 1), losses: losses.start, memory: bound)
      checkpoint = try Checkpoint(
        identity, memory, in: try Checkpoint.open(memory, beside: scratch.path + "/model"), of: loop,
        iterations: Self.iterations, layout: layout, every: 1, arena: arena)
    } catch { fatalError("\(error)") }
  }

  /// Forgets what was read before.
  func begin() {
    for sample in 0..<Self.samples { order[sample] = Int32(sample) }
    (checkpoint[.done], checkpoint[.position]) = (0, 0)
  }

  /// What a run would go on with.
  func check() {
    expect((0...Self.iterations).contains(checkpoint.done), "a checkpoint of too many iterations")
    let samples = 0..<Int32(Self.samples)
    expect(UnsafeBufferPointer(start: order, count: Self.samples).allSatisfy(samples.contains), "a sample too many")
    if let position = checkpoint.position { expect((0...Self.samples).contains(position), "a position too far") }
  }
}
