import Budget
import Kernel
import Samples
import Sessions
import Spectra

extension SettingKey {
  /// Every setting, in the order of a profile. Profiles, environment, flags, their help, the origins that `plan` shows
  /// and the suggestions for misspelled keys all come from here.
  public static let all: [SettingKey] =
    top + host + model + data + training + distillation + compression + evaluation
    + spool + experiment

  /// - Returns: nil for a name that no key has.
  public static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

  private static let top: [SettingKey] = [
    SettingKey(note: "description", "What the profile is for; not interpreted"),
    SettingKey("seed", \.seed, .seed, flags: ["seed"], "Gives data, angles and shuffling a generator each"),
  ]

  private static let host: [SettingKey] = [
    SettingKey(
      "host.memory", \.host.memoryBytes, .bytes(1...MemoryPlan.largestBytes), flags: ["memory"],
      "Budget of RAM: what only this process holds"),
    SettingKey(
      "host.arena", \.host.arenaBytes, ValueKind.bytes(1...MemoryPlan.largestBytes).orNone("none"), flags: ["arena"],
      "Budget of the arena alone"),
    SettingKey("host.threads", \.host.threads, .integer(1...256), flags: ["threads"], "Threads that compute"),
    SettingKey(
      "host.precision", \.host.precision, .convention, flags: ["precision"], "Precision of the statevectors"),
    SettingKey(
      "host.lanes", \.host.lanes, ValueKind.oneOf([1, 2, 4, 8, 16]).orNone("auto"), flags: ["lanes"],
      "Samples side by side in one vector"),
    SettingKey(
      "host.audit", \.host.audit, .boolean, "Stop at the first allocation or mapping after the seal, and say where"),
    SettingKey("host.lock", \.host.lock, .boolean, "Lock the memory: nothing is ever swapped out"),
    SettingKey(
      "host.lock-wait", \.host.lockWait, .number(0...1e6), flags: ["lock-wait"],
      "Seconds to wait for another run that works on the same output"),
    SettingKey(
      "host.if-locked", \.host.ifLocked, .rawText, flags: ["if-locked"],
      "When that one goes on: fail with exit code 75, or skip with 0"),
    SettingKey(
      "host.shard", \.host.shard, ValueKind.shard.orNone("none"),
      flags: [SettingFlag("shard", [.evaluate, .reproduce])],
      "The part of the work that this host does; qkd-run merge joins the parts"),
  ]

  private static let model: [SettingKey] = [
    SettingKey(
      "model.path", \.model.path, .path,
      flags: [SettingFlag("model", [.evaluate]), SettingFlag("output", [.train, .distill])], isPath: true,
      "The model file that evaluate reads, and that train and distill write"),
    SettingKey("model.qubits", \.model.qubits, .integer(Ansatz.qubitRange), "Qubits of the circuit to train"),
    SettingKey("model.layers", \.model.layers, .integer(1...4096), "Layers of the circuit to train"),
    SettingKey("model.entangler", \.model.entangler, .convention, "CNOT pattern after each layer's rotations"),
    SettingKey("model.final-rotation", \.model.finalRotation, .boolean, "One more layer of rotations at the end"),
    SettingKey(
      "model.rotation", \.model.rotation, .convention, "half: exp(-i angle P/2); full: exp(i angle P)"),
    SettingKey(
      "model.qubit-order", \.model.qubitOrder, .convention, "Whether qubit 0 is an index's lowest or highest bit"),
    SettingKey("model.observables", \.model.observables, .observables, "One observable a logit"),
    SettingKey(
      "model.readout", \.model.readout, .rawText, "fixed: scale and bias stay; affine: they are trained"),
    SettingKey("model.scale", \.model.scale, .number(-1e6...1e6), "Where each logit's scale starts"),
    SettingKey("model.bias", \.model.bias, .number(-1e6...1e6), "Where each logit's bias starts"),
  ]

  private static let data: [SettingKey] = [
    SettingKey("data.source", \.data.source, .rawText, "Ground states computed on the way, or a file"),
    SettingKey(
      "data.boundary", \.data.boundary, .choice([("periodic", .periodic), ("open", .open)]), "Ends of the spin chain"),
    SettingKey(
      "data.parity", \.data.parity, ValueKind.parity.orNone("auto"),
      "Sector of the product of all X; auto: the ground state's own"),
    SettingKey("data.h1", \.data.h1, .number(-1e6...1e6), "Transverse field h1 of the chain"),
    SettingKey("data.j", \.data.j, .number(-1e6...1e6), "Cluster coupling J of the chain"),
    SettingKey("data.h2", \.data.h2, .interval, "Range of the Ising coupling h2, from which samples are drawn"),
    SettingKey(
      "data.path", \.data.path, .path,
      flags: [
        SettingFlag(
          "input",
          implied: [.init("data.source", "file"), .init("evaluation.samples", "0"), .init("training.states", "0")])
      ], isPath: true,
      "States or vectors: NPY, IDX or text, plain or gzipped; - is standard input"),
    SettingKey(
      "data.labels", \.data.labelsPath, .path, flags: ["labels"], isPath: true,
      "Labels of the file: NPY of integers, or IDX"),
    SettingKey(
      "data.classes", \.data.classes, .classes,
      "Classes to keep; a label becomes its position in the list"),
    SettingKey(
      "data.test-path", \.data.testPath, .path,
      flags: [SettingFlag("test-input", [.train, .distill])], isPath: true,
      "Samples of a file to test on after training"),
    SettingKey(
      "data.test-labels", \.data.testLabelsPath, .path,
      flags: [SettingFlag("test-labels", [.train, .distill])],
      isPath: true, "Labels of the test file"),
    SettingKey(
      "data.features", \.data.features, .rawText,
      "pca: bits from principal components of the training file"),
    SettingKey(
      "data.threshold", \.data.threshold, .number(-1e6...1e6),
      "Projection above which a feature of pca is 1"),
    SettingKey(
      "data.encoder", \.data.encoder, .convention, flags: ["encoder"], "How a row becomes a state"),
    SettingKey(
      "data.compressor", \.data.compressorPath, .path,
      flags: [SettingFlag("compressor", [.evaluate, .train, .distill])], isPath: true,
      "Autoencoder's file of compress: the circuit sees the qubits that it keeps"),
  ]

  private static let training: [SettingKey] = [
    SettingKey(
      "training.iterations", \.training.iterations, .integer(1...10_000_000),
      flags: [SettingFlag("iterations", [.train, .distill])], "Steps of Adam"),
    SettingKey(
      "training.batch", \.training.batch, .integer(1...1 << 20),
      flags: [SettingFlag("batch", [.train, .distill, .compress, .reproduce])],
      "Samples of a training step"),
    SettingKey(
      "training.states", \.training.states, .integer(0...1 << 30), "Samples of the training set; 0: all of a file"),
    SettingKey("training.learning-rate", \.training.learningRate, .number(0...1e3), "Rate of the angles"),
    SettingKey(
      "training.readout-learning-rate", \.training.readoutLearningRate, .number(0...1e3),
      "Rate of the readout's scales and biases"),
    SettingKey(
      "training.schedule-every", \.training.scheduleEvery, .integer(1...10_000_000),
      "Steps after which the rates shrink"),
    SettingKey(
      "training.schedule-factor", \.training.scheduleFactor,
      .number("a number above 0, at most 1") { $0 > 0 && $0 <= 1 }, "What the rates shrink by"),
    SettingKey(
      "training.angle-range", \.training.angleRange, .number(0...100), "Angles start uniform in +- this, radians"),
    SettingKey(
      "training.label-smoothing", \.training.labelSmoothing,
      .number("a number from 0 to below 1") { $0 >= 0 && $0 < 1 }, "Share of the target spread over all classes"),
    SettingKey(
      "training.checkpoint-every", \.training.checkpointEvery, .number(0...1e6),
      "Seconds between two checkpoints; 0: after every step"),
  ]

  private static let distillation: [SettingKey] = [
    SettingKey(
      "distillation.teacher", \.distillation.teacherPath, .path, flags: [SettingFlag("teacher", [.distill])],
      isPath: true, "The teacher's model file"),
    SettingKey(
      "distillation.teacher-logits", \.distillation.logitsPath, .path,
      flags: [
        SettingFlag(
          "teacher-logits", [.distill], implied: [.init("distillation.teacher", ""), .init("distillation.tape", "")])
      ], isPath: true,
      "NPY of any teacher's logits instead: a row a sample of the training set"),
    SettingKey(
      "distillation.tape", \.distillation.tapePath, .path, flags: [SettingFlag("tape", [.distill])], isPath: true,
      "The teacher's logits of the training set: read where the file is, else written"),
    SettingKey(
      "distillation.temperature", \.distillation.temperature,
      .number("a number above 0, at most 1e6") { $0 > 0 && $0 <= 1e6 },
      "Softens both softmaxes"),
    SettingKey("distillation.alpha", \.distillation.alpha, .number(0...1), "Weight of the distillation loss"),
    SettingKey(
      "distillation.direction", \.distillation.direction, .convention, "Which side of the divergence stands first"),
    SettingKey(
      "distillation.standardize", \.distillation.standardizesLogits, .boolean,
      "Compares logits of mean 0 and deviation 1; takes three logits or more"),
  ]

  private static let compression: [SettingKey] = [
    SettingKey(
      "compression.path", \.compression.path, .path, flags: [SettingFlag("output", [.compress])], isPath: true,
      "The autoencoder's file that compress writes"),
    SettingKey("compression.latent", \.compression.latent, .integer(1...25), "Qubits that the autoencoder keeps"),
    SettingKey("compression.layers", \.compression.layers, .integer(1...4096), "Layers of the autoencoder"),
    SettingKey("compression.pairs", \.compression.pairs, .convention, "Pairs of qubits that a layer couples"),
    SettingKey(
      "compression.iterations", \.compression.iterations, .integer(1...10_000_000),
      flags: [SettingFlag("iterations", [.compress])], "Steps of Adam for the autoencoder"),
    SettingKey(
      "compression.learning-rate", \.compression.learningRate, .number(0...1e3), "Rate of the autoencoder's angles"),
    SettingKey(
      "compression.schedule-every", \.compression.scheduleEvery, .integer(1...10_000_000),
      "Steps after which the autoencoder's rate shrinks"),
    SettingKey(
      "compression.schedule-factor", \.compression.scheduleFactor,
      .number("a number above 0, at most 1") { $0 > 0 && $0 <= 1 }, "What that rate shrinks by; 1: it is constant"),
  ]

  private static let evaluation: [SettingKey] = [
    SettingKey(
      "evaluation.samples", \.evaluation.samples, .integer(0...1 << 40), flags: ["samples"],
      "Samples to evaluate, or to test on after training; 0: all of a file (as --input alone does), else 1000"),
    SettingKey(
      "evaluation.batch", \.evaluation.batch, .integer(1...1 << 20), flags: [SettingFlag("batch", [.evaluate])],
      "Samples of an evaluation's batch"),
    SettingKey(
      "evaluation.minimum-accuracy", \.evaluation.minimumAccuracy, ValueKind.number(0...1).orNone("none"),
      "Quality gate: the lower end of the accuracy's 95 % interval must reach it"),
    SettingKey(
      "evaluation.confidence-threshold", \.evaluation.confidenceThreshold, .number(0...1),
      "An answer whose probability is below it has low confidence"),
    SettingKey(
      "evaluation.maximum-low-confidence", \.evaluation.maximumLowConfidence, ValueKind.number(0...1).orNone("none"),
      "Quality gate: at most this share of the answers may have low confidence"),
    SettingKey(
      "evaluation.drift-significance", \.evaluation.driftSignificance, ValueKind.number(0...1).orNone("none"),
      "Quality gate: predicted classes against the model's own test, chi-squared: p must reach it"),
    SettingKey(
      "evaluation.predictions", \.evaluation.predictionsPath, .path, flags: [SettingFlag("predictions", [.evaluate])],
      "Where predictions go: .npy, .csv or .ndjson"),
  ]

  private static let spool: [SettingKey] = [
    SettingKey(
      "spool.inbox", \.spool.inboxPath, .path, flags: [SettingFlag("inbox", [.evaluate])], isPath: true,
      "A folder: every file in it is evaluated once, instead of one file or the chain"),
    SettingKey(
      "spool.results", \.spool.resultsPath, .path, flags: [SettingFlag("results", [.evaluate])], isPath: true,
      "The folder of predictions and reports"),
    SettingKey(
      "spool.done", \.spool.donePath, .path, flags: [SettingFlag("done", [.evaluate])], isPath: true,
      "The folder to which evaluated files are moved; empty: they stay in the inbox"),
    SettingKey(
      "spool.rejected", \.spool.rejectedPath, .path, isPath: true,
      "The folder for files that cannot be evaluated; empty: rejected, beside the inbox"),
    SettingKey(
      "spool.pattern", \.spool.pattern, .text("a shell's pattern, e.g. \"*.npy\"", placeholder: "pattern"),
      "Names of the inbox that are looked at"),
    SettingKey("spool.format", \.spool.format, .rawText, "What predictions are written as"),
    SettingKey(
      "spool.metrics", \.spool.metricsPath, .path, isPath: true,
      "A line is added to it for each file; empty: metrics.ndjson in the results"),
  ]

  private static let experiment: [SettingKey] = [
    SettingKey(
      "experiment.name", \.experiment.name, .text("text", placeholder: "name"),
      "table-1, figure-4, figure-5 and figure-6 are compared with the paper"),
    SettingKey(
      "experiment.preset", \.experiment.preset, .text("text", placeholder: "name"),
      "What sets the experiment apart from others of its name"),
    SettingKey(
      "experiment.seeds", \.experiment.seeds, .integer(1...10_000), flags: [SettingFlag("seeds", [.reproduce])],
      "Trials, each with a seed of its own from the run's seed on"),
    SettingKey(
      "experiment.teacher-layers", \.experiment.teacherLayers, .integer(1...4096), "Layers of the teacher"),
    SettingKey(
      "experiment.teacher-iterations", \.experiment.teacherIterations, .integer(1...10_000_000),
      "Steps of Adam of the teacher"),
    SettingKey(
      "experiment.student-layers", \.experiment.studentLayers, .integers(1...4096),
      "Students that see what the teacher sees: the layers of each"),
    SettingKey(
      "experiment.compressed-layers", \.experiment.compressedLayers, .integers(1...4096),
      "Students that see an autoencoder's states: the layers of each"),
    SettingKey(
      "experiment.iterations", \.experiment.iterations, .integers(1...10_000_000),
      "Steps after which students are tested, ascending"),
    SettingKey(
      "experiment.epochs", \.experiment.epochs, .integer(0...10_000), flags: [SettingFlag("epochs", [.reproduce])],
      "Above 0: all are trained so many epochs instead, and tested after each"),
    SettingKey(
      "experiment.treatments", \.experiment.treatments, .treatments, "What is done to students"),
    SettingKey(
      "experiment.report", \.experiment.reportPath, .path, flags: [SettingFlag("output", [.reproduce])], isPath: true,
      "The JSON report that reproduce writes, beside its journal of finished seeds"),
  ]
}

extension SettingFlag: ExpressibleByStringLiteral {
  /// A flag for every job.
  public init(stringLiteral name: String) { self.init(name) }
}

extension ValueKind where Value == Shard {
  fileprivate static var shard: Self {
    ValueKind(
      allowed: "I/N, the I-th of N parts: I from 1 to N, N at most \(Shard.largestCount)", placeholder: "i/n",
      parse: { $0.asString.flatMap(Shard.init) }, json: { .string($0.text) })
  }
}

extension ValueKind where Value == FlipParity {
  fileprivate static var parity: Self {
    ValueKind(
      allowed: "1 or -1", placeholder: "1|-1", parse: { $0.asInteger.flatMap(FlipParity.init(rawValue:)) },
      json: { .integer($0.rawValue) })
  }
}

extension ValueKind where Value == [Treatment] {
  fileprivate static var treatments: Self {
    ValueKind(
      allowed: "some of " + Treatment.allCases.map(\.rawValue).joined(separator: ", "), placeholder: "name,name…",
      parse: { value in
        guard let given = value.asArray?.map(\.asString), !given.isEmpty else { return nil }
        let known = given.compactMap { $0.flatMap(Treatment.init(rawValue:)) }
        return known.count == given.count && Set(known).count == known.count ? known : nil
      }, json: { .array($0.map { .string($0.rawValue) }) })
  }
}

extension ValueKind where Value == [Int] {
  fileprivate static func integers(_ range: ClosedRange<Int>) -> Self {
    ValueKind(
      allowed: "integers from \(range.lowerBound) to \(range.upperBound), e.g. [4, 5]; none: []",
      placeholder: "n,n…",
      parse: { value in
        if case .text("") = value { return [] }
        guard let numbers = value.asArray?.map(\.asInteger) else { return nil }
        let known = numbers.compactMap { $0 }.filter(range.contains)
        return known.count == numbers.count ? known : nil
      }, json: { .array($0.map { .integer($0) }) })
  }

  fileprivate static var classes: Self {
    let range = 0...Int(Int32.max)
    return ValueKind(
      allowed: "different integers from 0 on, e.g. [1, 5]; none: []", placeholder: "n,n…",
      parse: { value in
        if case .text("") = value { return [] }
        guard let numbers = value.asArray?.map(\.asInteger) else { return nil }
        let known = numbers.compactMap { $0 }.filter(range.contains)
        return known.count == numbers.count && Set(known).count == known.count ? known : nil
      }, json: { .array($0.map { .integer($0) }) })
  }
}

extension DataSettings {
  /// Both ends in one key of the table.
  fileprivate var h2: Interval {
    get { Interval(lower: h2Minimum, upper: h2Maximum) }
    set { (h2Minimum, h2Maximum) = (newValue.lower, newValue.upper) }
  }
}
