import Kernel

/// A trained network, teacher or student, with every convention that decides its answers.
public struct Model: Sendable, Equatable {
  public let ansatz: Ansatz
  public let observables: [Observable]
  /// `[rotation layer][qubit][x, y, z]`, radians.
  public var angles: [Double]
  /// `[logit]`: logit_j = scale_j ⟨O_j⟩ + bias_j.
  public var scales: [Double]
  public var biases: [Double]
  public let encoder: Encoder
  public let task: ModelTask
  /// What is made of a raw row before it is encoded; nil: nothing.
  public let features: PrincipalFeatures?
  /// The least and the largest number of the rows that it was trained on, where answers depend on their scale; nil: not
  /// known.
  public let rowRange: ClosedRange<Double>?
  /// How the model came about: the seed, the command, the data, the teacher's digest. Free text by key.
  public var provenance: [String: String]

  public var logits: Int { observables.count }

  public static let layerRange = 1...4096
  /// The largest magnitude of an observable's weight, a scale and a bias: with it logits are finite, in single
  /// precision too.
  public static let largestWeight = 1e12

  public init(
    ansatz: Ansatz, observables: [Observable], angles: [Double], scales: [Double], biases: [Double],
    encoder: Encoder, features: PrincipalFeatures? = nil, rowRange: ClosedRange<Double>? = nil,
    provenance: [String: String] = [:], task: ModelTask = .classification
  ) {
    precondition(angles.count == ansatz.parameterCount)
    precondition(features == nil || features!.count == ansatz.qubits && encoder.takesBits)
    precondition(scales.count == observables.count && biases.count == observables.count)
    self.ansatz = ansatz
    self.observables = observables
    self.angles = angles
    self.scales = scales
    self.biases = biases
    self.encoder = encoder
    self.features = features
    self.rowRange = rowRange
    self.provenance = provenance
    self.task = task
  }
}

extension Model {
  /// Where the provenance says how often each class was the answer on the unseen samples that the model was tested on
  /// after its training: decimal numbers, a blank between them. Of a regression, how often each bin of `OutputBins` was
  /// hit, output after output.
  public static let testPredictionsKey = "test_predicted"

  /// Those counts, `[class]` or `[output][bin]`; nil where the model has none, or another number of them.
  public var testPredictions: [Int]? {
    guard let texts = provenance[Self.testPredictionsKey]?.split(separator: " ", omittingEmptySubsequences: false)
    else { return nil }
    let counts = texts.compactMap { Int($0) }.filter { (0...1 << 40).contains($0) }
    let expected = task == .classification ? logits : logits * OutputBins.count
    return counts.count == texts.count && counts.count == expected && counts.contains { $0 > 0 } ? counts : nil
  }
}

/// Why a tensor file is no model.
public enum ModelError: Error, Sendable, Equatable {
  case file(TensorFileError)
  /// An entry of the metadata, or a tensor, is missing or has a value that is not allowed.
  case entry(String, given: String?, allowed: String)
}
