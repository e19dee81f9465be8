import Kernel
import Models

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

extension SettingKey {
  static var compression: [SettingKey] {
    [
      SettingKey(
        "compression.path", \.compression.path, .path, flags: [SettingFlag("output", [.compress])], for: [.compress],
        .nothing, "The autoencoder's file that compress writes"),
      SettingKey(
        "compression.latent", \.compression.latent, .integer(1...25), for: .compressing, .value,
        "Qubits that the autoencoder keeps"),
      SettingKey(
        "compression.layers", \.compression.layers, .integer(Model.layerRange), for: .compressing, .value,
        "Layers of the autoencoder"),
      SettingKey(
        "compression.pairs", \.compression.pairs, .convention, for: .compressing, .value,
        "Pairs of qubits that a layer couples"),
      SettingKey(
        "compression.iterations", \.compression.iterations, .integer(1...10_000_000),
        flags: [SettingFlag("iterations", [.compress])], for: .compressing, .value,
        "Steps of Adam for the autoencoder"),
      SettingKey(
        "compression.learning-rate", \.compression.learningRate, .number(0...1e3), for: .compressing, .value,
        "Rate of the autoencoder's angles"),
      SettingKey(
        "compression.schedule-every", \.compression.scheduleEvery, .integer(1...10_000_000), for: .compressing, .value,
        "Steps after which the autoencoder's rate shrinks"),
      SettingKey(
        "compression.schedule-factor", \.compression.scheduleFactor,
        .number("a number above 0, at most 1") { $0 > 0 && $0 <= 1 }, for: .compressing, .value,
        "What that rate shrinks by; 1: it is constant"),
    ]
  }
}
