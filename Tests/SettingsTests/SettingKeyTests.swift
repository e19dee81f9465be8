import Kernel
import Settings
import Testing

@Suite struct SettingKeyTests {
  @Test func namesAreUnique() {
    #expect(Set(SettingKey.all.map(\.name)).count == SettingKey.all.count)
    #expect(Set(SettingKey.all.map(\.environmentName)).count == SettingKey.all.count)
    #expect(SettingKey.named("training.learning-rate")?.environmentName == "QKD_TRAINING_LEARNING_RATE")
    #expect(SettingKey.named("seed")?.environmentName == "QKD_SEED")
    for job in Job.allCases {
      let flags = SettingKey.all.flatMap(\.flags).filter { $0.jobs.contains(job) }.map(\.name)
      #expect(Set(flags).count == flags.count, "a flag sets two keys of one job")
    }
  }

  struct Range: Sendable, CustomTestStringConvertible {
    let key: String
    let allowed: [SettingValue]
    let refused: [SettingValue]
    var testDescription: String { key }
  }

  static let ranges: [Range] = [
    Range(key: "description", allowed: [.string("x")], refused: [.integer(1)]),
    Range(
      key: "seed", allowed: [.integer(0), .text("18446744073709551615")],
      refused: [.integer(-1), .number(1), .string("x"), .text("18446744073709551616")]),
    Range(
      key: "host.memory", allowed: [.integer(1), .string("16 MiB"), .text("16 MiB"), .text("16777216")],
      refused: [.integer(0), .integer(-1), .integer(.max), .string("16 MB"), .number(1), .text("")]),
    Range(key: "host.arena", allowed: [.string("64 KiB"), .text("none")], refused: [.integer(0), .string("None")]),
    Range(
      key: "host.threads", allowed: [.integer(1), .integer(256), .text("2")],
      refused: [.integer(0), .integer(257), .number(2), .string("four"), .boolean(true), .array([.integer(1)])]),
    Range(
      key: "host.precision", allowed: [.string("float32"), .text("float64")], refused: [.text("half"), .integer(32)]),
    Range(
      key: "host.lanes", allowed: [.integer(1), .integer(2), .integer(4), .text("8"), .integer(16), .text("auto")],
      refused: [.integer(0), .integer(3), .integer(32)]),
    Range(key: "host.audit", allowed: [.boolean(true), .text("false")], refused: [.integer(1), .text("yes")]),
    Range(key: "host.lock", allowed: [.boolean(true), .text("false")], refused: [.integer(1), .text("yes")]),
    Range(
      key: "host.shard", allowed: [.string("1/1"), .text("3/1000"), .text("none")],
      refused: [.text("0/1"), .text("2/1"), .text("1/1001"), .integer(1), .string("")]),
    Range(key: "model.path", allowed: [.string("a b/ψ")], refused: [.integer(1), .string("a\u{0}b")]),
    Range(
      key: "model.sha256",
      allowed: [.string(String(repeating: "0a", count: 32)), .text(String(repeating: "9", count: 64)), .text("none")],
      refused: [
        .string(""), .string(String(repeating: "0", count: 63)), .text(String(repeating: "0A", count: 32)),
        .text(String(repeating: "é", count: 32)), .integer(1),
      ]),
    Range(key: "model.qubits", allowed: [.integer(1), .integer(26)], refused: [.integer(0), .integer(27)]),
    Range(key: "model.layers", allowed: [.integer(1)], refused: [.integer(0), .integer(5000)]),
    Range(
      key: "model.entangler",
      allowed: [
        .string("linear"), .string("ring"), .string("descending"), .string("all-pairs"), .string("0-1, 1-2, 2-0"),
        .text("25-0"), .text("0-1,0-1"),
      ],
      refused: [
        .string("allPairs"), .string(""), .text("0-0"), .text("0-26"), .text("0-1;1-2"), .array([.string("0-1")]),
        .text(Array(repeating: "0-1", count: 65).joined(separator: ",")),
      ]),
    Range(
      key: "model.entangling-gate", allowed: [.string("cnot"), .text("cz")], refused: [.string("CZ"), .boolean(true)]),
    Range(
      key: "model.final-rotation", allowed: [.boolean(true), .text("false")], refused: [.string("true"), .integer(1)]),
    Range(key: "model.rotation", allowed: [.string("half"), .string("full")], refused: [.string("double")]),
    Range(key: "model.qubit-order", allowed: [.string("little-endian")], refused: [.string("little")]),
    Range(
      key: "model.observables",
      allowed: [
        .array([.string("Z0"), .string("0.5*Z0*Z1 - X2")]), .array([.string("Z0")]), .text("Z0; Z1"), .text("Z0,Z1,Z2"),
      ],
      refused: [
        .array([]), .array([.string("Z0"), .integer(1)]),
        .array([.string("Z0"), .string("Q")]),
        .text("Z0;"), .string("Z0;Z1"), .array(Array(repeating: .string("Z0"), count: 65)),
      ]),
    Range(key: "model.readout", allowed: [.string("fixed"), .string("affine")], refused: [.string("linear")]),
    Range(key: "model.scale", allowed: [.number(-3.5), .integer(2)], refused: [.number(.nan), .number(.infinity)]),
    Range(key: "data.source", allowed: [.string("spin-chain"), .string("file")], refused: [.string("chain")]),
    Range(key: "data.boundary", allowed: [.string("periodic"), .string("open")], refused: [.string("closed")]),
    Range(
      key: "data.parity", allowed: [.integer(1), .integer(-1), .text("-1"), .text("auto")],
      refused: [.integer(0), .integer(2)]),
    Range(key: "data.h1", allowed: [.number(0.5), .integer(0)], refused: [.number(.nan), .text("inf"), .string("1")]),
    Range(
      key: "data.h2",
      allowed: [.array([.number(0.8), .number(1.2)]), .array([.integer(1), .integer(1)]), .text("0.8, 1.2")],
      refused: [
        .array([.number(1.2), .number(0.8)]), .array([.number(1)]), .number(1), .text("1"), .text("0.8,nan"),
        .array([.number(.nan), .number(1)]),
      ]),
    Range(key: "data.encoder", allowed: [.string("amplitude-unnormalized")], refused: [.string("qft")]),
    Range(key: "training.iterations", allowed: [.integer(1)], refused: [.integer(0)]),
    Range(key: "training.batch", allowed: [.integer(1)], refused: [.integer(0), .integer(1 << 21)]),
    Range(key: "training.learning-rate", allowed: [.number(0), .number(0.01)], refused: [.number(-0.01)]),
    Range(key: "training.schedule-factor", allowed: [.number(1)], refused: [.number(0), .number(1.1), .number(.nan)]),
    Range(key: "host.lock-wait", allowed: [.number(0), .text("2.5")], refused: [.number(-1), .number(.nan)]),
    Range(key: "host.if-locked", allowed: [.string("fail"), .text("skip")], refused: [.string("wait")]),
    Range(
      key: "training.checkpoint-every", allowed: [.integer(0), .number(60)], refused: [.number(-1), .text("never")]),
    Range(key: "training.label-smoothing", allowed: [.number(0)], refused: [.number(1), .number(-0.1)]),
    Range(
      key: "distillation.temperature", allowed: [.number(1e-3), .integer(2)], refused: [.integer(0), .number(-1)]),
    Range(
      key: "distillation.alpha", allowed: [.integer(0), .number(0.8), .integer(1)],
      refused: [.number(1.01), .number(-1)]),
    Range(
      key: "distillation.direction", allowed: [.string("student-first"), .string("teacher-first")],
      refused: [.string("student")]),
    Range(
      key: "distillation.standardize", allowed: [.boolean(true), .text("false")],
      refused: [.integer(1), .string("yes")]),
    Range(key: "compression.latent", allowed: [.integer(1)], refused: [.integer(0), .integer(26)]),
    Range(
      key: "compression.pairs", allowed: [.string("latent-trash"), .string("ring")], refused: [.string("star")]),
    Range(key: "compression.schedule-factor", allowed: [.number(1)], refused: [.number(0), .number(1.1)]),
    Range(
      key: "experiment.student-layers",
      allowed: [.array([.integer(4), .integer(8)]), .array([]), .text("4, 5"), .text("[4, 5]"), .text("[]")],
      refused: [.array([.integer(0)]), .integer(4), .text("4,x")]),
    Range(
      key: "experiment.treatments", allowed: [.array([.string("none")]), .text("none,label-smoothing")],
      refused: [.array([]), .text("none,none"), .text("magic")]),
    Range(key: "experiment.seeds", allowed: [.integer(1)], refused: [.integer(0), .integer(10_001)]),
    Range(key: "evaluation.samples", allowed: [.integer(0)], refused: [.integer(-1)]),
    Range(key: "evaluation.confidence-threshold", allowed: [.number(0.5)], refused: [.number(1.5), .text("none")]),
    Range(key: "evaluation.maximum-low-confidence", allowed: [.number(0), .text("none")], refused: [.number(-0.1)]),
    Range(key: "evaluation.drift-significance", allowed: [.number(0.01), .text("none")], refused: [.number(2)]),
    Range(key: "spool.format", allowed: [.string("csv"), .text("npy")], refused: [.string("json")]),
    Range(
      key: "report.prometheus", allowed: [.string(""), .string("a/qkd.prom"), .text(".prom")],
      refused: [.string("qkd.txt"), .string("qkd.prom/"), .integer(1), .string("a\u{0}.prom")]),
    Range(key: "report.keep", allowed: [.string("latest"), .text("by-model")], refused: [.string("all")]),
    Range(key: "spool.pattern", allowed: [.string("*.npy")], refused: [.integer(1), .string("a\u{0}")]),
    Range(
      key: "model.task", allowed: [.string("regression"), .text("classification")], refused: [.string("classes")]),
    Range(key: "data.target", allowed: [.string("h2"), .text("order"), .text("auto")], refused: [.string("h1")]),
    Range(key: "training.loss", allowed: [.string("squared-error"), .text("huber")], refused: [.string("mse")]),
    Range(
      key: "training.huber-threshold", allowed: [.number(0.1), .integer(2)],
      refused: [.integer(0), .number(.infinity)]),
    Range(key: "evaluation.maximum-rmse", allowed: [.number(0.1), .text("none")], refused: [.number(-1)]),
    Range(
      key: "device.layout", allowed: [.array([.integer(5), .integer(3)]), .text("5, 3, 1"), .string("best")],
      refused: [.array([]), .array([.integer(-1)]), .text("5,x"), .string("good"), .integer(5)]),
    Range(
      key: "device.t1", allowed: [.number(1e-4), .text("none")],
      refused: [.integer(0), .number(-1), .number(.infinity)]),
    Range(key: "device.pair-error", allowed: [.number(0), .number(0.02)], refused: [.number(0.75), .number(-0.1)]),
    Range(
      key: "distillation.teacher-zne", allowed: [.array([.integer(1), .integer(2), .number(3)]), .array([])],
      refused: [.array([.integer(1)]), .text("1,1"), .text("2,1"), .text("0.5,1"), .text("1,11")]),
    Range(
      key: "distillation.teacher-zne-fit", allowed: [.string("linear"), .text("exponential")],
      refused: [.string("cubic")]),
    Range(
      key: "experiment.trained-for",
      allowed: [.array([.string("ideal"), .string("device")]), .text("device"), .array([])],
      refused: [.text("device,device"), .text("noisy")]),
    Range(key: "training.shots", allowed: [.integer(0), .integer(100)], refused: [.integer(-1), .number(1.5)]),
    Range(key: "evaluation.minimum-accuracy", allowed: [.number(0.99), .text("none")], refused: [.number(1.5)]),
  ]

  @Test(arguments: ranges) func range(_ range: Range) throws {
    for value in range.allowed {
      var resolution = Resolution()
      try resolution.apply([Assignment(key: range.key, value: value, origin: .flag("--set"))])
      #expect(resolution.origin(range.key) == .flag("--set"))
    }
    for value in range.refused {
      var resolution = Resolution()
      #expect(throws: SettingError.self, "\(value)") {
        try resolution.apply([Assignment(key: range.key, value: value, origin: .flag("--set"))])
      }
      #expect(resolution.settings == Settings())
    }
  }

  @Test func valuesArriveWhereTheyBelong() throws {
    var resolution = Resolution()
    let values: [(String, String)] = [
      ("seed", "9"), ("host.memory", "16 MiB"), ("host.arena", "64 KiB"), ("host.threads", "2"),
      ("host.precision", "float32"), ("host.lanes", "4"),
      ("host.audit", "true"), ("host.lock", "true"), ("host.lock-wait", "1.5"), ("host.if-locked", "skip"),
      ("training.checkpoint-every", "2.5"), ("host.shard", "2/3"), ("model.path", "m"),
      ("model.sha256", String(repeating: "0a", count: 32)),
      ("model.task", "regression"),
      ("model.qubits", "5"),
      ("model.layers", "3"), ("model.entangler", "0-1, 4-2"), ("model.entangling-gate", "cz"),
      ("model.final-rotation", "true"), ("model.rotation", "full"),
      ("model.qubit-order", "big-endian"), ("model.observables", "X0;Y1;Z2"), ("model.readout", "fixed"),
      ("model.scale", "2"), ("model.bias", "0.5"), ("data.source", "file"), ("data.boundary", "open"),
      ("data.parity", "-1"), ("data.h1", "0.25"), ("data.j", "-1"), ("data.h2", "0.5,1.5"), ("data.path", "d"),
      ("data.target", "gap"), ("data.targets", "y"), ("data.test-targets", "z"),
      ("data.labels", "l"), ("data.pairs", "true"), ("data.header", "false"), ("data.label-column", "k"),
      ("data.columns", "[\"x, y\", z]"), ("data.pad", "true"), ("data.allow-outside", "true"),
      ("data.encoder", "angle"), ("data.classes", "1,5"),
      ("data.test-path", "t"),
      ("data.test-labels", "u"), ("data.features", "pca"), ("data.threshold", "0.25"), ("data.compressor", "a"),
      ("training.iterations", "7"),
      ("training.batch", "8"),
      ("training.states", "9"), ("training.learning-rate", "0.1"), ("training.readout-learning-rate", "0.2"),
      ("training.schedule-every", "10"), ("training.schedule-factor", "0.9"), ("training.angle-range", "1"),
      ("training.label-smoothing", "0.3"), ("training.readout-fit", "end"), ("training.loss", "huber"),
      ("training.huber-threshold", "0.4"), ("training.restarts", "3"),
      ("training.patience", "4"), ("training.validation", "0.3"), ("distillation.hints", "Y0*Y1;Z2"),
      ("distillation.hint-weight", "0.5"), ("distillation.relation-weight", "2"), ("experiment.labels", "16,32"),
      ("device.file", "c"), ("device.layout", "5,3"), ("device.t1", "1e-4"), ("device.t2", "5e-5"),
      ("device.pulse-error", "0.001"), ("device.pair-error", "0.02"), ("device.pulse-seconds", "1e-8"),
      ("device.pair-seconds", "2e-8"), ("device.read-one-for-zero", "0.03"), ("device.read-zero-for-one", "0.04"),
      ("device.trajectories", "19"), ("evaluation.shots", "20"), ("training.shots", "21"),
      ("distillation.teacher-device", "v"), ("distillation.teacher-shares-device", "true"),
      ("distillation.teacher-shots", "22"), ("distillation.teacher-zne", "1,2,3"),
      ("distillation.teacher-zne-fit", "exponential"), ("experiment.trained-for", "ideal,device"),
      ("experiment.trained-shots", "0,30"), ("experiment.test-shots", "10,100"),
      ("distillation.teacher", "t"), ("distillation.temperature", "4"),
      ("distillation.alpha", "0.5"), ("distillation.direction", "teacher-first"),
      ("distillation.teacher-logits", "n"), ("distillation.tape", "a"), ("distillation.standardize", "true"),
      ("evaluation.samples", "11"),
      ("compression.path", "c"), ("compression.latent", "3"), ("compression.layers", "6"),
      ("compression.pairs", "all"), ("compression.iterations", "13"), ("compression.learning-rate", "0.3"),
      ("compression.schedule-every", "14"), ("compression.schedule-factor", "0.7"),
      ("evaluation.batch", "12"), ("evaluation.minimum-accuracy", "0.9"), ("evaluation.maximum-rmse", "0.6"),
      ("evaluation.predictions", "p.csv"),
      ("evaluation.confidence-threshold", "0.7"), ("evaluation.maximum-low-confidence", "0.2"),
      ("evaluation.drift-significance", "0.05"), ("spool.inbox", "i"), ("spool.results", "o"), ("spool.done", "d"),
      ("spool.rejected", "x"), ("spool.pattern", "*.npy"), ("spool.format", "npy"), ("spool.metrics", "m"),
      ("report.prometheus", "q.prom"), ("report.keep", "by-model"),
      ("experiment.name", "table-1"), ("experiment.preset", "mine"), ("experiment.seeds", "15"),
      ("experiment.teacher-layers", "16"), ("experiment.teacher-iterations", "17"),
      ("experiment.student-layers", "4,5"), ("experiment.compressed-layers", "2"), ("experiment.iterations", "18,19"),
      ("experiment.epochs", "20"), ("experiment.treatments", "distilled,shuffled-teacher"),
      ("experiment.margin", "0.02"), ("experiment.report", "r.json"),
    ]
    #expect(Set(values.map(\.0)).union(["description"]) == Set(SettingKey.all.map(\.name)))
    try resolution.apply(values.map { Assignment(key: $0, value: .text($1), origin: .flag("--set")) })

    var expected = Settings()
    expected.seed = 9
    expected.host.memoryBytes = 16 << 20
    expected.host.shard = Shard(index: 1, count: 3)
    expected.host.lockWait = 1.5
    expected.host.ifLocked = .skip
    expected.training.checkpointEvery = 2.5
    expected.host.arenaBytes = 64 << 10
    expected.host.threads = 2
    expected.host.precision = .float32
    expected.host.lanes = 4
    expected.host.audit = true
    expected.host.lock = true
    (expected.model.path, expected.model.sha256) = ("m", String(repeating: "0a", count: 32))
    expected.model.task = .regression
    expected.data.target = .gap
    (expected.data.targetsPath, expected.data.testTargetsPath) = ("y", "z")
    expected.training.readoutFit = .end
    (expected.training.loss, expected.training.huberThreshold) = (.huber, 0.4)
    expected.evaluation.maximumRMSE = 0.6
    (expected.device.path, expected.device.layout) = ("c", [5, 3])
    (expected.device.t1, expected.device.t2) = (1e-4, 5e-5)
    (expected.device.pulseError, expected.device.pairError) = (0.001, 0.02)
    (expected.device.pulseSeconds, expected.device.pairSeconds) = (1e-8, 2e-8)
    (expected.device.oneForZero, expected.device.zeroForOne) = (0.03, 0.04)
    (expected.device.trajectories, expected.evaluation.shots, expected.training.shots) = (19, 20, 21)
    (expected.distillation.teacherDevicePath, expected.distillation.sharesDevice) = ("v", true)
    (expected.distillation.teacherShots, expected.distillation.noiseFactors) = (22, [1, 2, 3])
    expected.distillation.extrapolation = .exponential
    expected.experiment.trainedFor = [.ideal, .device]
    (expected.experiment.trainedShots, expected.experiment.testShots) = ([0, 30], [10, 100])
    expected.model.qubits = 5
    expected.model.layers = 3
    var pairs = QubitPairs()
    for (control, target) in [(0, 1), (4, 2)] { _ = pairs.append(control: control, target: target) }
    expected.model.entangler = .pairs(pairs)
    expected.model.entanglingGate = .cz
    expected.model.finalRotation = true
    expected.model.rotation = .full
    expected.model.qubitOrder = .bigEndian
    expected.model.observables = ["X0", "Y1", "Z2"]
    expected.model.readout = .fixed
    expected.model.scale = 2
    expected.model.bias = 0.5
    expected.data.source = .file
    expected.data.boundary = .open
    expected.data.parity = .minus
    expected.data.h1 = 0.25
    expected.data.j = -1
    expected.data.h2Minimum = 0.5
    expected.data.h2Maximum = 1.5
    expected.data.path = "d"
    expected.data.labelsPath = "l"
    expected.data.text.pairs = true
    expected.data.text.header = false
    expected.data.text.labelColumn = "k"
    expected.data.text.columns = ["x, y", "z"]
    expected.data.text.pads = true
    expected.data.allowsOutside = true
    expected.data.encoder = .angle
    expected.data.classes = [1, 5]
    expected.data.testPath = "t"
    expected.data.testLabelsPath = "u"
    expected.data.features = .pca
    expected.data.threshold = 0.25
    expected.data.compressorPath = "a"
    expected.training.iterations = 7
    expected.training.batch = 8
    expected.training.states = 9
    expected.training.learningRate = 0.1
    expected.training.readoutLearningRate = 0.2
    expected.training.scheduleEvery = 10
    expected.training.scheduleFactor = 0.9
    expected.training.angleRange = 1
    expected.training.labelSmoothing = 0.3
    expected.distillation.teacherPath = "t"
    expected.distillation.temperature = 4
    expected.distillation.alpha = 0.5
    expected.distillation.direction = .teacherFirst
    expected.distillation.logitsPath = "n"
    expected.distillation.tapePath = "a"
    expected.distillation.standardizesLogits = true
    expected.compression.path = "c"
    expected.compression.latent = 3
    expected.compression.layers = 6
    expected.compression.pairs = .everyPair
    expected.compression.iterations = 13
    expected.compression.learningRate = 0.3
    expected.compression.scheduleEvery = 14
    expected.compression.scheduleFactor = 0.7
    expected.evaluation.samples = 11
    expected.evaluation.batch = 12
    expected.evaluation.confidenceThreshold = 0.7
    (expected.report.prometheusPath, expected.report.keep) = ("q.prom", .byModel)
    expected.evaluation.maximumLowConfidence = 0.2
    expected.evaluation.driftSignificance = 0.05
    (expected.spool.inboxPath, expected.spool.resultsPath, expected.spool.donePath) = ("i", "o", "d")
    (expected.spool.rejectedPath, expected.spool.pattern, expected.spool.format) = ("x", "*.npy", .npy)
    expected.spool.metricsPath = "m"
    expected.evaluation.minimumAccuracy = 0.9
    expected.evaluation.predictionsPath = "p.csv"
    expected.experiment.name = "table-1"
    expected.experiment.preset = "mine"
    expected.experiment.seeds = 15
    expected.experiment.teacherLayers = 16
    expected.experiment.teacherIterations = 17
    expected.experiment.studentLayers = [4, 5]
    expected.experiment.compressedLayers = [2]
    expected.experiment.iterations = [18, 19]
    expected.experiment.epochs = 20
    expected.experiment.treatments = [.distilled, .shuffledTeacher]
    expected.experiment.margin = 0.02
    expected.experiment.reportPath = "r.json"
    expected.experiment.labels = [16, 32]
    (expected.training.restarts, expected.training.patience, expected.training.validation) = (3, 4, 0.3)
    expected.distillation.hints = ["Y0*Y1", "Z2"]
    (expected.distillation.hintWeight, expected.distillation.relationWeight) = (0.5, 2)
    #expect(resolution.settings == expected)
  }
}
