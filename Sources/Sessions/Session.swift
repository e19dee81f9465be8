import Budget
import CSupport
import Files
import Glibc
import Kernel
import Models
import Settings

/// What would run, without running it.
public struct PlannedRun: Sendable {
  public let job: Job
  public let plan: MemoryPlan
  public let lanes: Int
  public let precision: String
  public let threads: Int
  /// How the backward sweep gets ψ of each layer: `stored`, `uncomputed`; for evaluation `none`.
  public let history: String
  public let memoryBudgetBytes: Int
  public let arenaBudgetBytes: Int?
  /// Read-only segments of the program.
  public let romBytes = ProcessMemory.image.romBytes
  /// What is wrong where the plan, the smallest one, does not fit; nil where it does.
  public let refusal: BudgetRefusal?

  public init(
    job: Job, plan: MemoryPlan, lanes: Int, precision: String, threads: Int, history: String, memoryBudgetBytes: Int,
    arenaBudgetBytes: Int?, refusal: BudgetRefusal? = nil
  ) {
    self.job = job
    self.plan = plan
    self.lanes = lanes
    self.precision = precision
    self.threads = threads
    self.history = history
    self.memoryBudgetBytes = memoryBudgetBytes
    self.arenaBudgetBytes = arenaBudgetBytes
    self.refusal = refusal
  }
}

/// The jobs. Each plans, refuses what does not fit, seals, runs and reports.
public enum Session {
  /// The program's version, which stands in every result.
  public static let version = "0.1.0"

  /// Evaluates a model on a stream of samples.
  public static func evaluate(
    _ settings: Settings, progress: Progress = .none
  ) throws(SessionError) -> EvaluationReport {
    let evaluation = try Evaluation(settings)
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
    return try Spool(settings, observer: observer).run(progress: progress)
  }

  /// Trains a model on labels alone and writes it.
  ///
  /// A run that was interrupted is taken up where its checkpoint stands, `OUTPUT.checkpoint`, to the same results.
  /// - Parameter deliver: passes the report on; until that is done, nothing is removed that a run would be taken up
  ///   with. false: it could not be done.
  public static func train(
    _ settings: Settings, progress: Progress = .none, deliver: (TrainingReport) -> Bool = { _ in true }
  ) throws(SessionError) -> TrainingReport {
    return try Training(settings, job: .train).run(progress: progress, deliver: deliver)
  }

  /// Trains a student on labels and a teacher's logits and writes it; otherwise as `train`.
  public static func distill(
    _ settings: Settings, progress: Progress = .none, deliver: (TrainingReport) -> Bool = { _ in true }
  ) throws(SessionError) -> TrainingReport {
    return try Training(settings, job: .distill).run(progress: progress, deliver: deliver)
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
      return try planned(job, settings, Evaluation(settings).fitting(facts))
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
      return try Evaluation(settings).fitting(facts).largestBatch(upTo: min(most, samples))
    case .train, .distill, .compress:
      let training = try training(job, settings)
      return training.fitting.largestBatch(upTo: min(most, training.settings.training.states))
    case .reproduce: return nil
    }
  }

  /// One of the jobs that train a model and write it.
  static func training(_ job: Job, _ settings: Settings) throws(SessionError) -> any TrainingJob {
    job == .compress ? try Compression(settings) : try Training(settings, job: job)
  }

  /// What an evaluation's data say of themselves: of a spool, the input that takes the most memory.
  private static func dataFacts(_ settings: Settings) throws(SessionError) -> (Settings, DataFacts) {
    if !settings.spool.isUsed { return (settings, try OpenedData(settings).facts) }
    let settings = Spool.evaluationSettings(settings)
    return (settings, try Spool.largestFacts(settings))
  }

  private static func planned(_ job: Job, _ settings: Settings, _ fitting: Fitting) throws(SessionError) -> PlannedRun {
    let (layout, plan) = try fitting.chooseOrSmallest()
    return PlannedRun(job, settings, layout, plan, fitting.refusal(of: plan))
  }
}

extension PlannedRun {
  fileprivate init(
    _ job: Job, _ settings: Settings, _ layout: Layout, _ plan: MemoryPlan, _ refusal: BudgetRefusal?
  ) {
    self.init(
      job: job, plan: plan, lanes: layout.format.lanes, precision: settings.host.precision.name,
      threads: settings.host.threads, history: layout.text, memoryBudgetBytes: settings.host.memoryBytes,
      arenaBudgetBytes: settings.host.arenaBytes, refusal: refusal)
  }
}

extension RunFacts {
  /// Of a run that is about to hand over its results.
  /// - Throws: `SessionError.ramOverPlan`: nothing may be handed over then.
  init(
    _ settings: Settings, _ plan: MemoryPlan, _ layout: Layout, _ record: SealRecord
  ) throws(SessionError) {
    self.init(
      plan: plan, lanes: layout.format.lanes, precision: settings.host.precision.name,
      threads: settings.host.threads, history: layout.text,
      memory: try MemoryFacts(planned: plan.ramBytes, held: record.ramPeakBytes, settings.host), afterSeal: record,
      seed: settings.seed, version: Session.version)
  }
}

extension AtomicFile {
  /// Reserves disk space for a model of so many numbers.
  mutating func reserveRoom(numbers: Int) throws(SessionError) {
    do { try reserve(bytes: 8 * numbers + (16 << 10)) } catch { throw .file(error) }
  }
}

/// Makes sure that no other run works on an output, and removes what killed runs left in its folder.
func lockOutput(_ path: String, _ host: HostSettings) throws(SessionError) -> FileLock {
  let lock: FileLock
  do { lock = try FileLock(beside: path, waiting: host.lockWait) } catch {
    try checkStop()
    if case .locked(let path) = error { throw .locked(path: path) }
    throw .file(error)
  }
  Leftovers.remove(beside: path)
  return lock
}

/// - Throws: `SessionError.stopped` where a signal asked for it; nothing is kept yet.
func checkStop() throws(SessionError) {
  let signal = qkd_stop_requested()
  if signal != 0 { throw .stopped(signal: signal, kept: nil) }
}

/// - Parameters:
///   - setting: the setting that names the file, for the message when it does not.
///   - host: what its budget does not hold is not read; of 1 MiB the plan tells what it needs.
func readModel(_ path: String, setting: String, _ host: HostSettings) throws(SessionError) -> (Model, String) {
  if path.isEmpty { throw .setting(name: setting, given: "nothing", allowed: "the path of a model file") }
  do {
    let (model, digest) = try Model.read(path: path, atMost: max(host.memoryBytes, 1 << 20))
    return (model, digest)
  } catch { throw .model(path: path, error) }
}

/// Fixes the layout and maps it.
func mapArena(_ planner: consuming Planner) throws(SessionError) -> Arena {
  do { return try Arena(planner.layout()) } catch { throw .memoryRefused(error) }
}

/// Ends the preparation, as the host's settings say.
/// - Throws: `SessionError.ramOverPlan` where preparing took more than was planned: the run does not begin.
func seal(_ arena: consuming Arena, _ host: HostSettings) throws(SessionError) -> SealedArena {
  var options = SealOptions()
  options.limits = host.ownsProcess
  options.audits = host.audit
  if host.lock { do { try lockMemory() } catch { throw .memoryRefused(error) } }
  let sealed = arena.seal(options)
  if host.ownsProcess, let held = sealed.ramAtSealBytes, held > sealed.plan.ramBytes {
    throw .ramOverPlan(held: held, planned: sealed.plan.ramBytes)
  }
  return sealed
}
