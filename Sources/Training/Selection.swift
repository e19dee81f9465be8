import Budget
import CSupport

/// Which of several trainings is kept: the best of some restarts, each of which may end early, by the mean loss on
/// samples that training does not see. They are drawn from the training set, never from what the model is tested on.
///
/// What it does, it does again without harm: a run that is taken up at an epoch's end looks at the same parameters, and
/// finds that they are no better. Allocates nothing.
package struct Selection {
  package let sizes: SelectionSizes
  /// `[restart][smallest loss, its iteration, iterations done]`; the last is 0 until the restart is over.
  let records: UnsafeMutablePointer<Double>
  /// `[parameter]`: those of the smallest loss.
  let best: UnsafeMutablePointer<Double>

  static let fields = 3
  /// A loss that every other is below, and that a checkpoint can hold.
  private static let none = Double.greatestFiniteMagnitude

  /// What a checkpoint keeps, in the order of its tensors.
  var state: [UnsafeMutablePointer<Double>] { [best, records] }

  /// Nothing was seen yet.
  func start(parameters count: Int) {
    best.update(repeating: 0, count: count)
    var restart = 0
    while restart < sizes.restarts {
      let record = records + Self.fields * restart
      (record[0], record[1], record[2]) = (Self.none, 0, 0)
      restart += 1
    }
  }

  /// Keeps the model as it is, if no loss was smaller.
  /// - Parameters:
  ///   - samples: those held back, by their places in the set.
  ///   - iteration: of this restart.
  /// - Returns: false where the run is to stop; nothing has changed then.
  func look(
    _ model: any TrainedModel, _ parameters: [ParameterGroup], samples: UnsafePointer<Int32>, restart: Int,
    iteration: Int
  ) -> Bool {
    var isLooked = false
    model.validate(samples, count: sizes.heldBack) { loss in
      if qkd_stop_requested() != 0 { return }
      isLooked = true
      // What is no number is the worst, but better than nothing.
      let loss = loss.isFinite ? loss : Self.none.nextDown
      let record = records + Self.fields * restart
      if loss < smallest { keep(parameters) }
      if loss < record[0] { (record[0], record[1]) = (loss, Double(iteration)) }
    }
    return isLooked
  }

  func isOver(_ restart: Int) -> Bool { records[Self.fields * restart + 2] > 0 }

  /// A restart has come to its end.
  func end(_ restart: Int, iteration: Int) { records[Self.fields * restart + 2] = Double(iteration) }

  /// Whether a restart has got no better for so long that it ends.
  func isExhausted(_ restart: Int, iteration: Int, epoch: Int) -> Bool {
    sizes.patience > 0 && Double(iteration) - records[Self.fields * restart + 1] >= Double(sizes.patience * epoch)
  }

  private var smallest: Double {
    var (smallest, restart) = (Self.none, 0)
    while restart < sizes.restarts {
      smallest = min(smallest, records[Self.fields * restart])
      restart += 1
    }
    return smallest
  }

  private func keep(_ parameters: [ParameterGroup]) {
    var offset = 0
    for group in parameters {
      (best + offset).update(from: group.values, count: group.count)
      offset += group.count
    }
  }

  /// The best takes the model's place.
  func restore(_ parameters: [ParameterGroup]) {
    var offset = 0
    for group in parameters {
      group.values.update(from: best + offset, count: group.count)
      offset += group.count
    }
  }

  /// What each restart came to.
  package var results: [TrainingReport.Selected.Restart] {
    (0..<sizes.restarts).map { restart in
      let record = records + Self.fields * restart
      // A checkpoint's numbers are hostile until checked.
      func count(_ value: Double) -> Int { Int(min(max(value, 0), Double(sizes.iterations))) }
      return TrainingReport.Selected.Restart(
        seed: sizes.seed &+ UInt64(restart), validationLoss: record[0], bestIteration: count(record[1]),
        iterations: count(record[2]))
    }
  }
}

/// The memory of a `Selection`, and of the validation that it rests on.
package struct SelectionMemory {
  let records, best: Reservation<Double>
  /// Of the samples held back: `[sample][output]`.
  let outputs: Reservation<Double>
  /// Of a loss: `[output]`.
  let slopes: Reservation<Double>
  private let sizes: SelectionSizes

  init(_ sizes: SelectionSizes, parameters: Int, outputs count: Int, in planner: inout Planner) {
    self.sizes = sizes
    func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(name, shape, of: Double.self, lifetime: .run, owner: "Training")
    }
    records = doubles(
      "restarts", [Extent("restarts", sizes.restarts), Extent("numbers", Selection.fields)], &planner)
    best = doubles("best parameters", [Extent("parameters", parameters)], &planner)
    slopes = doubles("validation slopes", [Extent("logits", count)], &planner)
    outputs = doubles(
      "outputs of samples held back", [Extent("samples", sizes.heldBack), Extent("logits", count)], &planner)
  }

  package func bind(_ arena: borrowing Arena) -> Selection {
    Selection(sizes: sizes, records: arena.pointer(records), best: arena.pointer(best))
  }
}

/// How many trainings there are to select from, of which size.
package struct SelectionSizes {
  package let restarts: Int
  /// Of each restart, at most.
  package let iterations: Int
  /// Epochs without a better loss after which a restart ends; 0: never.
  package let patience: Int
  /// Samples that training does not see.
  package let heldBack: Int
  /// Restart r draws its angles and orders with this seed + r.
  package let seed: UInt64
}
