import Kernel
import Samples
import Spectra

/// Everything that a run can be told, after flags, environment, profile and defaults have been put together. One value
/// serves all jobs; each reads the parts that concern it.
public struct Settings: Sendable, Equatable {
  public var host = HostSettings()
  public var model = ModelSettings()
  public var data = DataSettings()
  public var training = TrainingSettings()
  public var distillation = DistillationSettings()
  public var compression = CompressionSettings()
  public var evaluation = EvaluationSettings()
  public var spool = SpoolSettings()
  public var experiment = ExperimentSettings()
  /// Gives every stream of random numbers (data, initial angles, shuffling) its own generator.
  public var seed: UInt64 = 1

  public init() {}
}

/// What the machine gives.
public struct HostSettings: Sendable, Equatable {
  /// Budget of RAM, what only this process holds, bytes.
  public var memoryBytes = 64 << 20
  /// Budget of the arena alone, bytes; nil: only the whole counts.
  public var arenaBytes: Int?
  public var threads = 1
  public var precision = Precision.float64
  /// Samples side by side in one vector; nil: as many as the processor's vectors hold and the budget allows.
  public var lanes: Int?
  /// Whether the first allocation, release or mapping after the seal ends the process, with a backtrace.
  public var audit = false
  /// Whether memory is locked, so that nothing of it is ever swapped out.
  public var lock = false
  /// How long to wait for another run that works on the same output, seconds.
  public var lockWait = 0.0
  /// What becomes of a run whose output another one still works on then.
  public var ifLocked = IfLocked.fail
  /// The part of the samples, files or seeds that this host does; nil: all. Of `evaluate` and `reproduce` only. The
  /// files that a part writes are named by whoever calls.
  public var shard: Shard?
  /// Whether the process does nothing but this run: its own limits are then set for the time of the seal. No key.
  public var ownsProcess = false

  public init() {}
}

/// What a run does whose output is another's for now.
public enum IfLocked: String, Sendable, CaseIterable {
  /// It ends with exit code 75.
  case fail
  /// It leaves the work to the other, and ends with 0, in silence.
  case skip
}

/// How the readout's scales and biases come about.
public enum ReadoutKind: String, Sendable, CaseIterable {
  /// They stay as they start.
  case fixed
  /// They are trained together with the angles.
  case affine
}

/// The circuit that `train` and `distill` make. `evaluate` reads its circuit from the model file.
public struct ModelSettings: Sendable, Equatable {
  /// The model file: read by `evaluate`, written by `train` and `distill`.
  public var path = ""
  public var qubits = 7
  public var layers = 2
  public var entangler = Entangler.linear
  public var finalRotation = false
  public var rotation = RotationConvention.half
  public var qubitOrder = QubitOrder.littleEndian
  /// One observable a logit, in the text form of `Observable`: `Z0`, `0.5*Z0*Z1 - X2`.
  public var observables = ["Z0", "Z1"]
  public var readout = ReadoutKind.affine
  /// Where every scale and bias starts.
  public var scale = 1.0
  public var bias = 0.0

  public init() {}
}

public enum DataSource: String, Sendable, CaseIterable {
  /// Ground states of the spin chain, computed on the way.
  case spinChain = "spin-chain"
  /// States or vectors from a file or standard input.
  case file
}

/// What becomes of a row before it is encoded.
public enum FeatureKind: String, Sendable, CaseIterable {
  /// Nothing.
  case raw
  /// One bit a qubit: its projection onto that principal component of the training data, cut at a threshold.
  case pca
}

public struct DataSettings: Sendable, Equatable {
  public var source = DataSource.spinChain
  // Spin chain (PAPER.md section 3); the number of qubits is the model's.
  public var boundary = Boundary.periodic
  /// The ∏X sector; nil: the ground state's own.
  public var parity: FlipParity?
  public var h1 = 0.0
  public var j = 1.0
  public var h2Minimum = 0.8
  public var h2Maximum = 1.2
  // File: NPY, IDX or text, plain or gzipped; `-` is standard input.
  public var path = ""
  /// Labels, NPY of integers or IDX; empty: there are none.
  public var labelsPath = ""
  /// The classes to keep: a label becomes its position in this list. Empty: labels stay as they are.
  public var classes: [Int] = []
  /// Samples and labels of a file that training does not see; `train` and `distill` test on them.
  public var testPath = ""
  public var testLabelsPath = ""
  /// How a row becomes a state; `.state` leaves it to the model. A model of states takes any, another only its own.
  public var encoder = Encoder.state
  /// What `train` makes of a row before it is encoded.
  public var features = FeatureKind.raw
  /// With PCA, a feature is 1 above this projection, else 0.
  public var threshold = 0.5
  /// The file of an autoencoder, which samples of its qubits pass: the network sees the latent qubits. Empty: none.
  public var compressorPath = ""

  public init() {}
}

public struct TrainingSettings: Sendable, Equatable {
  public var iterations = 500
  public var batch = 64
  /// The size of the training set. Of a file: its first so many, after classes were selected; 0: all.
  public var states = 500
  public var learningRate = 0.01
  /// The rate of the readout's scales and biases.
  public var readoutLearningRate = 1.0
  /// StepLR.
  public var scheduleEvery = 100
  public var scheduleFactor = 0.5
  /// Angles start uniform in ± this many radians.
  public var angleRange = 0.1 * Double.pi
  public var labelSmoothing = 0.0
  /// How often a checkpoint is written, seconds; 0: after every iteration.
  public var checkpointEvery = 60.0

  public init() {}
}

public struct DistillationSettings: Sendable, Equatable {
  /// The teacher's model file.
  public var teacherPath = ""
  /// Instead of a model: an NPY of any teacher's logits, `[sample][logit]`, a row a sample of the training set in its
  /// order.
  public var logitsPath = ""
  /// The teacher's logits of the training set: read where the file exists, written where it does not; empty: neither.
  public var tapePath = ""
  public var temperature = 2.0
  /// α, the weight of the distillation loss.
  public var alpha = 0.8
  public var direction = DistillationDirection.studentFirst
  /// Whether the divergence compares logits of mean 0 and standard deviation 1; takes three logits or more.
  public var standardizesLogits = false

  public init() {}
}

/// The autoencoder that `compress` makes. Its qubits and their rotation convention are the model's; training set, batch
/// and initial angles are those of `TrainingSettings`.
public struct CompressionSettings: Sendable, Equatable {
  /// The autoencoder's file, written by `compress`.
  public var path = ""
  /// Qubits that are kept, the lowest ones.
  public var latent = 2
  public var layers = 4
  public var pairs = PairPattern.latentTrash
  public var iterations = 600
  public var learningRate = 0.01
  /// StepLR; factor 1: a constant rate.
  public var scheduleEvery = 100
  public var scheduleFactor = 0.5

  public init() {}
}

public struct EvaluationSettings: Sendable, Equatable {
  /// Samples of the stream; for files 0 means all. `train` and `distill` test on as many unseen samples.
  public var samples = 1000
  public var batch = 64
  /// The quality gate: the lower end of the accuracy's 95 % interval must reach this; nil: no gate.
  public var minimumAccuracy: Double?
  /// An answer whose probability is below this has low confidence.
  public var confidenceThreshold = 0.9
  /// The quality gate: at most this share of answers may have low confidence; nil: no gate.
  public var maximumLowConfidence: Double?
  /// The quality gate: drift is where the chi-squared test of the predicted classes against those of the model's own
  /// test has a p-value below this; nil: no gate.
  public var driftSignificance: Double?
  /// Where predictions go (`.npy`, `.csv`, `.ndjson`); empty: nowhere.
  public var predictionsPath = ""

  public init() {}
}

/// Folders between which `evaluate` works: each file of the inbox becomes a file of results and a report.
public struct SpoolSettings: Sendable, Equatable {
  /// Empty: there is no spool, and one file or the chain is evaluated.
  public var inboxPath = ""
  public var resultsPath = ""
  /// Where inputs go once they are evaluated; empty: they stay in the inbox.
  public var donePath = ""
  /// Where inputs go that cannot be evaluated; empty: `rejected` beside the inbox.
  public var rejectedPath = ""
  /// What names of inputs match, as a shell's pattern (fnmatch).
  public var pattern = "*"
  public var format = PredictionFormat.csv
  /// A line is added to it for each input; empty: `metrics.ndjson` in the results.
  public var metricsPath = ""

  public init() {}

  public var isUsed: Bool { !inboxPath.isEmpty }

  /// `rejectedPath`, or what stands for it.
  public var rejectedFolder: String {
    if !rejectedPath.isEmpty { return rejectedPath }
    let inbox = inboxPath.utf8.reversed().drop { $0 == UInt8(ascii: "/") }
    let parent = inbox.drop { $0 != UInt8(ascii: "/") }
    return (String(decoding: parent.reversed(), as: UTF8.self)) + "rejected"
  }

  /// Where something is written or moved from: folders, with a slash behind them, and the file of metrics.
  public var writtenPaths: [String] {
    [inboxPath, resultsPath, donePath, rejectedFolder].filter { !$0.isEmpty }.map { $0 + "/" } + [metricsFile]
  }

  /// `metricsPath`, or what stands for it.
  public var metricsFile: String {
    metricsPath.isEmpty ? resultsPath + (resultsPath.hasSuffix("/") ? "" : "/") + "metrics.ndjson" : metricsPath
  }
}

/// The jobs that plan memory.
public enum Job: String, Sendable, CaseIterable {
  case evaluate, train, distill, compress, reproduce
}
