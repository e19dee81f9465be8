/// One entangling gate and its channel, as they act on a Pauli vector's sign parts: rows stay where they are (the gate
/// changes their basis), so that every row has a real 4 × 4 matrix on the pair's two sign bits, which the row's two
/// flip bits choose.
///
/// Gate U, string P = X^x · Z^z: U†PU = ±P′ with P′ by `PauliMasks.pulledBack`. The sign is − for a CNOT where
/// x_c ∧ z_t ∧ (x_t = z_c), for a CZ where x_c ∧ x_t ∧ (z_c ⊕ z_t).
struct PairStep {
  enum Kind: UInt8 {
    /// Letters are scaled: Pauli noise.
    case diagonal
    /// Letters also lose Zs: relaxation.
    case triangular
    case dense
  }

  var kind: Kind
  var isCNOT: Bool
  var control: Int
  var target: Int
  /// The masks whose parity with a group is a part of its rows' flip bits.
  var controlGroups: Int
  var targetGroups: Int

  /// Coefficients of a step and a combination of group parities: `[z before the channel's transpose][z after]`, by
  /// z = 2 z_c + z_t.
  static var slots: Int { 16 }

  /// The combinations of group parities that a vector of so many groups can have.
  static func combinations(groups: Int) -> Int { groups == 1 ? 1 : 4 }

  @inline(__always)
  func combination(_ group: Int) -> Int {
    (BasisIndex.isOdd(group, controlGroups) ? 2 : 0) | (BasisIndex.isOdd(group, targetGroups) ? 1 : 0)
  }
}

/// Makes a step's coefficients.
struct PairStepTable<V: LaneVector> {
  /// `[combination][slot]`
  let coefficients: UnsafeMutablePointer<V>
  let combinations: Int

  /// - Parameters:
  ///   - rows: behind the gate.
  ///   - channel: nil without noise.
  func fill(
    gate: EntanglingGate, control: Int, target: Int, rows: PauliRows, channel: UnsafePointer<PairChannel>?
  ) -> PairStep {
    let (c, t) = (rows.mask(control), rows.mask(target))
    var kind = PairStep.Kind.diagonal
    if let channel, channel.pointee.hasOffDiagonal {
      kind = channel.pointee.onlyLosesSigns ? .triangular : .dense
    }
    if gate == .cz { kind = .dense }
    // `[flip bits 2 x_c + x_t][slot]`
    var entries = InlineArray<64, Double>(repeating: 0)
    var flips = 0
    while flips < 4 {
      fill(flips, gate, channel, &entries)
      flips &+= 1
    }
    spread(entries, c, t)
    return PairStep(
      kind: kind, isCNOT: gate == .cnot, control: control, target: target,
      controlGroups: c &>> PauliVector<V>.laneBits, targetGroups: t &>> PauliVector<V>.laneBits)
  }

  /// The coefficients of all rows with these flip bits.
  private func fill(
    _ flips: Int, _ gate: EntanglingGate, _ channel: UnsafePointer<PairChannel>?,
    _ entries: inout InlineArray<64, Double>
  ) {
    var z = 0
    while z < 4 {
      // With CNOTs the permutation of z, the same for all rows, is left to the pass.
      let after = gate == .cnot ? z : z ^ (flips &>> 1) ^ ((flips & 1) &<< 1)
      let column = PairStepTable.letters(flips, z)
      let isNegative = PairStepTable.isNegative(gate, flips, z)
      var before = 0
      while before < 4 {
        let row = PairStepTable.letters(flips, before)
        let entry = channel.map { PairChannel.entry(row, column, of: $0) } ?? (row == column ? 1 : 0)
        entries[PairStep.slots &* flips &+ 4 &* after &+ before] = isNegative ? -entry : entry
        before &+= 1
      }
      z &+= 1
    }
  }

  /// Puts the coefficients where rows with their flip bits are.
  private func spread(_ entries: InlineArray<64, Double>, _ c: Int, _ t: Int) {
    let scalars = UnsafeMutableRawPointer(coefficients).assumingMemoryBound(to: V.Scalar.self)
    var lane = 0
    while lane < V.lanes {
      let flips = (BasisIndex.isOdd(lane, c) ? 2 : 0) | (BasisIndex.isOdd(lane, t) ? 1 : 0)
      var combination = 0
      while combination < combinations {
        let first = PairStep.slots &* (flips ^ combination)
        let place = scalars + combination &* PairStep.slots &* V.lanes + lane
        var slot = 0
        while slot < PairStep.slots {
          place[slot &* V.lanes] = V.Scalar(rounding: entries[first &+ slot])
          slot &+= 1
        }
        combination &+= 1
      }
      lane &+= 1
    }
  }

  /// The pair of letters, as a channel counts them.
  private static func letters(_ flips: Int, _ signs: Int) -> Int {
    4 &* Letter.of(flip: flips &>> 1, sign: signs &>> 1) &+ Letter.of(flip: flips & 1, sign: signs & 1)
  }

  private static func isNegative(_ gate: EntanglingGate, _ flips: Int, _ z: Int) -> Bool {
    let (xc, xt, zc, zt) = (flips &>> 1, flips & 1, z &>> 1, z & 1)
    return gate == .cnot ? xc & zt == 1 && xt == zc : xc & xt & (zc ^ zt) == 1
  }
}
