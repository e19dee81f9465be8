import Kernel
import Testing

/// A batch of combinations of basis states gives what its states give one by one.
@Suite struct FoldedSpanTests {
  @Test(arguments: [(LaneFormat.float64x1, 3), (.float64x4, 5), (.float64x8, 10), (.float32x16, 10)])
  func equalsItsStates(_ format: LaneFormat, _ dimension: Int) {
    var random = Random(22)
    for _ in 0..<4 {
      let item = RandomNoisyCircuit(&random, qubits: 4...5, noise: .device)
      let (ansatz, m) = (item.ansatz, item.logits)
      let terms = item.terms.map { $0.kernelTerm(ansatz) }
      func harness(_ states: Int) -> FoldHarness {
        FoldHarness(
          ansatz, format, terms: terms, logits: m, qubits: item.reference.qubitChannels,
          pairs: item.reference.pairChannels, flips: item.reference.flips,
          groups: (states + format.lanes - 1) / format.lanes)
      }
      let basis = (0..<dimension).map { _ in random.state(ansatz.qubits) }
      let samples = 7
      let coefficients = (0..<samples).map { _ in (0..<dimension).map { _ in random.uniform(-0.5...0.5) } }
      let states = coefficients.map { row in
        basis[0].indices.map { i in zip(row, basis).reduce(Complex(0)) { $0 + Complex($1.0) * $1.1[i] } }
      }
      let labels = (0..<samples).map { $0 % m }

      let plain = harness(samples)
      plain.prepare(item.angles, states.map { [$0] })
      let (expected, slopes) = (plain.expectations(), plain.gradient(item.angles, labels: labels))

      let onBasis = harness(dimension)
      onBasis.prepare(item.angles, basis.map { [$0] })
      let span = FoldedSpanMemory(onBasis, dimension: dimension)
      let (values, gradient) = span.run(item.angles, coefficients, labels: labels)
      let tolerance = format.precision == .float64 ? 1e-11 : 1e-4
      for (a, b) in zip(values, expected) {
        for (x, y) in zip(a, b) { #expect(abs(x - y) < tolerance) }
      }
      #expect(abs(slopes.loss - gradient.loss) < tolerance && slopes.correct == gradient.correct)
      for (x, y) in zip(slopes.angles, gradient.angles) { #expect(abs(x - y) < tolerance) }
      #expect(onBasis.fencesStand)
    }
  }
}

/// What a folded span needs beside a harness whose states are the basis.
private struct FoldedSpanMemory {
  let harness: FoldHarness
  let span: FoldedSpan
  private let owned: [UnsafeMutableRawBufferPointer]

  init(_ harness: FoldHarness, dimension: Int) {
    self.harness = harness
    let format = harness.shape.format
    let shape = SpanShape(dimension: dimension, format: format)
    let sizes = [
      shape.formBytes(logits: harness.shape.logits), shape.formBytes(logits: harness.shape.logits),
      shape.scratchBytes(logits: harness.shape.logits),
    ]
    owned = sizes.map {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: $0, alignment: 64)
      block.initializeMemory(as: UInt8.self, repeating: 0xFF)
      return block
    }
    let addresses = owned.map { $0.baseAddress! }
    span = FoldedSpan(
      states: harness.states, dimension: dimension, format: format,
      forms: addresses[0].assumingMemoryBound(to: Double.self),
      weights: addresses[1].assumingMemoryBound(to: Double.self), scratch: addresses[2])
  }

  func run(_ angles: [Double], _ coefficients: [[Double]], labels: [Int]) -> ([[Double]], Harness.Gradient) {
    let (m, stride) = (harness.shape.logits, coefficients[0].count)
    let flat = coefficients.flatMap { $0 }
    harness.network.sumForms(span, harness.workspace)
    var logits = [Double](repeating: .nan, count: coefficients.count * m)
    harness.network.logits(
      span, coefficients: flat, stride: stride, samples: coefficients.count, logits: &logits)
    var sums = [Double](repeating: 0, count: harness.ansatz.parameterCount + 2 * m + 2)
    var sample = [Double](repeating: .nan, count: 2 * m)
    let parameters = harness.ansatz.parameterCount
    labels.map { Int32($0) }.withUnsafeBufferPointer { labels in
      sums.withUnsafeMutableBufferPointer { all in
        let first = all.baseAddress!
        harness.network.addGradient(
          span, coefficients: flat, stride: stride, samples: coefficients.count, angles: angles, harness.workspace,
          loss: .crossEntropy,
          targets: GroupTargets(labels: labels.baseAddress!, teacherLogits: nil, weight: 1), sample: &sample,
          sums: GradientSums(
            moments: first, scales: first + parameters, biases: first + parameters + m,
            totals: first + parameters + 2 * m))
      }
    }
    var gradient = [Double](repeating: .nan, count: parameters)
    harness.network.finishFoldedGradient(angles: angles, moments: sums, gradient: &gradient)
    for block in owned { block.deallocate() }
    return (
      (0..<coefficients.count).map { Array(logits[$0 * m..<($0 + 1) * m]) },
      Harness.Gradient(
        angles: gradient, scales: Array(sums[parameters..<parameters + m]),
        biases: Array(sums[parameters + m..<parameters + 2 * m]), loss: sums[parameters + 2 * m],
        correct: Int(sums[parameters + 2 * m + 1]))
    )
  }
}
