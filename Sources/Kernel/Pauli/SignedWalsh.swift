/// Between Pauli coefficients and the one real form of a Hermitian matrix. For an observable Σ o(x, z) P(x, z), with
/// P(x, z) = i^|x ∧ z| X^x Z^z, the real numbers
///
///     W_x(j) = Σ_z s(|x ∧ z|) (−1)^(z·j) o(x, z),  s = +, +, −, − by the number of Ys modulo 4,
///
/// are the matrix: with ψ = u + iv, ⟨O⟩ = Σ_x,j W_x(j) (u_{j⊕x} (u − v)_j + v_{j⊕x} (u + v)_j). Even numbers of Ys give
/// what is symmetric under j ↔ j ⊕ x, the real part, and odd ones what is antisymmetric, the imaginary part; of the
/// products only the fitting part survives the sum.
///
/// The sign is no product over qubits, but s(|y|) = Π_q (−1)^(y_q · parity of y below q): qubits are transformed from
/// the highest down, each with the parity of those below, whose z are z still. A parity is linear in the row, so all
/// lanes' signs come from a table of V.lanes vectors.
struct SignedWalsh<V: LaneVector> {
  let rows: PauliRows
  /// What is added to every row.
  let coset: UInt32
  let amplitudes: Int
  /// `[V.lanes]`: (−1)^(parity of lane ∧ pattern) by the pattern.
  let signs: UnsafeMutablePointer<V>
  /// `[z]`: the pattern, whose bit i is the parity of z with the i-th basis row.
  let patterns: UnsafeMutablePointer<UInt8>

  /// Fills the two tables.
  func prepare() {
    var pattern = 0
    while pattern < V.lanes {
      signs[pattern] = V(1) - V.odd(pattern, flips: false) * V(2)
      pattern &+= 1
    }
    patterns[0] = 0
    var z = 1
    while z < amplitudes {
      let rest = z & (z &- 1)
      patterns[z] = rest == 0 ? single(z.trailingZeroBitCount) : patterns[rest] ^ patterns[z ^ rest]
      z &+= 1
    }
  }

  private func single(_ bit: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: rows.mask(bit) & PauliVector<V>.laneMask)
  }

  private var topBit: Int { amplitudes.trailingZeroBitCount &- 1 }

  /// Coefficients to the form.
  func forms(_ source: UnsafePointer<V>, group: Int, into target: UnsafeMutablePointer<V>) {
    var bit = topBit
    while bit >= 0 {
      let from = bit == topBit ? source : UnsafePointer(target)
      eachSign(bit, group) { z, sign in
        let width = 1 &<< bit
        var i = z
        while i < amplitudes {
          let (a, b) = (from[i], from[i &+ width])
          target[i] = a.adding(sign, times: b)
          target[i &+ width] = a.subtracting(sign, times: b)
          i &+= 2 &* width
        }
      }
      bit &-= 1
    }
  }

  /// The transpose, in place: from Σ w (u_{j⊕x} (u − v)_j + v_{j⊕x} (u + v)_j) to Σ w tr(ρP).
  func coefficients(_ values: UnsafeMutablePointer<V>, group: Int) {
    var bit = 0
    while bit <= topBit {
      eachSign(bit, group) { z, sign in
        let width = 1 &<< bit
        var i = z
        while i < amplitudes {
          let (a, b) = (values[i], values[i &+ width])
          values[i] = a + b
          values[i &+ width] = (a - b) * sign
          i &+= 2 &* width
        }
      }
      bit &+= 1
    }
  }

  /// Each z of the bits below, with the sign that Z of the bit gets there.
  @inline(__always)
  private func eachSign(_ bit: Int, _ group: Int, _ body: (Int, V) -> Void) {
    let row = rows.row(group &* V.lanes) ^ coset
    let isFlipped = row & BasisIndex.single(bit) != 0
    let flipped = V.odd(Int(single(bit)), flips: isFlipped)
    let kept = V(1) - flipped
    var z = 0
    while z < 1 &<< bit {
      let isOdd = BasisIndex.isOdd(UInt32(truncatingIfNeeded: z), row)
      let sign = signs[Int(patterns[z])] * flipped
      body(z, isOdd ? kept - sign : kept + sign)
      z &+= 1
    }
  }
}
