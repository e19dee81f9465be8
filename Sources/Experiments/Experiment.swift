import Batches
import Budget
import CSupport
import Kernel
import Models
import Settings
import Training

/// An experiment: plan, seal, then one round of trials after the other, each slot a seed.
package struct Experiment {
  let plan: ExperimentPlan

  package init(_ settings: Settings) throws(SessionError) { plan = try ExperimentPlan(settings) }

  private var settings: Settings { plan.settings }

  private func fitting(slots: Int) -> Fitting {
    let plan = plan
    return Fitting(
      host: settings.host, batch: plan.batch, qubits: settings.model.qubits, shape: plan.shape,
      histories: [.stored, .uncomputed],
      fewestQubits: settings.model.qubits, isFixed: true
    ) { layout, _, _ throws(SessionError) in
      try layOut { planner throws(SessionError) in
        _ = try ExperimentMemory(plan, layout: layout, slots: slots, in: &planner)
      }
    }
  }

  /// The layout that one slot would run in, so that results do not depend on the number of threads; and as many slots
  /// as there are threads, or as fit.
  package func chooseOrSmallest() throws(SessionError) -> (slots: Int, layout: Layout, plan: MemoryPlan, BudgetRefusal?)
  {
    let single = fitting(slots: 1)
    let (layout, plan) = try single.chooseOrSmallest()
    if let refusal = single.refusal(of: plan) { return (1, layout, plan, refusal) }
    var slots = min(settings.host.threads, settings.trialSeeds.count)
    while slots > 1 {
      let fitting = fitting(slots: slots)
      let plan = try fitting.plan(layout, self.plan.batch, settings.model.qubits)
      if fitting.refusal(of: plan) == nil { return (slots, layout, plan, nil) }
      slots -= 1
    }
    return (1, layout, plan, nil)
  }

  package func run(progress: Progress) throws(SessionError) -> ExperimentReport {
    let (slots, layout, _, refusal) = try chooseOrSmallest()
    if let refusal { throw .overBudget(refusal) }
    let digest = try ExperimentDigest(
      plan, precision: settings.host.precision.name, lanes: layout.format.lanes, history: layout.history.rawValue)
    let design = plan.design
    let seeds = settings.trialSeeds
    let journal = try ExperimentJournal(
      path: settings.experiment.reportFile + ".journal", digest: digest.hex, rows: design.rowCount,
      seeds: seeds.count, allowed: plan.isRegression ? 0...Double.greatestFiniteMagnitude : 0...1,
      waiting: settings.host.lockWait)
    try checkStop()
    let missing = seeds.filter { journal.finished[$0] == nil }

    var planner = Planner()
    let memory = try ExperimentMemory(plan, layout: layout, slots: slots, in: &planner)
    let arena = try mapArena(planner)
    let binding = try ExperimentBinding(plan, memory, arena, progress: progress)
    let rounds = (missing.count + slots - 1) / slots
    let watch = StepProgress(
      progress, "experiment", of: max(1, rounds * design.steps), updates: 1000, showsLoss: false)
    let trials = try binding.trials(memory, arena, watch: watch)
    let pool = try TrialPool(trials)
    let data = try RandomStream(.trainingData, seed: 0)

    let sealed = try seal(arena, settings.host)
    // The trials' pointers do not keep the mapping.
    defer { withExtendedLifetime(sealed) {} }
    let start = qkd_monotonic_nanoseconds()
    var failed: ChainFeed.FailedState?
    var (first, appended) = (0, 0)
    while first < missing.count && failed == nil && journal.failure == 0 && qkd_stop_requested() == 0 {
      let count = min(slots, missing.count - first)
      var slot = 0
      while slot < count && failed == nil {
        failed = binding.draw(trials[slot], seed: missing[first + slot], data)
        slot += 1
      }
      if failed != nil { break }
      pool.run(seeds: missing[first..<first + count])
      slot = 0
      while slot < count {
        // Seeds in flight when the run is told to stop are run again.
        if trials[slot].isComplete {
          journal.append(seed: missing[first + slot], trials[slot].values)
          appended += 1
        }
        slot += 1
      }
      first += count
    }
    let seconds = Double(qkd_monotonic_nanoseconds() - start) * 1e-9
    let record = sealed.end()
    progress.clear()
    if let failed, let chain = binding.chain { throw chain.feed.error(failed) }
    if journal.failure != 0 { throw .file(.system(.write, path: journal.path, errno: journal.failure)) }
    if appended < missing.count {
      let finished = seeds.count - missing.count + appended
      throw .stopped(
        signal: qkd_stop_requested(), kept: finished == 0 ? nil : "\(finished) of \(seeds.count) seeds")
    }
    // What was just run stands in the file; read it, so that a resumed run and this one report the same numbers.
    let results = try journal.results(seeds)
    let facts = try RunFacts(settings, sealed.plan, layout, record)
    return ExperimentReport(
      plan, results: results, digest: digest, facts: facts, slots: slots, seconds: seconds,
      trialsRun: missing.count, controls: binding.controls, limits: binding.limits)
  }
}

extension Settings {
  /// The seeds of an experiment's trials: all, or those of this host's part.
  fileprivate var trialSeeds: [UInt64] {
    (0..<experiment.seeds).filter { host.shard?.contains($0) ?? true }.map { seed &+ UInt64($0) }
  }
}
