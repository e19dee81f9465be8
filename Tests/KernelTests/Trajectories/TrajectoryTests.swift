import Devices
import Foundation
import Kernel
import Testing

@Suite struct TrajectoryTests {
  static let formats = FoldTests.formats

  private static func tolerance(_ format: LaneFormat) -> Double { format.precision == .float64 ? 1e-12 : 1e-5 }

  /// Terms by which norms are seen: 1 in each logit's place.
  private static func norm(_ logit: Int) -> PauliTerm { PauliTerm(weight: 1, x: 0, y: 0, z: 0, logit: logit) }

  /// Without noise, and with channels in which nothing happens, a lane is a statevector.
  @Test(arguments: formats) func withoutNoiseItIsAStatevector(_ format: LaneFormat) {
    var random = Random(31)
    for circuit in 0..<30 {
      let item = RandomNoisyCircuit(&random, qubits: 1...7, noise: RandomNoisyCircuit.Noise.none)
      let (ansatz, tolerance) = (item.ansatz, Self.tolerance(format))
      let terms = item.terms.map { $0.kernelTerm(ansatz) }
      let reference = Harness(ansatz, format, observables: terms, logits: item.logits)
      reference.prepare(item.angles)
      let states = (0..<format.lanes).map { _ in random.state(ansatz.qubits) }
      reference.load(states)
      let expected = reference.forward()
      let plain = TrajectoryHarness(
        ansatz, format, terms: terms + [Self.norm(item.logits)], logits: item.logits + 1)
      let idle = TrajectoryHarness(
        ansatz, format, terms: terms + [Self.norm(item.logits)], logits: item.logits + 1,
        qubits: item.reference.qubitKraus, pairs: item.reference.pairKraus)
      #expect(plain.network.draws == 0)
      #expect(idle.network.draws == ansatz.rotationLayers * ansatz.qubits + ansatz.layers * item.reference.pairs.count)
      for harness in [plain, idle] {
        let values = harness.run(states, item.angles, uniforms: harness.uniforms(&random))
        for lane in 0..<format.lanes {
          for (a, b) in zip(values[lane], expected[lane] + [1]) {
            #expect(abs(a - b) < tolerance, "circuit \(circuit), \(ansatz)")
          }
        }
        #expect(harness.fencesStand)
      }
    }
  }

  /// A unitary channel is a gate more: one operator, and no chance.
  @Test func unitaryChannelsAreGates() {
    var random = Random(32)
    for circuit in 0..<20 {
      var item = RandomNoisyCircuit(&random, qubits: 2...4, noise: RandomNoisyCircuit.Noise.none)
      var reference = item.reference
      reference.qubits = reference.qubits.map { _ in [DensityReference.random(&random, size: 2, count: 1)] }
      reference.pairs = reference.pairs.map { _ in [DensityReference.random(&random, size: 4, count: 1)] }
      item = RandomNoisyCircuit(item, reference)
      let harness = TrajectoryHarness(
        item.ansatz, .float64x4, terms: item.terms.map { $0.kernelTerm(item.ansatz) }, logits: item.logits,
        qubits: reference.qubitKraus, pairs: reference.pairKraus)
      let values = harness.run(Array(item.samples.prefix(4)), item.angles, uniforms: harness.uniforms(&random))
      for (value, expected) in zip(values, item.expectations()) {
        for (a, b) in zip(value, expected) { #expect(abs(a - b) < 1e-12, "circuit \(circuit), \(item.ansatz)") }
      }
    }
  }

  /// Means over trajectories of several samples against the exact noise, readout included: 200 batches a circuit, and
  /// the standardised deviations of many circuits are as large as they should be.
  @Test func meansAgreeWithExactNoise() {
    var random = Random(33)
    var scores: [Double] = []
    for circuit in 0..<160 {
      let kinds: [RandomNoisyCircuit.Noise] = [.depolarizing, .device, .device, .control, .any]
      let item = RandomNoisyCircuit(&random, qubits: 2...4, noise: kinds[circuit % kinds.count])
      let format = Self.formats[circuit % Self.formats.count]
      let exact = item.harness(.float64x4, gradient: false)
      exact.prepare(item.angles, item.samples.map { [$0] })
      let expected = exact.expectations()
      let harness = Self.harness(item, format)
      let read = ReadTerms(
        item.terms.map { $0.kernelTerm(item.ansatz) }, flips: item.reference.flips, ansatz: item.ansatz,
        logits: item.logits)
      // Each lane is another sample.
      let samples = (0..<format.lanes).map { $0 % item.samples.count }
      let states = samples.map { item.samples[$0] }
      let batches = 200
      var farthest = 0.0
      var deviations = [[Double]](repeating: [], count: item.logits)
      for _ in 0..<batches {
        let values = harness.run(states, item.angles, uniforms: harness.uniforms(&random))
        for logit in 0..<item.logits {
          let sum = samples.enumerated().reduce(0) { sum, place in
            sum + values[place.offset][logit] + read.constants[logit] - expected[place.element][logit]
          }
          deviations[logit].append(sum / Double(format.lanes))
        }
        for value in values { farthest = max(farthest, abs(value[item.logits] - 1)) }
      }
      #expect(farthest < Self.tolerance(format), "circuit \(circuit), norm")
      #expect(harness.fencesStand)
      for (logit, values) in deviations.enumerated() {
        let mean = values.reduce(0, +) / Double(batches)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(batches - 1)
        let error = (variance / Double(batches)).squareRoot()
        // Chance may not matter for what an observable sees.
        if error < 1e-6 {
          #expect(abs(mean) < Self.tolerance(format), "circuit \(circuit), \(format), \(item.noise), \(item.ansatz)")
          continue
        }
        #expect(
          abs(mean / error) < 4.5, "circuit \(circuit), \(format), \(item.noise), \(item.ansatz), logit \(logit)")
        // Logits of one circuit are not independent.
        if logit == 0 { scores.append(mean / error) }
      }
    }
    let variance = scores.reduce(0) { $0 + $1 * $1 } / Double(scores.count)
    let mean = scores.reduce(0, +) / Double(scores.count)
    #expect(scores.count > 140)
    // Of 150 standard normal numbers the mean of squares is 1 ± 0.12, the mean 0 ± 0.08. Rare errors in 200 batches
    // make it 1.1: their spread is estimated from few of them.
    #expect(abs(variance - 1) < 0.4, "\(variance)")
    #expect(abs(mean) < 0.3, "\(mean)")
  }

  private static func harness(_ item: RandomNoisyCircuit, _ format: LaneFormat) -> TrajectoryHarness {
    let read = ReadTerms(
      item.terms.map { $0.kernelTerm(item.ansatz) }, flips: item.reference.flips, ansatz: item.ansatz,
      logits: item.logits)
    return TrajectoryHarness(
      item.ansatz, format, terms: read.terms + [norm(item.logits)], logits: item.logits + 1,
      qubits: item.reference.qubitKraus, pairs: item.reference.pairKraus)
  }

  /// One channel, its number taken evenly from 0 ..< 1: every operator gets its share but for one step.
  @Test(arguments: [LaneFormat.float64x1, .float64x8, .float32x16]) func choicesHaveTheirProbabilities(
    _ format: LaneFormat
  ) {
    var random = Random(34)
    for round in 0..<6 {
      let ansatz = Ansatz(qubits: 3, layers: 1, entangler: .pairs(Self.pair(2, 0)))
      let kraus =
        round < 2
        ? DensityReference.random(&random, size: 4, count: 5) : DensityReference.depolarizing(0.4, qubits: 2)
      var reference = DensityReference(
        dense: DenseReference(ansatz: ansatz), qubits: [[], [], []], pairs: [[kraus]], readout: [])
      if round > 3 {
        let damping = DensityReference.relaxation(0.5, 1, 0.8)
        reference.pairs = [[damping.flatMap { a in damping.map { DenseReference.kronecker([a, $0]) } }]]
      }
      let angles = random.angles(ansatz.parameterCount)
      let state = random.state(3)
      let strings = ["XYZ", "ZII", "IIY"]
      let terms = strings.enumerated().map { Term(weight: 1, string: $1, logit: $0).kernelTerm(ansatz) }
      let harness = TrajectoryHarness(ansatz, format, terms: terms, logits: 3, pairs: reference.pairKraus)
      #expect(harness.network.draws == 1)
      let runs = 4096 / format.lanes
      var sums = [0.0, 0, 0]
      for run in 0..<runs {
        let uniforms = (0..<format.lanes).map { (Double(run * format.lanes + $0) + 0.5) / 4096 }
        for values in harness.run([[Complex]](repeating: state, count: format.lanes), angles, uniforms: uniforms) {
          for j in 0..<3 { sums[j] += values[j] / 4096 }
        }
      }
      reference.readout = [(0, 0), (0, 0), (0, 0)]
      let rho = reference.evolve(state, angles)
      for j in 0..<3 {
        #expect(abs(sums[j] - reference.expectation(strings[j], rho)) < 16.0 / 4096, "round \(round), \(strings[j])")
      }
    }
  }

  private static func pair(_ control: Int, _ target: Int) -> QubitPairs {
    var pairs = QubitPairs()
    _ = pairs.append(control: control, target: target)
    return pairs
  }

  /// Lanes without a sample stay empty, and states keep whatever norm they have.
  @Test(arguments: [LaneFormat.float64x4, .float32x8]) func normsAreKept(_ format: LaneFormat) {
    var random = Random(35)
    let noises: [RandomNoisyCircuit.Noise] = [.depolarizing, .device, .control, .any]
    for circuit in 0..<20 {
      let item = RandomNoisyCircuit(&random, qubits: 2...5, noise: noises[circuit % noises.count])
      let harness = TrajectoryHarness(
        item.ansatz, format, terms: [Self.norm(0)], logits: 1, qubits: item.reference.qubitKraus,
        pairs: item.reference.pairKraus)
      let scales = [1, 0.25, 7.0]
      let states = scales.map { scale in
        random.state(item.ansatz.qubits).map { Complex($0.re * scale.squareRoot(), $0.im * scale.squareRoot()) }
      }
      let values = harness.run(states, item.angles, uniforms: harness.uniforms(&random)).map { $0[0] }
      for (value, scale) in zip(values, scales) { #expect(abs(value / scale - 1) < Self.tolerance(format)) }
      for value in values.dropFirst(scales.count) { #expect(value == 0) }
      #expect(harness.fencesStand)
    }
  }

  /// The terms of a reading device and their constants are what the exact noise folds.
  @Test func termsUnderReadoutFlips() {
    var random = Random(36)
    for circuit in 0..<100 {
      let item = RandomNoisyCircuit(&random, qubits: 1...5, noise: .device)
      let terms = item.terms.map { $0.kernelTerm(item.ansatz) }
      let read = ReadTerms(terms, flips: item.reference.flips, ansatz: item.ansatz, logits: item.logits)
      let exact = FoldHarness(
        item.ansatz, .float64x2, terms: terms, logits: item.logits, flips: item.reference.flips, gradient: false)
      exact.prepare(item.angles, item.samples.prefix(2).map { [$0] })
      let harness = TrajectoryHarness(item.ansatz, .float64x2, terms: read.terms, logits: item.logits)
      let values = harness.run(Array(item.samples.prefix(2)), item.angles, uniforms: [])
      let expected = exact.expectations()
      for sample in 0..<min(2, item.samples.count) {
        for j in 0..<item.logits {
          #expect(abs(values[sample][j] + read.constants[j] - expected[sample][j]) < 1e-12, "circuit \(circuit)")
        }
      }
    }
  }

  @Test func equalStringsOfALogitAreOneTerm() {
    let ansatz = Ansatz(qubits: 2, layers: 1)
    let terms = [PauliTerm(weight: 2, x: 0, y: 0, z: 3, logit: 1), PauliTerm(weight: 1, x: 0, y: 0, z: 1, logit: 1)]
    let flips = [ReadoutFlips(oneForZero: 0.125, zeroForOne: 0.25), ReadoutFlips(zeroForOne: 0.5)]
    let read = ReadTerms(terms, flips: flips, ansatz: ansatz, logits: 2)
    // (1/8 + 5/8 Z0)(1/2 + 1/2 Z1) · 2 + 1/8 + 5/8 Z0
    #expect(read.constants == [0, 0.25])
    #expect(Set(read.terms.map { "\($0.signs) \($0.weight) \($0.logit) \($0.flips)" }).count == 3)
    #expect(read.terms.first { $0.signs == 1 }?.weight == 1.25)
    #expect(read.terms.first { $0.signs == 2 }?.weight == 0.125)
    #expect(read.terms.first { $0.signs == 3 }?.weight == 0.625)
    let clean = ReadTerms(terms, flips: [ReadoutFlips(), ReadoutFlips()], ansatz: ansatz, logits: 2)
    #expect(clean.terms == terms && clean.constants == [0, 0])
  }
}
