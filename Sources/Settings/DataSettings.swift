import Kernel
import Models
import Samples
import Spectra

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
  /// What a regression is to tell of a ground state; nil: what the model was trained to tell, h2 in training.
  public var target: ChainTarget?
  // File: NPY, IDX or text, plain or gzipped; `-` is standard input.
  public var path = ""
  /// Labels, NPY of integers or IDX; empty: there are none.
  public var labelsPath = ""
  /// The classes to keep: a label becomes its position in this list. Empty: labels stay as they are.
  public var classes: [Int] = []
  /// Numbers that a regression is to tell: NPY or text, a row a sample; empty: they stand beside the samples.
  public var targetsPath = ""
  public var testTargetsPath = ""
  /// Samples and labels of a file that training does not see; `train` and `distill` test on them.
  public var testPath = ""
  public var testLabelsPath = ""
  /// What is said of texts, and whether zeros complete short rows.
  public var text = TextForm()
  /// Whether rows far outside the range of a model's training rows are taken.
  public var allowsOutside = false
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

extension SettingKey {
  static var data: [SettingKey] {
    [
      SettingKey(
        "data.source", \.data.source, .rawText, for: .all, .value, "Ground states computed on the way, or a file"),
      SettingKey(
        "data.boundary", \.data.boundary, .choice([("periodic", .periodic), ("open", .open)]), for: .all,
        of: .spinChain, .value, "Ends of the spin chain"),
      SettingKey(
        "data.parity", \.data.parity, ValueKind.parity.orNone("auto"), for: .all, of: .spinChain, .value,
        "Sector of the product of all X; auto: the ground state's own"),
      SettingKey(
        "data.h1", \.data.h1, .number(-1e6...1e6), for: .all, of: .spinChain, .value,
        "Transverse field h1 of the chain"),
      SettingKey(
        "data.j", \.data.j, .number(-1e6...1e6), for: .all, of: .spinChain, .value, "Cluster coupling J of the chain"),
      SettingKey(
        "data.h2", \.data.h2, .interval, for: .all, of: .spinChain, .value,
        "Range of the Ising coupling h2, from which samples are drawn"),
      SettingKey(
        "data.target", \.data.target, ValueKind.rawText.orNone("auto"), for: .readsFiles, of: .spinChain,
        task: .regression, .valueUnlessDefault,
        "Of a ground state, what a regression tells: the coupling h2, the gap in its sector, the mean stabiliser ZXZ"),
      SettingKey(
        "data.path", \.data.path, .path,
        flags: [
          SettingFlag(
            "input",
            implied: [.init("data.source", "file"), .init("evaluation.samples", "0"), .init("training.states", "0")])
        ], for: .readsFiles, .content, "States or vectors: NPY, IDX or text, plain or gzipped; - is standard input"),
      SettingKey(
        "data.labels", \.data.labelsPath, .path, flags: ["labels"], for: .readsFiles, task: .classification, .content,
        "Labels of the file: NPY of integers, IDX, or text"),
      SettingKey(
        "data.targets", \.data.targetsPath, .path, flags: ["targets"], for: .readsFiles, task: .regression, .content,
        "Targets of the file: NPY of float32 or float64, or text, a row a sample"),
      SettingKey(
        "data.pairs", \.data.text.pairs, .boolean, for: .readsFiles, of: .file, .value,
        "Numbers of a text come in pairs, real and imaginary part; false: complex ones are written a+bi"),
      SettingKey(
        "data.header", \.data.text.header, ValueKind.boolean.orNone("auto"), for: .readsFiles, of: .file, .value,
        "The first line of a text names its columns; auto: where it has letters and no number"),
      SettingKey(
        "data.label-column", \.data.text.labelColumn, .text("the name of a column", placeholder: "name"),
        flags: ["label-column"], for: .readsFiles, of: .file, task: .classification, .value,
        "Column of a text in which the labels are"),
      SettingKey(
        "data.columns", \.data.text.columns, .names, flags: ["columns"], for: .readsFiles, of: .file, .value,
        "Columns of a text that make a sample; none: all but that of the labels"),
      SettingKey(
        "data.pad", \.data.text.pads, .boolean, for: .readsFiles, of: .file, .value,
        "Zeros complete a file's rows where they have fewer numbers than the state amplitudes"),
      SettingKey(
        "data.classes", \.data.classes, .classes, for: .readsFiles, of: .file, task: .classification, .value,
        "Classes to keep; a label becomes its position in the list"),
      SettingKey(
        "data.allow-outside", \.data.allowsOutside, .boolean, for: [.evaluate], of: .file, .value,
        "Rows far outside the range of the model's training rows are taken"),
      SettingKey(
        "data.test-path", \.data.testPath, .path, flags: [SettingFlag("test-input", [.train, .distill])],
        for: .circuit, .content, "Samples of a file to test on after training"),
      SettingKey(
        "data.test-labels", \.data.testLabelsPath, .path, flags: [SettingFlag("test-labels", [.train, .distill])],
        for: .circuit, task: .classification, .content, "Labels of the test file"),
      SettingKey(
        "data.test-targets", \.data.testTargetsPath, .path, flags: [SettingFlag("test-targets", [.train, .distill])],
        for: .circuit, task: .regression, .content, "Targets of the test file"),
      SettingKey(
        "data.features", \.data.features, .rawText, for: .circuit, .value,
        "pca: bits from principal components of the training file"),
      SettingKey(
        "data.threshold", \.data.threshold, .number(-1e6...1e6), for: .circuit, of: .file, .value,
        "Projection above which a feature of pca is 1"),
      SettingKey(
        "data.encoder", \.data.encoder, .convention, flags: ["encoder"], for: .readsFiles, of: .file, .value,
        "How a row becomes a state"),
      SettingKey(
        "data.compressor", \.data.compressorPath, .path,
        flags: [SettingFlag("compressor", [.evaluate, .train, .distill])], for: [.evaluate, .train, .distill], .content,
        "Autoencoder's file of compress: the circuit sees the qubits that it keeps"),
    ]
  }
}

extension ValueKind where Value == FlipParity {
  fileprivate static var parity: Self {
    ValueKind(
      "1 or -1", placeholder: "1|-1", read: { $0.asInteger.flatMap(FlipParity.init(rawValue:)) },
      json: { .integer($0.rawValue) })
  }
}

extension DataSettings {
  /// Both ends in one key of the table.
  fileprivate var h2: Interval {
    get { Interval(lower: h2Minimum, upper: h2Maximum) }
    set { (h2Minimum, h2Maximum) = (newValue.lower, newValue.upper) }
  }
}
