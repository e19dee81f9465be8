import Batches

/// Shows how far a run is, by its iterations. Counting allocates nothing.
package final class StepProgress {
  private let progress: Progress
  private let name: StaticString
  private let total, tick: Int
  private let showsLoss: Bool
  private var done: Int

  /// - Parameters:
  ///   - total: iterations of the whole run.
  ///   - done: those of them that need not be done again.
  ///   - updates: how often it is shown, about.
  package init(_ progress: Progress, _ name: StaticString, of total: Int, done: Int = 0, updates: Int, showsLoss: Bool)
  {
    self.progress = progress
    self.name = name
    self.total = total
    self.done = done
    self.showsLoss = showsLoss
    tick = max(1, total / updates)
  }

  /// So many steps are not made.
  package func skip(_ steps: Int) { done += steps }

  package func step(loss: Double) {
    done += 1
    if done % tick == 0 {
      progress.update(name, done: done, of: total, value: showsLoss ? loss : .nan)
    } else {
      Progress.live()
    }
  }
}
