public struct TrainingSettings: Sendable, Equatable {
  public var iterations = 500
  public var batch = 64
  /// The size of the training set. Of a file: its first so many, after classes were selected; 0: all.
  public var states = 500
  public var learningRate = 0.01
  /// The rate of the readout's scales and biases.
  public var readoutLearningRate = 1.0
  public var readoutFit = ReadoutFitting.none
  /// StepLR.
  public var scheduleEvery = 100
  public var scheduleFactor = 0.5
  /// Angles start uniform in ± this many radians.
  public var angleRange = 0.1 * Double.pi
  /// Of classes, the share of the target that is spread over all; of a regression in an experiment, how far targets are
  /// drawn to their mean by the control of that name.
  public var labelSmoothing = 0.0
  /// Trainings, each from angles and orders of its own, of which the best is kept.
  public var restarts = 1
  /// Epochs without a better loss on samples held back after which a training ends; 0: it ends with its iterations.
  public var patience = 0
  /// The share of the training set that is held back where restarts or patience ask for it.
  public var validation = 0.2
  /// What a regression's outputs and targets are compared by.
  public var loss = RegressionLoss.squaredError
  /// Huber's loss is quadratic up to a residual of this, in the targets' unit.
  public var huberThreshold = 1.0
  /// The loss is its mean over the results of so many measurements a sample; 0: of exact values.
  public var shots = 0
  /// How often a checkpoint is written, seconds; 0: after every iteration.
  public var checkpointEvery = 60.0

  public init() {}

  /// Samples of the training set that are held back to select by.
  public var heldBack: Int {
    restarts == 1 && patience == 0 ? 0 : max(1, Int((validation * Double(states)).rounded()))
  }
  /// Samples that a model learns from.
  public var learnt: Int { states - heldBack }
}

/// When the readout is solved on the training set rather than left where training has brought it.
public enum ReadoutFitting: String, Sendable, CaseIterable {
  case none
  /// After the last iteration.
  case end
  /// After each epoch too.
  case eachEpoch = "each-epoch"
}

public enum RegressionLoss: String, Sendable, CaseIterable {
  case squaredError = "squared-error"
  /// Quadratic near 0, linear beyond a threshold: outliers pull less.
  case huber
}

extension SettingKey {
  static var training: [SettingKey] {
    [
      SettingKey(
        "training.iterations", \.training.iterations, .integer(1...10_000_000),
        flags: [SettingFlag("iterations", [.train, .distill])], for: [.train, .distill], .value, "Steps of Adam"),
      SettingKey(
        "training.batch", \.training.batch, .integer(1...1 << 20), flags: [SettingFlag("batch", .training)],
        for: .training, .value, "Samples of a training step"),
      SettingKey(
        "training.states", \.training.states, .integer(0...1 << 30), for: .training, .value,
        "Samples of the training set; 0: all of a file"),
      SettingKey(
        "training.learning-rate", \.training.learningRate, .number(0...1e3), for: .circuit, .value,
        "Rate of the angles"),
      SettingKey(
        "training.readout-learning-rate", \.training.readoutLearningRate, .number(0...1e3), for: .circuit, .value,
        "Rate of the readout's scales and biases"),
      SettingKey(
        "training.readout-fit", \.training.readoutFit, .rawText, for: .circuit, .valueUnlessDefault,
        "When scales and biases are solved on the training set"),
      SettingKey(
        "training.schedule-every", \.training.scheduleEvery, .integer(1...10_000_000), for: .circuit, .value,
        "Steps after which the rates shrink"),
      SettingKey(
        "training.schedule-factor", \.training.scheduleFactor,
        .number("a number above 0, at most 1") { $0 > 0 && $0 <= 1 }, for: .circuit, .value,
        "What the rates shrink by"),
      SettingKey(
        "training.angle-range", \.training.angleRange, .number(0...100), for: .training, .value,
        "Angles start uniform in +- this, radians"),
      SettingKey(
        "training.label-smoothing", \.training.labelSmoothing,
        .number("a number from 0 to below 1") { $0 >= 0 && $0 < 1 }, for: .circuit, .value,
        "Share of the target spread over all classes; of a regression's control, shrinks targets to their mean"),
      SettingKey(
        "training.loss", \.training.loss, .rawText, for: .circuit, task: .regression, .valueUnlessDefault,
        "What outputs and targets of a regression are compared by"),
      SettingKey(
        "training.huber-threshold", \.training.huberThreshold,
        .number("a number above 0, at most 1e12") {
          $0 > 0 && $0 <= 1e12
        }, for: .circuit, task: .regression, .valueUnlessDefault,
        "Residual, in the targets' unit, from which on Huber's loss is linear"),
      SettingKey(
        "training.shots", \.training.shots, .integer(0...1 << 30), flags: [SettingFlag("shots", [.train, .distill])],
        for: .circuit, task: .classification, .valueUnlessDefault,
        "Measurements a sample under which the loss is averaged, two classes; 0: values are exact"),
      SettingKey(
        "training.restarts", \.training.restarts, .integer(1...1000),
        flags: [SettingFlag("restarts", [.train, .distill])], for: [.train, .distill], .valueUnlessDefault,
        "Trainings with seeds of their own, of which the best is kept"),
      SettingKey(
        "training.patience", \.training.patience, .integer(0...10_000_000),
        flags: [SettingFlag("patience", [.train, .distill])], for: [.train, .distill], .valueUnlessDefault,
        "Epochs without a better validation loss that end a training; 0: none do"),
      SettingKey(
        "training.validation", \.training.validation,
        .number("a number above 0 and below 1") { $0 > 0 && $0 < 1 }, for: [.train, .distill], .valueUnlessDefault,
        "Share of the training set held back for restarts and patience"),
      SettingKey(
        "training.checkpoint-every", \.training.checkpointEvery, .number(0...1e6), for: [.train, .distill, .compress],
        .nothing, "Seconds between two checkpoints; 0: after every step"),
    ]
  }
}
