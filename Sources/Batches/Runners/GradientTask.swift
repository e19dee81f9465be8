import Kernel

/// Sums that each group of a batch adds to by itself. They are added up in the order of the groups, so that they do not
/// depend on the number of threads.
package struct GroupSums {
  /// `[block][size]`
  package let start: UnsafeMutablePointer<Double>
  package let size: Int
  /// As many as there are groups; or 1, to which the groups of a single thread add one after the other.
  package let blocks: Int

  package init(start: UnsafeMutablePointer<Double>, size: Int, blocks: Int) {
    self.start = start
    self.size = size
    self.blocks = blocks
  }

  package func block(_ group: Int) -> UnsafeMutablePointer<Double> { start + min(group, blocks - 1) * size }

  /// Zeroes the sums of so many groups.
  package func clear(groups: Int) { start.update(repeating: 0, count: min(groups, blocks) * size) }

  /// Adds the sums of all groups onto the first block.
  package func reduce(groups: Int) {
    var block = 1
    while block < min(groups, blocks) {
      var i = 0
      while i < size {
        start[i] += start[block * size + i]
        i += 1
      }
      block += 1
    }
  }
}

/// What the gradient of a batch is taken of, and where it goes.
package struct GradientTask {
  package var loss: Loss
  /// `[sample]`, `GroupTargets.noSample` beyond the batch's end.
  package let labels: UnsafePointer<Int32>
  /// `[sample][logit]`: the numbers that outputs are to be, or nil.
  package let values: UnsafePointer<Double>?
  /// `[sample][logit]`, or nil.
  package var teacherLogits: UnsafePointer<Double>?
  /// `[sample][logit]`: as in `GroupTargets`.
  package var pulls: UnsafePointer<Double>?
  /// 1/batch.
  package var weight: Double
  package let sums: GroupSums
  package let momentCount: Int
  package let logits: Int

  /// Moments, ∂/∂scales, ∂/∂biases, loss, correct.
  package static func sumsPerGroup(moments: Int, logits: Int) -> Int { moments + 2 * logits + 2 }

  /// - Parameters:
  ///   - sums: `[block][sumsPerGroup]`.
  ///   - blocks: as in `GroupSums`.
  package init(
    _ network: Network, _ loss: Loss, labels: UnsafePointer<Int32>, values: UnsafePointer<Double>? = nil,
    teacherLogits: UnsafePointer<Double>?, weight: Double, sums: UnsafeMutablePointer<Double>, blocks: Int
  ) {
    self.loss = loss
    self.labels = labels
    self.values = values
    self.teacherLogits = teacherLogits
    self.weight = weight
    momentCount = network.tables.ansatz.parameterCount
    logits = network.readout.logits
    self.sums = GroupSums(start: sums, size: Self.sumsPerGroup(moments: momentCount, logits: logits), blocks: blocks)
  }

  package func targets(group: Int, lanes: Int) -> GroupTargets {
    GroupTargets(
      labels: labels + group * lanes, values: values.map { $0 + group * lanes * logits },
      teacherLogits: teacherLogits.map { $0 + group * lanes * logits },
      pulls: pulls.map { $0 + group * lanes * logits }, weight: weight)
  }

  package func groupSums(_ group: Int) -> GradientSums {
    let block = sums.block(group)
    return GradientSums(
      moments: block, scales: block + momentCount, biases: block + momentCount + logits,
      totals: block + momentCount + 2 * logits)
  }
}
