import Batches
import Budget
import Kernel

/// What a sample's measurements can come to: the probabilities of all outcomes of all settings, from the expectations
/// of their strings. Allocates nothing.
package struct OutcomeLaw {
  /// The memory that it needs, and where its strings stand.
  package struct Memory {
    private let values, probabilities: Reservation<Double>
    private let counts: Reservation<UInt32>
    private let measurement: Measurement
    private let logits: Int

    /// - Parameter prefix: stands before the buffers' names in the plan.
    package init(
      _ prefix: String, _ measurement: Measurement, logits: Int, lifetime: Lifetime, in planner: inout Planner
    ) {
      self.measurement = measurement
      self.logits = logits
      let outcomes = Extent("outcomes", measurement.settings.reduce(0) { $0 + $1.outcomes })
      func doubles(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Double> {
        planner.reserve(prefix + name, shape, of: Double.self, lifetime: lifetime, owner: "Measurement")
      }
      values = doubles("outcomes' values", [Extent("logits", logits), outcomes], &planner)
      probabilities = doubles("outcomes' probabilities", [outcomes], &planner)
      counts = planner.reserve(
        prefix + "outcomes' counts", [outcomes], of: UInt32.self, lifetime: lifetime, owner: "Measurement")
    }

    /// - Parameter readout: of the logits.
    package func bind(_ readout: Readout, _ arena: borrowing Arena) -> OutcomeLaw {
      let table = arena.pointer(values)
      var place = 0
      for setting in measurement.settings {
        for outcome in 0..<setting.outcomes {
          for logit in 0..<logits { table[place * logits + logit] = setting.values[logit][outcome] }
          place += 1
        }
      }
      return OutcomeLaw(
        logits: logits, sizes: measurement.settings.map(\.outcomes), constants: measurement.constants,
        values: UnsafePointer(table), probabilities: arena.pointer(probabilities), counts: arena.pointer(counts),
        readout: readout)
    }
  }

  package let logits: Int
  /// Of the settings.
  private let sizes: [Int]
  private let constants: [Double]
  /// `[outcome of all settings][logit]`
  private let values: UnsafePointer<Double>
  /// `[outcome of all settings]`
  private let probabilities: UnsafeMutablePointer<Double>
  private let counts: UnsafeMutablePointer<UInt32>
  private let readout: Readout

  /// Takes a sample: fills the probabilities.
  /// - Parameter outputs: its row: logits, then the expectations of all strings.
  package func take(_ outputs: UnsafePointer<Double>) {
    var (strings, first) = (outputs + logits, 0)
    for size in sizes {
      let p = probabilities + first
      p[0] = 1
      (p + 1).update(from: strings, count: size - 1)
      // The Walsh-Hadamard transform takes expectations of parities to probabilities.
      var step = 1
      while step < size {
        var i = 0
        while i < size {
          if i & step == 0 { (p[i], p[i | step]) = (p[i] + p[i | step], p[i] - p[i | step]) }
          i += 1
        }
        step *= 2
      }
      var i = 0
      while i < size {
        // Rounding alone is below 0.
        p[i] = max(0, p[i] / Double(size))
        i += 1
      }
      strings += size - 1
      first += size
    }
  }

  /// Draws the results of so many shots of every setting: logits as they would be estimated.
  /// - Parameter result: `[logit]`.
  package func draw(_ shots: Int, _ stream: RandomStream, into result: UnsafeMutablePointer<Double>) {
    var logit = 0
    while logit < logits {
      result[logit] = constants[logit]
      logit += 1
    }
    var first = 0
    for size in sizes {
      stream.multinomial(shots, probabilities + first, count: size, into: counts + first)
      var outcome = first
      while outcome < first + size {
        let share = Double(counts[outcome]) / Double(shots)
        logit = 0
        while logit < logits {
          result[logit] += share * values[outcome * logits + logit]
          logit += 1
        }
        outcome += 1
      }
      first += size
    }
    readout.apply(result)
  }

  /// The variance of the difference of two logits' estimates, times the shots.
  package func variance(_ a: Int, _ b: Int) -> Double {
    var (sum, first) = (0.0, 0)
    for size in sizes {
      var (mean, square, total, outcome) = (0.0, 0.0, 0.0, first)
      while outcome < first + size {
        let row = values + outcome * logits
        let value = readout.scales[a] * row[a] - readout.scales[b] * row[b]
        total += probabilities[outcome]
        mean += probabilities[outcome] * value
        square += probabilities[outcome] * value * value
        outcome += 1
      }
      sum += max(0, square / total - mean * mean / (total * total))
      first += size
    }
    return sum
  }

  /// The fewest shots with which the decision is the label with 95 %: nil where no number of them is enough. The
  /// differences' law is taken as Gaussian with its exact variance; of several classes the risks are added up.
  /// - Parameter outputs: the sample that was taken.
  package func shotsToDecide(_ outputs: UnsafePointer<Double>, label: Int) -> Double? {
    var other = 0
    while other < logits {
      if other != label && !(outputs[label] > outputs[other]) { return nil }
      other += 1
    }
    var (low, high) = (1.0, 1.0)
    if risk(outputs, label, shots: 1) <= 0.05 { return 1 }
    while risk(outputs, label, shots: high) > 0.05 {
      if high > 1e15 { return nil }
      (low, high) = (high, 2 * high)
    }
    while high - low > 0.5 {
      let middle = (low + high) / 2
      if risk(outputs, label, shots: middle) > 0.05 { low = middle } else { high = middle }
    }
    return high.rounded(.up)
  }

  private func risk(_ outputs: UnsafePointer<Double>, _ label: Int, shots: Double) -> Double {
    var (sum, other) = (0.0, 0)
    while other < logits {
      if other != label {
        let deviation = (variance(label, other) / shots).squareRoot()
        if deviation > 0 { sum += gaussianTail((outputs[label] - outputs[other]) / deviation) }
      }
      other += 1
    }
    return sum
  }
}
