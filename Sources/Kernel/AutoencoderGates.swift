/// RZ·RY·RX of one qubit: ((a, −b̄), (b, ā)).
struct QubitGate<V: LaneVector> {
  let a: LaneComplex<V>
  let b: LaneComplex<V>

  @inline(__always)
  init(a: LaneComplex<V>, b: LaneComplex<V>) {
    self.a = a
    self.b = b
  }

  /// - Parameter entries: `[a, b][re, im]`
  @inline(__always)
  init(_ entries: UnsafePointer<Double>) {
    self.init(a: LaneComplex(entries[0], entries[1]), b: LaneComplex(entries[2], entries[3]))
  }

  @inline(__always)
  var inverse: QubitGate { QubitGate(a: a.conjugate, b: b.negated) }

  @inline(__always)
  func apply(_ zero: LaneComplex<V>, _ one: LaneComplex<V>) -> (LaneComplex<V>, LaneComplex<V>) {
    ((a * zero).adding(b.conjugate.negated, times: one), (b * zero).adding(a.conjugate, times: one))
  }
}

/// exp(−i(t_x XX + t_y YY + t_z ZZ)) of two qubits. It mixes |00⟩ with |11⟩ and |01⟩ with |10⟩ only, each by a
/// symmetric matrix ((d, o), (o, d)): d = exp(∓it_z) cos(t_x ∓ t_y), o = −i exp(∓it_z) sin(t_x ∓ t_y), the upper sign
/// for the even two.
struct CouplingGate<V: LaneVector> {
  let even: (d: LaneComplex<V>, o: LaneComplex<V>)
  let odd: (d: LaneComplex<V>, o: LaneComplex<V>)

  @inline(__always)
  init(even: (d: LaneComplex<V>, o: LaneComplex<V>), odd: (d: LaneComplex<V>, o: LaneComplex<V>)) {
    self.even = even
    self.odd = odd
  }

  /// - Parameter entries: `[even, odd][d, o][re, im]`
  @inline(__always)
  init(_ entries: UnsafePointer<Double>) {
    self.init(
      even: (LaneComplex(entries[0], entries[1]), LaneComplex(entries[2], entries[3])),
      odd: (LaneComplex(entries[4], entries[5]), LaneComplex(entries[6], entries[7])))
  }

  /// A symmetric unitary's inverse is its conjugate.
  @inline(__always)
  var inverse: CouplingGate {
    CouplingGate(
      even: (even.d.conjugate, even.o.conjugate), odd: (odd.d.conjugate, odd.o.conjugate))
  }

  @inline(__always)
  static func mix(
    _ entries: (d: LaneComplex<V>, o: LaneComplex<V>), _ x: LaneComplex<V>, _ y: LaneComplex<V>
  ) -> (LaneComplex<V>, LaneComplex<V>) {
    ((entries.d * x).adding(entries.o, times: y), (entries.o * x).adding(entries.d, times: y))
  }
}

/// Calls the body with every index in which the bit is 0.
@inline(__always)
func forEachIndex(without bit: Int, of amplitudes: Int, _ body: (Int) -> Void) {
  let width = 1 &<< bit
  var high = 0
  while high < amplitudes {
    var index = high
    while index < high &+ width {
      body(index)
      index &+= 1
    }
    high &+= 2 &* width
  }
}

/// Calls the body with every index in which both bits are 0.
@inline(__always)
func forEachIndex(without first: Int, and second: Int, of amplitudes: Int, _ body: (Int) -> Void) {
  let (low, high) = (1 << min(first, second), 1 << max(first, second))
  var outer = 0
  while outer < amplitudes {
    var inner = outer
    while inner < outer &+ high {
      var index = inner
      while index < inner &+ low {
        body(index)
        index &+= 1
      }
      inner &+= 2 &* low
    }
    outer &+= 2 &* high
  }
}

extension LaneState {
  /// One qubit's rotations.
  @inline(__always)
  func apply(_ gate: QubitGate<V>, bit: Int, amplitudes: Int) {
    let width = 1 &<< bit
    forEachIndex(without: bit, of: amplitudes) { i in
      let (zero, one) = gate.apply(self[i], self[i &+ width])
      set(i, zero)
      set(i &+ width, one)
    }
  }

  /// One pair's couplings.
  @inline(__always)
  func apply(_ gate: CouplingGate<V>, first: Int, second: Int, amplitudes: Int) {
    let (p, q) = (1 << first, 1 << second)
    forEachIndex(without: first, and: second, of: amplitudes) { i in
      let (x00, x11) = CouplingGate.mix(gate.even, self[i], self[i &+ p &+ q])
      let (x10, x01) = CouplingGate.mix(gate.odd, self[i &+ p], self[i &+ q])
      set(i, x00)
      set(i &+ p &+ q, x11)
      set(i &+ p, x10)
      set(i &+ q, x01)
    }
  }
}
