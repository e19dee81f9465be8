import Budget
import Kernel

/// The memory of an `EpochLoop`.
package struct LoopMemory {
  private let gradient, first, second: Reservation<Double>
  private let order: Reservation<Int32>

  /// - Parameters:
  ///   - prefix: stands before the buffers' names in the plan.
  ///   - count: of the parameters.
  ///   - samples: of the training set.
  package init(_ prefix: String = "", parameters count: Int, samples: Int, in planner: inout Planner) {
    func doubles(_ name: String, _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(prefix + name, [Extent("parameters", count)], of: Double.self, lifetime: .run, owner: "Training")
    }
    gradient = doubles("gradient", &planner)
    first = doubles("Adam first moments", &planner)
    second = doubles("Adam second moments", &planner)
    order = planner.reserve(
      prefix + "shuffled order", [Extent("samples", samples)], of: Int32.self, lifetime: .run, owner: "Training")
  }

  package func bind(_ arena: borrowing Arena) -> BoundLoop {
    BoundLoop(
      gradient: arena.pointer(gradient), first: arena.pointer(first), second: arena.pointer(second),
      order: arena.pointer(order))
  }
}

/// What training writes besides a model's parameters.
package struct BoundLoop {
  /// `[parameter]`, of all groups: the gradient, and Adam's two moments.
  package let gradient, first, second: UnsafeMutablePointer<Double>
  /// `[sample]`
  package let order: UnsafeMutablePointer<Int32>
}
