/// Everything that a run can be told, after flags, environment, profile and defaults have been put together. One value
/// serves all jobs; each reads the parts that concern it.
public struct Settings: Sendable, Equatable {
  public var host = HostSettings()
  public var model = ModelSettings()
  public var device = DeviceSettings()
  public var data = DataSettings()
  public var training = TrainingSettings()
  public var distillation = DistillationSettings()
  public var compression = CompressionSettings()
  public var evaluation = EvaluationSettings()
  public var spool = SpoolSettings()
  public var report = ReportSettings()
  public var experiment = ExperimentSettings()
  /// Gives every stream of random numbers (data, initial angles, shuffling) its own generator.
  public var seed: UInt64 = 1

  public init() {}
}

/// The jobs that plan memory.
public enum Job: String, Sendable, CaseIterable {
  case evaluate, train, distill, compress, reproduce
}

extension Settings {
  /// The file that a job writes, and the key that names it; the path is empty where it writes none.
  public func output(of job: Job) -> (key: String, path: String) {
    switch job {
    case .evaluate: ("evaluation.predictions", evaluation.predictionsPath)
    case .train, .distill: ("model.path", model.path)
    case .compress: ("compression.path", compression.path)
    case .reproduce: ("experiment.report", experiment.reportFile)
    }
  }
}
