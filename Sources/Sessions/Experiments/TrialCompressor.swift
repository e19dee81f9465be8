import Kernel

/// The autoencoder of one trial: trained on the slot's states, tested on unseen ones, and applied to the basis, so that
/// students see what it leaves. Allocates nothing.
struct TrialCompressor {
  let training: CompressorTraining
  /// `[test state][coefficient]`
  let test: CoefficientSet
  let coefficients: Int
  let angleRange: Double
  /// `[group]` states of the whole basis, and the same after U: latent amplitudes of each trash outcome.
  let basis: UnsafeRawPointer
  let compressed: UnsafeMutableRawPointer
  let groups: Int
  let groupBytes: Int

  /// - Returns: the mean fidelity of the test states.
  func run(angles: RandomStream, shuffling: RandomStream) -> Double {
    training.initialize(angles, range: angleRange)
    // Told to stop, the trial is thrown away.
    _ = training.run(shuffling: shuffling, losses: nil, progress: .none)
    let fidelity = meanFidelity()
    compressed.copyMemory(from: basis, byteCount: groups * groupBytes)
    var group = 0
    while group < groups {
      training.runner.circuit.encode(compressed + group * groupBytes)
      group += 1
    }
    return fidelity
  }

  private func meanFidelity() -> Double {
    let runner = training.runner
    var (done, total) = (0, 0.0)
    while done < test.count {
      let count = min(training.batch, test.count - done)
      runner.samples.update(from: test.coefficients + done * coefficients, count: count * coefficients)
      runner.score(samples: count)
      var i = 0
      while i < count {
        total += runner.fidelities[i]
        i += 1
      }
      done += count
    }
    return total / Double(test.count)
  }
}
