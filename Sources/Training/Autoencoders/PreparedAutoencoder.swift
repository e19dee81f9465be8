import Batches
import CGSL
import CSupport
import Kernel
import Models
import Spectra

/// An autoencoder that `compress` trains.
package final class PreparedAutoencoder: PreparedTraining {
  private let compression: Compression
  private let autoencoder: AutoencoderTraining
  private let stream: RandomStream
  /// `[unseen state]`, and Σ c cᵀ of their coefficients, the lower triangle.
  private let fidelities, average: UnsafeMutablePointer<Double>
  private var failed: ChainFeed.FailedState?
  /// What the unseen states' spectrum allows, and how their average fares.
  private var bound = 0.0
  private var mixed: Double?
  private var mixedFidelity: MixedFidelity?

  /// - Parameter stream: unseen states come from it.
  package init(
    _ compression: Compression, _ autoencoder: AutoencoderTraining, _ stream: RandomStream,
    fidelities: UnsafeMutablePointer<Double>, average: UnsafeMutablePointer<Double>
  ) {
    self.compression = compression
    self.autoencoder = autoencoder
    self.stream = stream
    self.fidelities = fidelities
    self.average = average
    // Buffers share memory with those of earlier phases: none is zero by itself.
    average.update(repeating: 0, count: feed.coefficients * feed.coefficients)
  }

  package var model: any TrainedModel { autoencoder }
  private var feed: ChainFeed { autoencoder.set.feed }
  private var samples: Int { compression.settings.unseenSamples }

  /// Fidelities of freshly drawn states.
  package func test() -> Bool {
    let (batch, size) = (compression.batch, feed.coefficients)
    var done = 0
    while done < samples {
      if qkd_stop_requested() != 0 { return false }
      let count = min(batch, samples - done)
      failed = feed.draw(stream, count, into: autoencoder.set.batch, labels: nil)
      if failed != nil { return true }
      var i = 0
      while i < count {
        addToAverage(autoencoder.set.batch + i * size)
        i += 1
      }
      autoencoder.score(samples: count)
      (fidelities + done).update(from: autoencoder.fidelities, count: count)
      done += count
    }
    return true
  }

  private func addToAverage(_ state: UnsafePointer<Double>) {
    let size = feed.coefficients
    var row = 0
    while row < size {
      var column = 0
      while column <= row {
        average[row * size + column] += state[row] * state[column]
        column += 1
      }
      row += 1
    }
  }

  package func finish() throws(SessionError) {
    if let failed { throw feed.error(failed) }
    let size = feed.coefficients
    let matrix = (0..<size * size).map { average[$0] / Double(samples) }
    do {
      bound = try EnsembleSpectrum(averageOf: matrix, size: size).leadingWeight(1 << compression.ansatz.latent)
      mixedFidelity = MixedFidelity(autoencoder)
      mixed = try mixedFidelity?.value(average: matrix)
    } catch { throw .spectrum(error) }
  }

  package func file(run: String) throws(SessionError) -> TensorFile {
    let settings = compression.settings
    let trained = autoencoder.parameters[0]
    let result = Autoencoder(
      ansatz: compression.ansatz, parameters: (0..<trained.count).map { trained.values[$0] },
      provenance: Provenance(compression: settings, run: run).entries)
    do { return try result.tensorFile() } catch { throw .model(path: settings.compression.path, error) }
  }

  /// Sorts the tested fidelities where they stand (GSL's heapsort).
  package func report(_ outcome: TrainingOutcome) -> CompressionReport {
    let ansatz = compression.ansatz
    gsl_sort(fidelities, 1, samples)
    return CompressionReport(
      facts: outcome.facts, path: outcome.path, sha256: outcome.sha256, qubits: ansatz.qubits, latent: ansatz.latent,
      layers: ansatz.layers, pairs: ansatz.pairs.name, parameters: ansatz.parameterCount, seconds: outcome.seconds,
      losses: outcome.losses,
      fidelity: FidelitySummary(ascending: UnsafeBufferPointer(start: fidelities, count: samples)), bound: bound,
      averageStateFidelity: mixed)
  }

  package func close() {}
}
