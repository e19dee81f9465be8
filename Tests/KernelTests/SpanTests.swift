import Kernel
import Testing

/// Samples Σ c_k φ_k by their forms, against the same samples one by one.
@Suite struct SpanTests {
  /// One case, made from a seed.
  struct Case {
    let ansatz: Ansatz
    let terms: [Term]
    let angles: [Double]
    /// `[vector][branch]`
    let basis: [[[Complex]]]
    /// `[sample][stride]`; what lies beyond the vectors must not be read.
    let coefficients: [Double]
    let stride: Int
    let labels: [Int32]
    let teacher: [Double]
    let loss: Loss
    let readout: (scales: [Double], biases: [Double])

    init(_ ansatz: Ansatz, dimension: Int, branches: Int, samples: Int, diagonal: Bool, distils: Bool, seed: UInt64) {
      var random = Random(seed)
      self.ansatz = ansatz
      terms = ForwardTests.observables(ansatz.qubits).filter { !diagonal || !$0.string.contains { "XY".contains($0) } }
      angles = random.angles(ansatz.parameterCount)
      // So that a sample's norm is about 1.
      let size = 1 / Double(branches * dimension).squareRoot()
      basis = (0..<dimension).map { _ in
        (0..<branches).map { _ in random.state(ansatz.qubits).map { Complex(size * $0.re, size * $0.im) } }
      }
      stride = dimension + Int(seed % 3)
      var coefficients = [Double](repeating: .nan, count: samples * stride)
      for sample in 0..<samples {
        for k in 0..<dimension { coefficients[sample * stride + k] = random.uniform(-1.7...1.7) }
      }
      self.coefficients = coefficients
      labels = (0..<samples).map { $0 == 2 ? -1 : Int32.random(in: 0..<3, using: &random) }
      teacher = (0..<3 * samples).map { _ in random.uniform(-2...2) }
      loss = distils ? Loss(distillationWeight: 0.8, temperature: 2) : .crossEntropy
      readout = ((0..<3).map { _ in random.uniform(0.5...3) }, (0..<3).map { _ in random.uniform(-1...1) })
    }

    func harness(_ format: LaneFormat, _ history: Harness.History) -> Harness {
      let harness = Harness(
        ansatz, format, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 3, history: history)
      for j in 0..<3 { (harness.scales[j], harness.biases[j]) = (readout.scales[j], readout.biases[j]) }
      harness.prepare(angles)
      harness.clearSums()
      return harness
    }

    /// A sample's branches.
    func states(_ sample: Int) -> [[Complex]] {
      basis[0].indices.map { branch in
        (0..<ansatz.amplitudes).map { i in
          basis.indices.reduce(Complex(0)) { sum, k in
            sum + Complex(coefficients[sample * stride + k]) * basis[k][branch][i]
          }
        }
      }
    }

    func withTargets(_ sample: Int, _ body: (GroupTargets) -> Void) {
      labels.withUnsafeBufferPointer { labels in
        teacher.withUnsafeBufferPointer { teacher in
          body(
            GroupTargets(
              labels: labels.baseAddress! + sample, teacherLogits: teacher.baseAddress! + 3 * sample, weight: 0.25))
        }
      }
    }
  }

  struct Result {
    var logits: [[Double]] = []
    var sums: [Double] = []
    var hits = 0.0

    mutating func take(_ harness: Harness) {
      sums = (0..<3 * harness.ansatz.rotationLayers * harness.ansatz.qubits).map { harness.sums.moments[$0] }
      for j in 0..<3 { sums += [harness.sums.scales[j], harness.sums.biases[j]] }
      sums.append(harness.sums.totals[0])
      hits = harness.sums.totals[1]
    }
  }

  /// In double precision, sample by sample.
  private func expected(_ item: Case) -> Result {
    let harness = item.harness(.float64x1, .stored)
    var result = Result()
    let state = 2 * item.ansatz.amplitudes * 8
    let input = UnsafeMutableRawPointer.allocate(byteCount: item.basis[0].count * state, alignment: 64)
    defer { input.deallocate() }
    for sample in item.labels.indices {
      for (branch, vector) in item.states(sample).enumerated() {
        harness.load([vector])
        (input + branch * state).copyMemory(from: harness.input, byteCount: state)
      }
      harness.network.forward(
        input, branches: item.basis[0].count, harness.workspace, logits: harness.logits)
      result.logits.append((0..<3).map { harness.logits[$0] })
      item.withTargets(sample) { targets in
        harness.network.addGradient(
          input, branches: item.basis[0].count, harness.workspace, loss: item.loss, targets: targets,
          sums: harness.sums)
      }
    }
    result.take(harness)
    return result
  }

  private func given(_ item: Case, _ format: LaneFormat, _ history: Harness.History) -> Result {
    let harness = SpanHarness(item.harness(format, .none), basis: item.basis, history: history)
    var result = Result()
    if history == .none {
      harness.plain.network.prepareForms(harness.span, harness.workspace)
    } else {
      item.withTargets(0) { targets in
        harness.plain.network.addGradient(
          harness.span, harness.workspace, coefficients: item.coefficients, stride: item.stride,
          samples: item.labels.count, loss: item.loss, targets: targets, sums: harness.plain.sums)
      }
      result.take(harness.plain)
    }
    result.logits = harness.logits(item.coefficients, stride: item.stride)
    #expect(harness.fencesStand)
    return result
  }

  private func compare(_ item: Case, _ formats: [LaneFormat]) {
    let expected = expected(item)
    for format in formats {
      let tolerance = format.precision == .float64 ? 1e-12 : 2e-5
      for history in [Harness.History.none, .stored, .uncomputed] {
        let given = given(item, format, history)
        let name = "\(format), \(history), R \(item.basis.count), branches \(item.basis[0].count), \(item.ansatz)"
        #expect(isClose(given.logits.flatMap { $0 }, expected.logits.flatMap { $0 }, tolerance), "\(name)")
        if history == .none { continue }
        #expect(isClose(given.sums, expected.sums, tolerance), "\(name)")
        #expect(given.hits == expected.hits, "\(name)")
      }
    }
  }

  private func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < tolerance }
  }

  static let formats = ForwardTests.float64 + [.float32x1, .float32x2, .float32x4, .float32x8, .float32x16]

  @Test(arguments: everyEntangler, [false, true])
  func agreesWithSamplesOneByOne(entangler: Entangler, finalRotation: Bool) {
    var seed = UInt64(everyEntangler.firstIndex(of: entangler)!) * 1000 + (finalRotation ? 500 : 0)
    for n in 1...5 {
      for rotation in everyRotation {
        for branches in [1, 4] {
          seed += 1
          let ansatz = Ansatz(
            qubits: n, layers: 1 + Int(seed % 3), entangler: entangler, finalRotation: finalRotation,
            rotation: rotation, qubitOrder: everyOrder[n % 2])
          // None of these but 1 fills its groups in every format.
          let item = Case(
            ansatz, dimension: [1, 3, 5, 10][Int(seed % 4)], branches: branches, samples: 5, diagonal: n == 3,
            distils: branches == 1, seed: seed)
          compare(item, Self.formats)
        }
      }
    }
  }

  @Test(arguments: everyGate) func agreesForLists(gate: EntanglingGate) {
    var random = Random(5)
    for n in 2...5 {
      let ansatz = Ansatz(
        qubits: n, layers: 2, entangler: randomPairs(n, 2 * n, &random), entanglingGate: gate,
        finalRotation: n % 2 == 0, qubitOrder: everyOrder[n / 2 % 2])
      let item = Case(ansatz, dimension: 5, branches: n - 1, samples: 4, diagonal: n == 3, distils: n == 2, seed: 40)
      compare(item, Self.formats)
    }
  }

  /// More amplitudes than are summed at once, and more vectors than the widest group.
  @Test func agreesBeyondOneBlock() {
    for (n, dimension) in [(8, 18), (9, 7)] {
      let ansatz = Ansatz(qubits: n, layers: 3, entangler: .ring, finalRotation: n == 9)
      let item = Case(ansatz, dimension: dimension, branches: 1, samples: 4, diagonal: n == 9, distils: true, seed: 3)
      compare(item, Self.formats)
    }
  }

  @Test func logitsAreThoseOfDenseMatrices() {
    for n in 2...4 {
      let ansatz = Ansatz(qubits: n, layers: 2, entangler: .descending, finalRotation: n == 3)
      let item = Case(ansatz, dimension: 6, branches: 3, samples: 3, diagonal: false, distils: false, seed: UInt64(n))
      let dense = DenseReference(ansatz: ansatz)
      for (sample, logits) in given(item, .float64x4, .none).logits.enumerated() {
        let states = item.states(sample).map { dense.evolve($0, item.angles) }
        for j in 0..<3 {
          var value = 0.0
          for term in item.terms where term.logit == j {
            for state in states { value += term.weight * dense.expectation(term.string, state) }
          }
          #expect(abs(logits[j] - item.readout.scales[j] * value - item.readout.biases[j]) < 1e-12)
        }
      }
    }
  }

  /// Forms are for any samples: a second batch needs no second run.
  @Test func formsServeOtherSamples() {
    let ansatz = Ansatz(qubits: 4, layers: 2)
    let item = Case(ansatz, dimension: 5, branches: 1, samples: 4, diagonal: false, distils: false, seed: 8)
    let harness = SpanHarness(item.harness(.float64x4, .none), basis: item.basis, history: .none)
    harness.plain.network.prepareForms(harness.span, harness.workspace)
    let once = harness.logits(item.coefficients, stride: item.stride)
    // φ_2 alone is a sample, too.
    harness.plain.load([item.basis[2][0]])
    let alone = harness.logits([0, 0, 1, 0, 0], stride: 5)[0]
    #expect(isClose(alone, harness.plain.forward()[0], 1e-13))
    #expect(harness.logits(item.coefficients, stride: item.stride) == once)
  }

  /// The phases of each group on either of two workspaces, as threads would take them, do what one call does, to the
  /// bit.
  @Test(arguments: [Harness.History.stored, .uncomputed])
  func phasesMayBeDealtOut(history: Harness.History) {
    for branches in [1, 2] {
      let ansatz = Ansatz(qubits: 4, layers: 2, entangler: .ring, finalRotation: branches == 2)
      let item = Case(
        ansatz, dimension: 11, branches: branches, samples: 6, diagonal: false, distils: true, seed: 12)
      let expected = given(item, .float64x4, history)
      let harness = SpanHarness(item.harness(.float64x4, .none), basis: item.basis, history: history)
      let (network, span, sums) = (harness.plain.network, harness.span, harness.plain.sums)
      func workspace(_ group: Int) -> SpanWorkspace { group == 1 ? harness.second : harness.workspace }
      for group in [2, 0, 1] { network.evolve(span, workspace(group), group: group) }
      for group in [1, 2, 0] { network.sumForms(span, workspace(group), group: group) }
      item.withTargets(0) { targets in
        network.addWeights(
          span, harness.second, coefficients: item.coefficients, stride: item.stride, samples: item.labels.count,
          loss: item.loss, targets: targets, sums: sums)
      }
      for group in 0..<3 { network.descend(span, workspace(group), group: group, moments: sums.moments) }
      var result = Result()
      result.take(harness.plain)
      #expect(result.sums == expected.sums && result.hits == expected.hits)
      #expect(harness.logits(item.coefficients, stride: item.stride) == expected.logits)
      #expect(harness.fencesStand)
    }
  }
}
