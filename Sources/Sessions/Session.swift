import Batches
import Evaluation
import Experiments
import Models
import Settings
import Training

/// The jobs. Each plans, refuses what does not fit, seals, runs and reports.
public enum Session {
  /// Evaluates a model on a stream of samples.
  /// - Parameter changed: what is evaluated in the model's place.
  public static func evaluate(
    _ settings: Settings, progress: Progress = .none, changed: (Model) -> Model = { $0 }
  ) throws(SessionError) -> EvaluationReport {
    let evaluation = try EvaluationRun(settings, changed: changed)
    let path = settings.evaluation.predictionsPath
    if path.isEmpty { return try evaluation.run(progress: progress) }
    let lock = try lockOutput(path, settings.host)
    defer { withExtendedLifetime(lock) {} }
    return try evaluation.run(progress: progress)
  }

  /// Evaluates a model on each input of a spool that has no results yet.
  /// - Throws: `SessionError` for what ends the run; inputs at fault are set aside, and told of.
  public static func spool(
    _ settings: Settings, progress: Progress = .none, observer: SpoolObserver
  ) throws(SessionError) -> SpoolSummary {
    while true {
      if let summary = try Spool(settings, observer: observer).run(progress: progress) { return summary }
    }
  }

  /// Puts a model in the place of a spool's, if it passes the quality gate on the spool's inputs that have labels.
  /// - Parameters:
  ///   - candidate: the path of a model file.
  ///   - isTrial: the candidate is tested, and nothing is changed.
  /// - Returns: what came of it; where the gate is not met nothing was changed.
  /// - Throws: `SessionError`; nothing was changed.
  public static func rollout(
    _ candidate: String, _ settings: Settings, isTrial: Bool, progress: Progress = .none
  ) throws(SessionError) -> RolloutReport {
    return try Spool.rollout(candidate, settings, isTrial: isTrial, progress: progress)
  }

  /// Exchanges a spool's model and the one before it.
  /// - Throws: `SessionError`; nothing was changed.
  public static func rollback(_ settings: Settings) throws(SessionError) -> RolloutReport {
    return try Spool.rollback(settings)
  }

  /// Trains a model on labels alone and writes it.
  ///
  /// A run that was interrupted is taken up where its checkpoint stands, `OUTPUT.checkpoint`, to the same results.
  /// - Parameter deliver: passes the report on; until that is done, nothing is removed that a run would be taken up
  ///   with. false: it could not be done.
  public static func train(
    _ settings: Settings, progress: Progress = .none, deliver: (TrainingReport) -> Bool = { _ in true }
  ) throws(SessionError) -> TrainingReport {
    return try ClassifierTraining(settings, job: .train).run(progress: progress, deliver: deliver)
  }

  /// Trains a student on labels and a teacher's logits and writes it; otherwise as `train`.
  public static func distill(
    _ settings: Settings, progress: Progress = .none, deliver: (TrainingReport) -> Bool = { _ in true }
  ) throws(SessionError) -> TrainingReport {
    return try ClassifierTraining(settings, job: .distill).run(progress: progress, deliver: deliver)
  }

  /// Trains an autoencoder and writes it; otherwise as `train`.
  public static func compress(
    _ settings: Settings, progress: Progress = .none, deliver: (CompressionReport) -> Bool = { _ in true }
  ) throws(SessionError) -> CompressionReport {
    return try Compression(settings).run(progress: progress, deliver: deliver)
  }

  /// Runs an experiment over its seeds; seeds that were finished before are taken from its journal.
  public static func reproduce(
    _ settings: Settings, progress: Progress = .none
  ) throws(SessionError) -> ExperimentReport {
    return try Experiment(settings).run(progress: progress)
  }

  /// The plan that the job would run with.
  /// - Throws: `SessionError`, `.overBudget` among them.
  public static func plan(_ job: Job, _ settings: Settings) throws(SessionError) -> PlannedRun {
    let planned = try planOrSmallest(job, settings)
    if let refusal = planned.refusal { throw .overBudget(refusal) }
    return planned
  }

  /// The same, but where no plan fits the smallest, with its refusal.
  public static func planOrSmallest(_ job: Job, _ settings: Settings) throws(SessionError) -> PlannedRun {
    switch job {
    case .evaluate:
      let (settings, facts) = try dataFacts(settings)
      return try planned(job, settings, EvaluationRun(settings).fitting(facts))
    case .train, .distill, .compress: return try planned(job, settings, training(job, settings).fitting)
    case .reproduce:
      let (_, layout, plan, refusal) = try Experiment(settings).chooseOrSmallest()
      return PlannedRun(job, settings, layout, plan, refusal)
    }
  }

  /// The largest batch with which the job would fit: `evaluation.batch` of an evaluation, else `training.batch`, up to
  /// all samples and to 1,048,576. nil: not even 1, or an experiment, whose batch belongs to it.
  public static func largestBatch(_ job: Job, _ settings: Settings) throws(SessionError) -> Int? {
    let most = 1 << 20
    switch job {
    case .evaluate:
      let samples = settings.evaluation.samples > 0 ? settings.evaluation.samples : most
      let (settings, facts) = try dataFacts(settings)
      return try EvaluationRun(settings).fitting(facts).largestBatch(upTo: min(most, samples))
    case .train, .distill, .compress:
      let training = try training(job, settings)
      return training.fitting.largestBatch(upTo: min(most, training.settings.training.states))
    case .reproduce: return nil
    }
  }

  /// One of the jobs that train a model and write it.
  static func training(_ job: Job, _ settings: Settings) throws(SessionError) -> any TrainingJob {
    job == .compress ? try Compression(settings) : try ClassifierTraining(settings, job: job)
  }

  /// What an evaluation's data say of themselves: of a spool, the input that takes the most memory.
  private static func dataFacts(_ settings: Settings) throws(SessionError) -> (Settings, DataFacts) {
    if !settings.spool.isUsed {
      // Only targets depend on the model, which has an output for each number.
      let outputs = settings.data.targetsPath.isEmpty ? nil : try EvaluationRun(settings).outputs
      return (settings, try OpenedData(settings, outputs: outputs).facts)
    }
    let settings = Spool.evaluationSettings(settings)
    return (settings, try Spool.largestFacts(settings))
  }

  private static func planned(_ job: Job, _ settings: Settings, _ fitting: Fitting) throws(SessionError) -> PlannedRun {
    let (layout, plan) = try fitting.chooseOrSmallest()
    return PlannedRun(job, settings, layout, plan, fitting.refusal(of: plan))
  }
}
