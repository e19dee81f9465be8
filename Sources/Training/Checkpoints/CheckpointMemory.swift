import Batches
import Budget
import Models

/// What a checkpoint needs besides what it stores, and what it stores, as names and sizes.
package struct CheckpointMemory {
  /// What the run stores, in its order, after the numbers below.
  package let tensors: [TensorFront.Entry]
  /// The file's front, as it was written last.
  package let front: Reservation<UInt8>
  /// `CheckpointNumber`s, then room for a digest.
  package let numbers: Reservation<Int64>

  /// - Parameter metadataBytes: of the front's metadata, about (`TensorFront.textBytes`).
  package init(_ tensors: [TensorFront.Entry], metadataBytes: Int, in planner: inout Planner) {
    self.tensors = tensors
    let bytes = roundUp(metadataBytes + 2048, to: 512)
    front = planner.reserve(
      "checkpoint front", [Extent("bytes", bytes)], of: UInt8.self, lifetime: .run, owner: "Models")
    numbers = planner.reserve(
      "checkpoint numbers", [Extent("numbers", CheckpointNumber.count + SHA256.digestBytes / 8)], of: Int64.self,
      lifetime: .run, owner: "Training")
  }

  /// The size of the file.
  package var fileBytes: Int { front.count + tensors.reduce(8 * CheckpointNumber.count) { $0 + 8 * $1.count } }

  /// Averages of squares.
  package static let secondMoments = "second_moments"
  /// Of which as many are filled as iterations are done.
  package static let losses = "losses"

  /// What all trainings store.
  /// - Parameter restarts: of which the best is kept; nil: there is one training.
  /// - Parameter parameters: the names of what Adam moves, and how many there are.
  package static func tensors(
    _ parameters: [(name: String, count: Int)], iterations: Int, samples: Int, restarts: Int? = nil
  ) -> [TensorFront.Entry] {
    let all = parameters.reduce(0) { $0 + $1.count }
    return parameters.map { TensorFront.Entry(name: $0.name, count: $0.count) } + [
      TensorFront.Entry(name: "first_moments", count: all), TensorFront.Entry(name: secondMoments, count: all),
      TensorFront.Entry(name: losses, count: iterations),
    ]
      + (restarts.map { [("best_parameters", all), ("restarts", Selection.fields * $0)] } ?? [])
      .map { TensorFront.Entry(name: $0.0, count: $0.1) } + [
        TensorFront.Entry(name: "shuffling_state", isInteger: true, count: RandomStream.stateBytes / 8),
        // Two 32-bit numbers of samples in each, the first in the lower half.
        TensorFront.Entry(name: "order", isInteger: true, count: (samples + 1) / 2),
      ]
  }
}

/// The places of the tensor `position`, I64.
package enum CheckpointNumber: Int {
  /// Iterations done.
  case done
  /// Where in the order the next batch begins.
  case position

  package static let count = 2
}
