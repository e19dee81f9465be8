import Kernel

/// A circuit with everything drawn: ansatz, noise, observables, states.
struct RandomNoisyCircuit {
  enum Noise: CaseIterable { case none, depolarizing, device, control, any }

  let reference: DensityReference
  let noise: Noise
  let terms: [Term]
  let logits: Int
  let angles: [Double]
  let samples: [[Complex]]

  var ansatz: Ansatz { reference.ansatz }

  static func pairs(_ random: inout Random, _ n: Int) -> QubitPairs {
    var pairs = QubitPairs()
    for _ in 0..<Int.random(in: 0...2 * n, using: &random) where n > 1 {
      let control = Int.random(in: 0..<n, using: &random)
      _ = pairs.append(control: control, target: (control + Int.random(in: 1..<n, using: &random)) % n)
    }
    return pairs
  }

  init(_ random: inout Random, qubits: ClosedRange<Int> = 1...6, noise given: Noise? = nil) {
    let n = Int.random(in: qubits, using: &random)
    let entanglers: [Entangler] = [.linear, .ring, .descending, .allPairs, .pairs(Self.pairs(&random, n))]
    let ansatz = Ansatz(
      qubits: n, layers: Int.random(in: 1...3, using: &random), entangler: entanglers.randomElement(using: &random)!,
      entanglingGate: Bool.random(using: &random) ? .cnot : .cz, finalRotation: Bool.random(using: &random),
      rotation: Bool.random(using: &random) ? .half : .full,
      qubitOrder: Bool.random(using: &random) ? .littleEndian : .bigEndian)
    let dense = DenseReference(ansatz: ansatz)
    let noise = given ?? Noise.allCases.randomElement(using: &random)!
    self.noise = noise
    let times = (0..<n).map { _ in
      let t1 = random.uniform(0.5...3)
      return (t1, t1 * random.uniform(0.2...2))
    }
    func channel(_ qubits: [Int]) -> [[DensityReference.Matrix]] {
      let depolarizing = DensityReference.depolarizing(random.uniform(0...0.3), qubits: qubits.count)
      let relaxations = qubits.map { DensityReference.relaxation(random.uniform(0...1), times[$0].0, times[$0].1) }
      let relaxation =
        qubits.count == 1
        ? relaxations[0]
        : relaxations[0].flatMap { a in relaxations[1].map { DenseReference.kronecker([a, $0]) } }
      switch noise {
      case .none: return []
      case .depolarizing: return [depolarizing]
      case .device: return [depolarizing, relaxation]
      // Over-rotation about ZZ or Z: letters change, rows stay.
      case .control:
        let phase = DenseReference(ansatz: Ansatz(qubits: 1, layers: 1)).rotation("Z", random.uniform(-1...1))
        if qubits.count == 1 { return [[phase], relaxation] }
        let (low, high) = (phase[0][0], phase[1][1])
        let zz = (0..<4).map { i in (0..<4).map { $0 != i ? Complex(0) : i == 0 || i == 3 ? low : high } }
        return [[zz], relaxation]
      case .any: return [DensityReference.random(&random, size: 1 << qubits.count, count: 2)]
      }
    }
    reference = DensityReference(
      dense: dense, qubits: (0..<n).map { channel([$0]) }, pairs: dense.pairs.map { channel([$0.0, $0.1]) },
      readout: (0..<n).map { _ in noise == .none ? (0, 0) : (random.uniform(0...0.1), random.uniform(0...0.2)) })
    let logits = Int.random(in: 1...3, using: &random)
    self.logits = logits
    terms = (0..<logits).flatMap { logit in
      (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Term(
          weight: random.uniform(-1...1), string: String((0..<n).map { _ in "IIXYZ".randomElement(using: &random)! }),
          logit: logit)
      }
    }
    angles = random.angles(ansatz.parameterCount)
    samples = (0..<Int.random(in: 1...9, using: &random)).map { _ in random.state(n) }
  }

  /// The same circuit with other channels.
  init(_ other: RandomNoisyCircuit, _ reference: DensityReference) {
    self.reference = reference
    (noise, terms, logits) = (other.noise, other.terms, other.logits)
    (angles, samples) = (other.angles, other.samples)
  }

  /// A harness with room for the samples.
  func harness(_ format: LaneFormat, gradient: Bool = true) -> FoldHarness {
    let isNoisy = noise != .none
    return FoldHarness(
      ansatz, format, terms: terms.map { $0.kernelTerm(ansatz) }, logits: logits,
      qubits: isNoisy ? reference.qubitChannels : nil, pairs: isNoisy ? reference.pairChannels : nil,
      flips: isNoisy ? reference.flips : nil, groups: (samples.count + format.lanes - 1) / format.lanes,
      gradient: gradient)
  }

  /// `[sample][logit]`
  func expectations() -> [[Double]] {
    samples.map { sample in
      let rho = reference.evolve(sample, angles)
      return (0..<logits).map { logit in
        terms.filter { $0.logit == logit }.reduce(0) { $0 + $1.weight * reference.expectation($1.string, rho) }
      }
    }
  }
}
