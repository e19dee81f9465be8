import Batches
import Kernel
import Training

/// The autoencoder of one trial: trained on the slot's states, tested on unseen ones, and applied to the basis, so that
/// students see what it leaves. Allocates nothing.
struct TrialCompressor {
  let autoencoder: AutoencoderTraining
  let test: CoefficientSet
  /// `[group]` states of the whole basis, and the same after U: latent amplitudes of each trash outcome.
  let basis: UnsafeRawPointer
  let compressed: UnsafeMutableRawPointer
  let stateBytes: Int
  /// Where its training ends: an array from before the seal.
  let stops: [Int]

  /// - Returns: the mean fidelity of the test states.
  func run(_ plan: ExperimentPlan, angles: RandomStream, shuffling: RandomStream, _ memory: BoundLoop) -> Double {
    let settings = plan.settings.compression
    autoencoder.start(angles, range: plan.settings.training.angleRange)
    var fidelity = 0.0
    EpochLoop.run(
      autoencoder, settings.schedule, batch: plan.batch, samples: plan.trainingSamples, shuffling: shuffling,
      memory: memory, watch: nil, stops: stops
    ) { fidelity = meanFidelity(plan) }
    let groups = test.feed.basisGroups
    compressed.copyMemory(from: basis, byteCount: groups * stateBytes)
    var group = 0
    while group < groups {
      autoencoder.circuit.encode(compressed + group * stateBytes)
      group += 1
    }
    return fidelity
  }

  private func meanFidelity(_ plan: ExperimentPlan) -> Double {
    let size = test.feed.coefficients
    var (done, total) = (0, 0.0)
    while done < plan.testSamples {
      let count = min(plan.batch, plan.testSamples - done)
      test.batch.update(from: test.states + done * size, count: count * size)
      autoencoder.score(samples: count)
      var i = 0
      while i < count {
        total += autoencoder.fidelities[i]
        i += 1
      }
      done += count
    }
    return total / Double(plan.testSamples)
  }
}
