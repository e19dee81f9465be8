import Kernel

/// How the batches of a model in training are computed. Allocates nothing.
enum BatchEngine {
  case span(SpanEngine)
  case stored(StoredEngine)

  /// Loss, hits and gradient of a batch.
  /// - Parameters:
  ///   - samples: numbers of the training set's samples.
  ///   - targets: gathered for these samples.
  func gradient(
    _ samples: UnsafePointer<Int32>, count: Int, loss: Loss, targets: BatchTargets, distils: Bool
  ) -> GradientSums {
    switch self {
    case .span(let engine): engine.gradient(samples, count: count, loss: loss, targets: targets, distils: distils)
    case .stored(let engine): engine.gradient(samples, count: count, loss: loss, targets: targets, distils: distils)
    }
  }

  /// Logits of the whole training set, `[sample][logit]`.
  func trainingLogits(into logits: UnsafeMutablePointer<Double>) {
    switch self {
    case .span(let engine): engine.logits(of: engine.training, into: logits)
    case .stored(let engine): engine.logits(engine.training, into: logits)
    }
  }

  /// Logits of the whole test set, `[sample][logit]`.
  func testLogits(into logits: UnsafeMutablePointer<Double>) {
    switch self {
    case .span(let engine): engine.logits(of: engine.test, into: logits)
    case .stored(let engine): engine.logits(engine.test, into: logits)
    }
  }

  /// Places that a batch takes, those without a sample among them.
  func padded(_ count: Int) -> Int {
    switch self {
    case .span: count
    case .stored(let engine): engine.padded(count)
    }
  }
}

/// Samples as coefficients in a basis: `[sample][coefficient]`.
struct CoefficientSet {
  let coefficients: UnsafeMutablePointer<Double>
  let labels: UnsafeMutablePointer<Int32>
  let count: Int
}

/// Batches of ground states: the basis is evolved, and each sample is a quadratic form in its coefficients.
struct SpanEngine {
  let network: Network
  let span: Span
  let workspace: SpanWorkspace
  let training, test: CoefficientSet
  /// R
  let dimension: Int
  /// `[sample of the batch][coefficient]`
  let batch: UnsafeMutablePointer<Double>
  let sums: UnsafeMutablePointer<Double>

  func gradient(
    _ samples: UnsafePointer<Int32>, count: Int, loss: Loss, targets: BatchTargets, distils: Bool
  ) -> GradientSums {
    var i = 0
    while i < count {
      (batch + i * dimension).update(
        from: training.coefficients + Int(samples[i]) * dimension, count: dimension)
      i += 1
    }
    let moments = network.tables.ansatz.parameterCount
    let logits = network.readout.logits
    sums.update(repeating: 0, count: GradientTask.sumsPerGroup(moments: moments, logits: logits))
    let sums = GradientSums(block: sums, moments: moments, logits: logits)
    network.addGradient(
      span, workspace, coefficients: batch, stride: dimension, samples: count, loss: loss,
      targets: GroupTargets(
        labels: targets.labels, teacherLogits: distils ? targets.teacher.map { UnsafePointer($0) } : nil,
        weight: 1 / Double(count)), sums: sums)
    return sums
  }

  func logits(of set: CoefficientSet, into logits: UnsafeMutablePointer<Double>) {
    network.prepareForms(span, workspace)
    network.logits(
      span, workspace, coefficients: set.coefficients, stride: dimension, samples: set.count, logits: logits)
  }
}

/// Batches of stored samples, each encoded into a lane of its own.
struct StoredEngine {
  /// Runs of one set: the training set's or the test set's.
  struct Part {
    let runner: GroupRunner
    let set: StoredSet
    let count: Int
  }

  let training, test: Part
  let batch: Int
  let momentCount, logitCount: Int
  /// `[sample of the batch][logit]`, for whole groups: what both runners write.
  let logits: UnsafeMutablePointer<Double>
  let sums: UnsafeMutablePointer<Double>

  func padded(_ count: Int) -> Int { training.runner.groupCount(count) * training.runner.lanes }

  func gradient(
    _ samples: UnsafePointer<Int32>, count: Int, loss: Loss, targets: BatchTargets, distils: Bool
  ) -> GradientSums {
    training.set.batch.update(from: samples, count: count)
    let task = GradientTask(
      loss: loss, labels: targets.labels, teacherLogits: distils ? targets.teacher.map { UnsafePointer($0) } : nil,
      weight: 1 / Double(count), sums: sums, momentCount: momentCount, logits: logitCount)
    training.runner.gradient(samples: count, task)
    return task.groupSums(0)
  }

  func logits(_ part: Part, into result: UnsafeMutablePointer<Double>) {
    var done = 0
    while done < part.count {
      let count = min(batch, part.count - done)
      var i = 0
      while i < count {
        part.set.batch[i] = Int32(done + i)
        i += 1
      }
      part.runner.forward(samples: count)
      (result + done * logitCount).update(from: logits, count: count * logitCount)
      done += count
    }
  }
}
