import Batches
import Kernel
import Models
import Settings

/// How a batch's samples lie to one another by their hints, and what follows for a student. Allocates nothing.
package struct RelationalHints {
  private let loss: RelationLoss
  /// Of an output row: where hints begin, how many there are.
  private let first, count: Int
  /// Of a batch: `[sample][output]`, for whole groups.
  package let pulls: UnsafeMutablePointer<Double>

  package init(weight: Double, first: Int, count: Int, pulls: UnsafeMutablePointer<Double>) {
    loss = RelationLoss(weight: weight)
    self.first = first
    self.count = count
    self.pulls = pulls
  }

  /// Fills `pulls`.
  /// - Parameters:
  ///   - student, teacher: outputs of the batch, `[sample][output]`.
  ///   - padded: places of a batch, those without a sample among them.
  /// - Returns: the weighted loss.
  func pull(
    student: UnsafePointer<Double>, teacher: UnsafePointer<Double>, samples: Int, padded: Int
  ) -> Double {
    let stride = first + count
    pulls.update(repeating: 0, count: padded * stride)
    return loss.addGradient(
      student: student + first, teacher: teacher + first, samples: samples, stride: stride, length: count,
      derivative: pulls + first)
  }
}
