import Kernel

/// Observables as a device reads them (PAPER.md section 10): each measured letter P of a qubit becomes offset + factor
/// · P, so that a string of w letters becomes up to 2^w strings. `FoldedNetwork` does this itself; trajectories take
/// these terms instead.
public struct ReadTerms: Sendable {
  /// Without those of no letter and of weight 0; strings that are the same in one logit are one term.
  public private(set) var terms: [PauliTerm] = []
  /// `[logit]`: what is left without a letter, for states of norm 1. Where states are not, it is that times ⟨1⟩: a
  /// term of no letter.
  public private(set) var constants: [Double]

  /// - Parameters:
  ///   - terms: not pulled back; each of a logit in `0 ..< logits`.
  ///   - flips: `[qubit]`
  public init(_ terms: [PauliTerm], flips: [ReadoutFlips], ansatz: Ansatz, logits: Int) {
    constants = [Double](repeating: 0, count: logits)
    var places: [Key: Int] = [:]
    for term in terms {
      let letters = term.flips | term.signs
      // Every subset of the string's letters.
      var kept = letters
      while true {
        add(term, kept, flips, ansatz, &places)
        if kept == 0 { break }
        kept = (kept &- 1) & letters
      }
    }
    self.terms.removeAll { $0.weight == 0 }
  }

  private struct Key: Hashable {
    let flips, signs, logit: UInt32
  }

  private mutating func add(
    _ term: PauliTerm, _ kept: UInt32, _ flips: [ReadoutFlips], _ ansatz: Ansatz, _ places: inout [Key: Int]
  ) {
    var weight = term.weight
    for (qubit, flip) in flips.enumerated() {
      let bit: UInt32 = 1 << UInt32(ansatz.bit(of: qubit))
      if (term.flips | term.signs) & bit != 0 { weight *= kept & bit != 0 ? flip.factor : flip.offset }
    }
    if weight == 0 { return }
    if kept == 0 {
      constants[Int(term.logit)] += weight
      return
    }
    let (flipped, signed) = (term.flips & kept, term.signs & kept)
    let key = Key(flips: flipped, signs: signed, logit: term.logit)
    if let place = places[key] {
      terms[place].weight += weight
    } else {
      places[key] = terms.count
      terms.append(
        PauliTerm(
          weight: weight, x: flipped & ~signed, y: flipped & signed, z: signed & ~flipped, logit: Int(term.logit)))
    }
  }
}
