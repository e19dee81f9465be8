import Kernel

/// A state of some bits of an amplitude's index, all its amplitudes in double precision: what sources are made and
/// tested with, where no kernel's layout is wanted.
struct DenseState {
  private(set) var real: [Double]
  private(set) var imaginary: [Double]
  /// The bits of the whole index that it has, as a mask.
  let bits: Int

  /// |index⟩ on the bits of a mask; the index counts those alone.
  init(index: Int, bits: Int) {
    self.bits = bits
    real = [Double](repeating: 0, count: 1 << bits.nonzeroBitCount)
    imaginary = real
    real[index] = 1
  }

  /// A real state on all bits.
  init(real: [Double]) {
    self.real = real
    imaginary = [Double](repeating: 0, count: real.count)
    bits = real.count - 1
  }

  /// Where a bit of the whole index stands here.
  private func position(_ bit: Int) -> Int { (bits & ((1 << bit) - 1)).nonzeroBitCount }

  private func mask(_ whole: Int) -> Int {
    var (mask, rest) = (0, whole)
    while rest != 0 {
      mask |= 1 << position(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
    return mask
  }

  /// Applies a program, whose steps are all on the state's bits.
  mutating func run(_ program: GateProgram) {
    for step in program.steps {
      switch step {
      case .turn(let bit, let index): turn(1 << position(bit), program.turns[index])
      case .cnot(let control, let target):
        let (control, target) = (1 << position(control), 1 << position(target))
        for i in real.indices where i & control != 0 && i & target == 0 {
          real.swapAt(i, i | target)
          imaginary.swapAt(i, i | target)
        }
      case .cz(let a, let b):
        let both = 1 << position(a) | 1 << position(b)
        for i in real.indices where i & both == both { (real[i], imaginary[i]) = (-real[i], -imaginary[i]) }
      }
    }
  }

  /// - Parameter u: `[a.re, a.im, b.re, b.im]` of [[a, −b*], [b, a*]].
  private mutating func turn(_ bit: Int, _ u: [Double]) {
    for i in real.indices where i & bit == 0 {
      let k = i | bit
      let (x, y) = ((real[i], imaginary[i]), (real[k], imaginary[k]))
      real[i] = u[0] * x.0 - u[1] * x.1 - u[2] * y.0 - u[3] * y.1
      imaginary[i] = u[0] * x.1 + u[1] * x.0 - u[2] * y.1 + u[3] * y.0
      real[k] = u[2] * x.0 - u[3] * x.1 + u[0] * y.0 + u[1] * y.1
      imaginary[k] = u[2] * x.1 + u[3] * x.0 + u[0] * y.1 - u[1] * y.0
    }
  }

  /// Σ weight · string, applied: O|ψ⟩.
  func applying(_ terms: [PauliTerm]) -> DenseState {
    var result = self
    for i in real.indices { (result.real[i], result.imaginary[i]) = (0, 0) }
    for term in terms {
      let (flips, signs) = (mask(Int(term.flips)), mask(Int(term.signs)))
      for i in real.indices {
        let weight = (i & signs).nonzeroBitCount % 2 == 0 ? term.weight : -term.weight
        // i^phase: 1, i, −1, −i.
        let value = [
          (real[i], imaginary[i]), (-imaginary[i], real[i]), (-real[i], -imaginary[i]), (imaginary[i], -real[i]),
        ][Int(term.phase)]
        result.real[i ^ flips] += weight * value.0
        result.imaginary[i ^ flips] += weight * value.1
      }
    }
    return result
  }

  /// ⟨self|other⟩.
  func product(_ other: DenseState) -> (real: Double, imaginary: Double) {
    var sum = (real: 0.0, imaginary: 0.0)
    for i in real.indices {
      sum.real += real[i] * other.real[i] + imaginary[i] * other.imaginary[i]
      sum.imaginary += real[i] * other.imaginary[i] - imaginary[i] * other.real[i]
    }
    return sum
  }
}
