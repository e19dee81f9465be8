import Batches
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing
import Training

@Suite struct CompressionTests {
  private func settings(_ path: String) -> Settings {
    var settings = Settings()
    settings.model.qubits = 5
    settings.compression.path = path
    settings.compression.layers = 3
    settings.compression.iterations = 60
    settings.compression.learningRate = 0.05
    settings.training.states = 50
    settings.training.batch = 20
    settings.evaluation.samples = 130
    return settings
  }

  @Test func trainsAndWrites() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.safetensors"
    let report = try Session.compress(settings(path))
    #expect(report.losses.count == 60)
    #expect(report.losses[59] < 0.5 * report.losses[0])
    let fidelity = report.fidelity
    #expect(fidelity.samples == 130)
    #expect(0 <= fidelity.minimum && fidelity.minimum <= fidelity.firstPercentile)
    #expect(fidelity.firstPercentile <= fidelity.mean && fidelity.mean <= report.bound)
    #expect(report.bound <= 1 + 1e-12)

    let (autoencoder, digest) = try Autoencoder.read(path: path)
    #expect(digest == report.sha256)
    #expect(autoencoder.ansatz.qubits == 5 && autoencoder.ansatz.latent == 2)
    #expect(autoencoder.ansatz.parameterCount == report.parameters)
  }

  /// Of states that are all the same the average is that pure state; of others the general formula holds, whose root
  /// is jointly concave: √F(average) ≥ the mean of √F ≥ the mean of F.
  @Test(arguments: [Precision.float64, .float32])
  func averageStateIsMixed(_ precision: Precision) throws {
    let folder = TemporaryFolder()
    var given = settings(folder.path + "/a.safetensors")
    given.host.precision = precision
    let mixed = try Session.compress(given)
    let average = try #require(mixed.averageStateFidelity)
    #expect(average <= 1 + 1e-6 && average.squareRoot() >= mixed.fidelity.mean)
    #expect((average - mixed.fidelity.mean).magnitude > 1e-4)
    (given.data.h2Minimum, given.data.h2Maximum) = (0.9, 0.9)
    given.compression.path = folder.path + "/b.safetensors"
    let pure = try Session.compress(given)
    let same = try #require(pure.averageStateFidelity)
    #expect((same - pure.fidelity.mean).magnitude < (precision == .float64 ? 1e-9 : 1e-5))
  }

  /// 20 samples in groups of 4 lanes, 50 states in batches of 20: whole and partial groups, both are met.
  @Test func resultsDoNotDependOnThreads() throws {
    let folder = TemporaryFolder()
    var digests: [String] = []
    var fidelities: [FidelitySummary] = []
    for threads in 1...3 {
      var given = settings(folder.path + "/\(threads).safetensors")
      given.host.threads = threads
      let report = try Session.compress(given)
      digests.append(report.sha256)
      fidelities.append(report.fidelity)
    }
    #expect(Set(digests).count == 1)
    #expect(fidelities[1] == fidelities[0] && fidelities[2] == fidelities[0])
  }

  @Test func lanesWithoutSamplesChangeNothing() throws {
    let folder = TemporaryFolder()
    var given = settings(folder.path + "/a.safetensors")
    given.training.batch = 7
    given.host.lanes = 1
    let alone = try Session.compress(given)
    given.host.lanes = 4
    let padded = try Session.compress(given)
    #expect(abs(alone.fidelity.mean - padded.fidelity.mean) < 1e-9)
    #expect(abs(alone.fidelity.minimum - padded.fidelity.minimum) < 1e-9)
    #expect(abs(alone.bound - padded.bound) < 1e-13)
  }

  @Test func planIsWhatRuns() throws {
    let folder = TemporaryFolder()
    let given = settings(folder.path + "/a.safetensors")
    let planned = try Session.plan(.compress, given)
    let ran = try Session.compress(given)
    #expect(planned.plan.arenaBytes == ran.facts.plan.arenaBytes)
    #expect(planned.plan.ramBytes == ran.facts.plan.ramBytes)
  }

  @Test func refusals() throws {
    let folder = TemporaryFolder()
    func setting(_ change: (inout Settings) -> Void) -> String? {
      var given = settings(folder.path + "/refused.safetensors")
      change(&given)
      do { _ = try Session.compress(given) } catch SessionError.setting(let name, _, _) { return name } catch {
        return "\(error)"
      }
      return nil
    }
    #expect(setting { $0.compression.latent = 5 } == "compression.latent")
    #expect(setting { $0.compression.latent = 0 } == "compression.latent")
    #expect(setting { $0.compression.path = "" } == "compression.path")
    #expect(setting { $0.data.source = .file } == "data.source")
    #expect(setting { $0.model.qubits = 1 } == "model.qubits")
    for value in [Int.min, -1, 0, .max] {
      #expect(setting { $0.model.qubits = value } == "model.qubits")
      #expect(setting { $0.host.threads = value } == "host.threads")
      #expect(setting { $0.training.batch = value } == "training.batch")
      #expect(setting { $0.training.states = value } == "training.states")
      #expect(setting { $0.compression.layers = value } == "compression.layers")
      #expect(setting { $0.compression.iterations = value } == "compression.iterations")
      #expect(setting { $0.compression.scheduleEvery = value } == "compression.schedule-every")
    }
    for value in [Double.nan, -1, .infinity] {
      #expect(setting { $0.compression.learningRate = value } == "compression.learning-rate")
      #expect(setting { $0.compression.scheduleFactor = value } == "compression.schedule-factor")
      #expect(setting { $0.training.angleRange = value } == "training.angle-range")
    }
    var small = settings(folder.path + "/refused.safetensors")
    small.host.arenaBytes = 4096
    #expect(throws: SessionError.self) { try Session.compress(small) }
    #expect(throws: ModelError.self) { try Autoencoder.read(path: folder.path + "/refused.safetensors") }
  }

  @Test func percentilesAreNearestRanks() {
    #expect(FidelitySummary(ascending: [0.5]).firstPercentile == 0.5)
    let hundred = FidelitySummary(ascending: (1...100).map { Double($0) })
    #expect(hundred.firstPercentile == 1 && hundred.minimum == 1 && hundred.mean == 50.5)
    #expect(FidelitySummary(ascending: (1...1000).map { Double($0) }).firstPercentile == 10)
    #expect(FidelitySummary(ascending: (1...101).map { Double($0) }).firstPercentile == 2)
  }
}
