/// The gates of an entangler and their channels on a Pauli vector. Gates of one group of rows follow one another while
/// it is in the first-level cache.
struct EntanglingLayer<V: LaneVector> {
  let ansatz: Ansatz
  let noise: CircuitNoise
  /// `[pair]`
  let steps: UnsafeMutablePointer<PairStep>
  /// `[pair][combination][slot]`
  let coefficients: UnsafeMutablePointer<V>
  let combinations: Int

  private var amplitudes: Int { ansatz.amplitudes }

  /// Pulls an observable back through the layer.
  /// - Parameter support: what it touches, before and behind.
  func backward(
    _ source: UnsafeMutablePointer<V>, _ support: inout PauliSupport, into target: UnsafeMutablePointer<V>
  ) {
    if noise.mixesRows(ansatz) {
      copy(source, target, PauliVector<V>.groups(support.rows.dimension))
      general(target, &support, isBackward: true)
      return
    }
    var count = 0
    var pair = ansatz.pairCount - 1
    while pair >= 0 {
      if support.touches(ansatz.bits(pair)) {
        fill(count, pair, support.rows)
        support.pullBack(ansatz, pair, noise)
        count += 1
      }
      pair -= 1
    }
    run(source, count, groups: PauliVector<V>.groups(support.rows.dimension), into: target, isBackward: true)
  }

  /// Pushes a state forward through the layer, in place.
  func forward(_ vectors: UnsafeMutablePointer<V>, _ rows: inout PauliRows) {
    if noise.mixesRows(ansatz) {
      var support = PauliSupport(rows: rows, signs: 0)
      general(vectors, &support, isBackward: false)
      rows = support.rows
      return
    }
    var pair = 0
    while pair < ansatz.pairCount {
      let bits = ansatz.bits(pair)
      if ansatz.entanglingGate == .cnot { rows.applyCNOT(control: bits.control, target: bits.target) }
      fill(pair, pair, rows)
      pair += 1
    }
    run(vectors, pair, groups: PauliVector<V>.groups(rows.dimension), into: vectors, isBackward: false)
  }

  private func table(_ step: Int) -> UnsafeMutablePointer<V> {
    coefficients + step &* combinations &* PairStep.slots
  }

  private func fill(_ step: Int, _ pair: Int, _ rows: PauliRows, isNoisy: Bool = true) {
    let bits = ansatz.bits(pair)
    steps[step] = PairStepTable<V>(coefficients: table(step), combinations: combinations)
      .fill(
        gate: ansatz.entanglingGate, control: bits.control, target: bits.target, rows: rows,
        channel: isNoisy ? noise.pairs.map { $0 + pair } : nil)
  }

  private func copy(_ source: UnsafePointer<V>, _ target: UnsafeMutablePointer<V>, _ groups: Int) {
    if source == UnsafePointer(target) { return }
    var i = 0
    while i < groups &* amplitudes {
      target[i] = source[i]
      i &+= 1
    }
  }

  private func run(
    _ source: UnsafeMutablePointer<V>, _ count: Int, groups: Int, into target: UnsafeMutablePointer<V>,
    isBackward: Bool
  ) {
    var group = 0
    while group < groups {
      let vectors = target + group &* amplitudes
      copy(source + group &* amplitudes, vectors, 1)
      var step = 0
      while step < count {
        let combination = combinations == 1 ? 0 : steps[step].combination(group)
        let pass = PairPass(
          vectors: vectors, amplitudes: amplitudes, step: steps[step],
          k: UnsafePointer(table(step)) + combination &* PairStep.slots)
        if isBackward { pass.backward() } else { pass.forward() }
        step &+= 1
      }
      group &+= 1
    }
  }

  /// Some channel mixes rows: then all rows are there, and channels and gates act one after the other.
  private func general(_ vectors: UnsafeMutablePointer<V>, _ support: inout PauliSupport, isBackward: Bool) {
    var k = 0
    while k < ansatz.pairCount {
      let pair = isBackward ? ansatz.pairCount - 1 - k : k
      let bits = ansatz.bits(pair)
      if isBackward { mix(vectors, pair, support.rows, isBackward) }
      if !isBackward && ansatz.entanglingGate == .cnot {
        support.rows.applyCNOT(control: bits.control, target: bits.target)
      }
      fill(0, pair, support.rows, isNoisy: false)
      if isBackward && ansatz.entanglingGate == .cnot {
        support.rows.applyCNOT(control: bits.control, target: bits.target)
      }
      let groups = PauliVector<V>.groups(support.rows.dimension)
      run(vectors, 1, groups: groups, into: vectors, isBackward: isBackward)
      if !isBackward { mix(vectors, pair, support.rows, isBackward) }
      k += 1
    }
  }

  private func mix(_ vectors: UnsafeMutablePointer<V>, _ pair: Int, _ rows: PauliRows, _ isBackward: Bool) {
    guard let pairs = noise.pairs else { return }
    let bits = ansatz.bits(pair)
    GeneralPairPass(
      vector: PauliVector<V>(vectors: vectors, amplitudes: amplitudes), rows: rows, channel: pairs + pair,
      transposed: isBackward
    ).run(control: bits.control, target: bits.target)
  }
}

extension Ansatz {
  /// The bits of one of the entangler's pairs.
  func bits(_ pair: Int) -> (control: Int, target: Int) {
    let (control, target) = self.pair(pair)
    return (bit(of: control), bit(of: target))
  }
}
