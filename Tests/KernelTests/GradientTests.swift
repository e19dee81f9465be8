import Kernel
import Testing

@Suite struct GradientTests {
  /// Everything that a case needs, made from one seed.
  struct Case {
    let ansatz: Ansatz
    let format: LaneFormat
    let terms: [Term]
    let angles: [Double]
    let states: [[Complex]]
    private(set) var labels: [Int]
    let teacher: [[Double]]
    /// What outputs are to be where they are numbers.
    let values: [[Double]]
    let loss: Loss
    let scales: [Double]
    let biases: [Double]

    /// - Parameter gate: what a random list of pairs consists of; nil: one of the patterns, of CNOTs.
    /// - Parameter kind: nil: three classes; else numbers or classes, and the last output is a hint.
    init(qubits n: Int, seed: UInt64, listOf gate: EntanglingGate? = nil, kind: LossKind? = nil) {
      var random = Random(seed)
      func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }
      let list = gate == nil ? nil : randomPairs(n, pick([1, n, 3 * n]), &random)
      ansatz = Ansatz(
        qubits: n, layers: pick([1, 2, 3]), entangler: list ?? pick(everyEntangler), entanglingGate: gate ?? .cnot,
        finalRotation: pick([false, true]), rotation: pick(everyRotation), qubitOrder: pick(everyOrder))
      format = pick(ForwardTests.float64)
      terms = ForwardTests.observables(n)
      angles = random.angles(ansatz.parameterCount)
      // One lane stays empty where there is more than one.
      let samples = max(1, format.lanes - 1)
      states = (0..<samples).map { _ in random.state(n) }
      labels = (0..<samples).map { _ in Int.random(in: 0..<3, using: &random) }
      teacher = (0..<samples).map { _ in (0..<3).map { _ in random.uniform(-2...2) } }
      loss = Loss(
        distillationWeight: pick([0, 0.8]), temperature: pick([1, 2]), direction: pick(everyDirection),
        labelSmoothing: pick([0, 0.1]), kind: kind ?? .classes, hints: kind == nil ? 0 : 1, hintWeight: 0.7)
      scales = (0..<3).map { _ in random.uniform(0.5...3) }
      biases = (0..<3).map { _ in random.uniform(-1...1) }
      values = (0..<samples).map { _ in (0..<3).map { _ in random.uniform(-2...2) } }
      if kind == .classes { labels = labels.map { $0 == 2 ? Int(GroupTargets.noLabel) : $0 } }
    }

    func harness(_ history: Harness.History) -> Harness {
      let harness = Harness(
        ansatz, format, observables: terms.map { $0.kernelTerm(ansatz) }, logits: 3, history: history)
      for j in 0..<3 { (harness.scales[j], harness.biases[j]) = (scales[j], biases[j]) }
      harness.prepare(angles)
      harness.load(states)
      return harness
    }

    /// The mean loss at other angles, by forward runs alone.
    func meanLoss(_ harness: Harness, _ angles: [Double]) -> Double {
      harness.prepare(angles)
      var derivative = [0.0, 0, 0]
      return zip(harness.forward(), labels).enumerated().reduce(0) { sum, item in
        let (lane, (logits, label)) = item
        let value = loss.evaluate(
          outputs: logits, count: 3, label: label, values: values[lane], teacher: teacher[lane],
          derivative: &derivative)
        return sum + value / Double(labels.count)
      }
    }
  }

  @Test(arguments: 1...8)
  func adjointShiftAndFiniteDifferencesAgree(qubits n: Int) {
    for repeatIndex in 0..<(n < 6 ? 8 : 3) {
      let seed = UInt64(100 * n + repeatIndex)
      checkThreeWays(Case(qubits: n, seed: seed), "seed \(seed)")
    }
  }

  @Test(arguments: 1...7, everyGate)
  func theyAgreeForLists(qubits n: Int, gate: EntanglingGate) {
    for repeatIndex in 0..<(n < 6 ? 8 : 3) {
      let seed = UInt64(100 * n + repeatIndex)
      checkThreeWays(Case(qubits: n, seed: seed, listOf: gate), "\(gate), seed \(seed)")
    }
  }

  @Test(arguments: 1...6, [LossKind.squaredError, .huber(threshold: 0.5), .classes])
  func theyAgreeForNumbersAndHints(qubits n: Int, kind: LossKind) {
    for repeatIndex in 0..<6 {
      let seed = UInt64(700 * n + repeatIndex)
      checkThreeWays(Case(qubits: n, seed: seed, kind: kind), "\(kind), seed \(seed)")
    }
  }

  private func checkThreeWays(_ item: Case, _ name: String) {
    let weight = 1 / Double(item.labels.count)
    let adjoint = item.harness(.stored).gradient(
      angles: item.angles, labels: item.labels, values: item.values, teacher: item.teacher, loss: item.loss,
      weight: weight)

    let forward = item.harness(.none)
    #expect(abs(adjoint.loss - item.meanLoss(forward, item.angles)) < 1e-13, "\(name)")

    let shift = shiftGradient(item, forward, weight)
    for (p, value) in shift.enumerated() {
      #expect(abs(adjoint.angles[p] - value) < 1e-12, "\(name), parameter \(p): shift")
    }

    // Central differences: truncation h² and rounding ε/h meet at about 1e-5. Squares of numbers bend more.
    let tolerance = item.loss.hints == 0 ? 2e-9 : 2e-8
    let h = 1e-5
    for p in stride(from: 0, to: item.angles.count, by: max(1, item.angles.count / 20)) {
      var (up, down) = (item.angles, item.angles)
      up[p] += h
      down[p] -= h
      let slope = (item.meanLoss(forward, up) - item.meanLoss(forward, down)) / (2 * h)
      #expect(abs(adjoint.angles[p] - slope) < tolerance, "\(name), parameter \(p): differences")
    }
  }

  private func shiftGradient(_ item: Case, _ harness: Harness, _ weight: Double) -> [Double] {
    harness.prepare(item.angles)
    var weights = [Double](repeating: 0, count: harness.lanes * 3)
    for (lane, logits) in harness.forward().enumerated() where lane < item.labels.count {
      var derivative = [0.0, 0, 0]
      _ = item.loss.evaluate(
        outputs: logits, count: 3, label: item.labels[lane], values: item.values[lane], teacher: item.teacher[lane],
        derivative: &derivative)
      for j in 0..<3 { weights[3 * lane + j] = weight * derivative[j] }
    }
    var (angles, gradient) = (item.angles, [Double](repeating: 0, count: item.angles.count))
    harness.network.addShiftGradient(
      harness.input, harness.workspace, angles: &angles, weights: weights, logits: harness.logits, gradient: &gradient)
    #expect(angles == item.angles)
    return gradient
  }

  @Test(arguments: 1...8, [nil, EntanglingGate.cnot, .cz])
  func uncomputedHistoryGivesTheSame(qubits n: Int, listOf gate: EntanglingGate?) {
    for seed in UInt64(0)..<6 {
      let item = Case(qubits: n, seed: 9000 + 10 * UInt64(n) + seed, listOf: gate)
      let gradients = [Harness.History.stored, .uncomputed].map {
        item.harness($0).gradient(
          angles: item.angles, labels: item.labels, teacher: item.teacher, loss: item.loss)
      }
      for p in item.angles.indices { #expect(abs(gradients[0].angles[p] - gradients[1].angles[p]) < 1e-12) }
      #expect(gradients[0].scales == gradients[1].scales && gradients[0].correct == gradients[1].correct)
    }
  }

  @Test func readoutGradientIsTheDifferenceQuotient() {
    let item = Case(qubits: 4, seed: 77)
    let harness = item.harness(.stored)
    let gradient = harness.gradient(angles: item.angles, labels: item.labels, teacher: item.teacher, loss: item.loss)
    let h = 1e-6
    func loss() -> Double { item.meanLoss(harness, item.angles) * Double(item.labels.count) }
    for j in 0..<3 {
      for (pointer, expected) in [(harness.scales, gradient.scales[j]), (harness.biases, gradient.biases[j])] {
        let value = pointer[j]
        pointer[j] = value + h
        let up = loss()
        pointer[j] = value - h
        let slope = (up - loss()) / (2 * h)
        pointer[j] = value
        #expect(abs(slope - expected) < 1e-8)
      }
    }
  }

  @Test(arguments: [LaneFormat.float32x1, .float32x2, .float32x4, .float32x8, .float32x16])
  func float32StaysWithin1e5(format: LaneFormat) {
    for n in [1, 2, 3, 5, 7, 10] {
      var random = Random(UInt64(n))
      let ansatz = Ansatz(qubits: n, layers: 4, entangler: .ring, finalRotation: n % 2 == 0)
      let terms = ForwardTests.observables(n).map { $0.kernelTerm(ansatz) }
      let angles = random.angles(ansatz.parameterCount)
      let states = (0..<format.lanes).map { _ in random.state(n) }
      let single = Harness(ansatz, format, observables: terms, logits: 3)
      single.prepare(angles)
      single.load(states)
      let singleLogits = single.forward()
      let labels = states.indices.map { $0 % 3 }
      let singleGradient = single.gradient(angles: angles, labels: labels, weight: 1 / Double(labels.count))
      var expected = [Double](repeating: 0, count: angles.count)
      for (lane, state) in states.enumerated() {
        let double = Harness(ansatz, .float64x1, observables: terms, logits: 3)
        double.prepare(angles)
        double.load([state])
        for (a, b) in zip(singleLogits[lane], double.forward()[0]) { #expect(abs(a - b) < 1e-5) }
        let gradient = double.gradient(angles: angles, labels: [labels[lane]], weight: 1 / Double(labels.count))
        for p in expected.indices { expected[p] += gradient.angles[p] }
      }
      for p in expected.indices { #expect(abs(singleGradient.angles[p] - expected[p]) < 1e-5) }
    }
  }

  @Test func lanesDoNotTouchOneAnother() {
    let item = Case(qubits: 5, seed: 5)
    let harness = Harness(
      item.ansatz, .float64x4, observables: item.terms.map { $0.kernelTerm(item.ansatz) }, logits: 3, history: .none)
    harness.prepare(item.angles)
    var random = Random(6)
    let states = (0..<4).map { _ in random.state(5) }
    harness.load(states)
    let together = harness.forward()
    for lane in 0..<4 {
      harness.load([states[lane]])
      #expect(harness.forward()[0] == together[lane])
    }
  }
}
