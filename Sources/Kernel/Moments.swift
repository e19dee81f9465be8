/// The cross moments Im⟨λ|P|ψ⟩ of the Pauli matrices of every qubit at one point of the circuit. For a rotation
/// exp(−iφP/2) that ends at that point, the moment is ∂(Σ w⟨O⟩)/∂φ.
struct Moments<V: LaneVector> {
  let qubits: Int

  private var amplitudes: Int { 1 << qubits }

  /// Adds to `moments`, `[bit][x, y, z]`, summed over lanes. `products` is `[amplitude]`, overwritten.
  func add(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, products: UnsafeMutablePointer<V>,
    to moments: UnsafeMutablePointer<Double>
  ) {
    var bit = 0
    while bit + 1 < qubits {
      pair(psi, lambda, bit, moments + 3 * bit)
      bit += 2
    }
    if bit < qubits { single(psi, lambda, bit, moments + 3 * bit) }
    addZ(psi, lambda, products, moments)
  }

  /// X: Im(λ0*ψ1 + λ1*ψ0) of one pair of complex amplitudes, and Y: Re(λ1*ψ0 − λ0*ψ1). Each has two sums, so that a
  /// multiply-add rarely waits for the one before it.
  private struct Sums {
    var (x0, x1, y0, y1) = (V.zero, V.zero, V.zero, V.zero)

    @inline(__always)
    mutating func add(_ p0: (V, V), _ p1: (V, V), _ l0: (V, V), _ l1: (V, V)) {
      x0 = x0.adding(l0.0, times: p1.1).adding(l1.0, times: p0.1)
      x1 = x1.adding(l0.1, times: p1.0).adding(l1.1, times: p0.0)
      y0 = y0.adding(l1.0, times: p0.0).adding(l1.1, times: p0.1)
      y1 = y1.adding(l0.0, times: p1.0).adding(l0.1, times: p1.1)
    }

    @inline(__always)
    func finish(_ moments: UnsafeMutablePointer<Double>) {
      moments[0] += (x0 - x1).laneSum
      moments[1] += (y0 - y1).laneSum
    }
  }

  @inline(__always)
  private func amplitude(_ state: UnsafePointer<V>, _ i: Int) -> (V, V) { (state[2 &* i], state[2 &* i &+ 1]) }

  private func pair(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ bit: Int, _ moments: UnsafeMutablePointer<Double>
  ) {
    let width = 1 << bit
    var (lower, upper) = (Sums(), Sums())
    var high = 0
    while high < amplitudes {
      var b = high
      while b < high &+ width {
        let (p0, p1) = (amplitude(psi, b), amplitude(psi, b &+ width))
        let (p2, p3) = (amplitude(psi, b &+ 2 &* width), amplitude(psi, b &+ 3 &* width))
        let (l0, l1) = (amplitude(lambda, b), amplitude(lambda, b &+ width))
        let (l2, l3) = (amplitude(lambda, b &+ 2 &* width), amplitude(lambda, b &+ 3 &* width))
        lower.add(p0, p1, l0, l1)
        upper.add(p0, p2, l0, l2)
        lower.add(p2, p3, l2, l3)
        upper.add(p1, p3, l1, l3)
        b &+= 1
      }
      high &+= 4 &* width
    }
    lower.finish(moments)
    upper.finish(moments + 3)
  }

  private func single(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ bit: Int, _ moments: UnsafeMutablePointer<Double>
  ) {
    let width = 1 << bit
    var sums = Sums()
    var high = 0
    while high < amplitudes {
      var b = high
      while b < high &+ width {
        let (p0, p1) = (amplitude(psi, b), amplitude(psi, b &+ width))
        let (l0, l1) = (amplitude(lambda, b), amplitude(lambda, b &+ width))
        sums.add(p0, p1, l0, l1)
        b &+= 1
      }
      high &+= 2 &* width
    }
    sums.finish(moments)
  }

  /// Z: the products Im(λ*ψ) folded, which gives all bits for 2N additions.
  private func addZ(
    _ psi: UnsafePointer<V>, _ lambda: UnsafePointer<V>, _ products: UnsafeMutablePointer<V>,
    _ moments: UnsafeMutablePointer<Double>
  ) {
    var i = 0
    while i < amplitudes {
      let (p, l) = (amplitude(psi, i), amplitude(lambda, i))
      products[i] = (l.0 * p.1).subtracting(l.1, times: p.0)
      i &+= 1
    }
    var bit = qubits - 1
    while bit >= 0 {
      moments[3 * bit + 2] += fold(products, bit: bit).laneSum
      bit -= 1
    }
  }
}
