/// One group of samples through the matrices of the logits.
struct MatrixSweep<V: LaneVector> {
  let matrices: LogitMatrices
  /// `[product]`, then `[amplitude]` for the real state that factors make.
  let products: UnsafeMutablePointer<V>
  /// `[lane][logit]`
  let logits: UnsafeMutablePointer<Double>

  private var amplitudes: Int { matrices.ansatz.amplitudes }
  private var count: Int { LogitMatrices.products(qubits: matrices.ansatz.qubits, isReal: matrices.isReal) }

  func run(_ input: UnsafePointer<V>, branches: Int) {
    if matrices.inputForm == .factors {
      let state = products + count
      expand(input, into: state)
      setReal(state, stride: 1, adds: false)
    } else {
      var branch = 0
      while branch < branches {
        let state = input + 2 &* amplitudes &* branch
        if matrices.isReal {
          setReal(state, stride: 2, adds: branch > 0)
        } else {
          setComplex(state, adds: branch > 0)
        }
        branch &+= 1
      }
    }
    var logit = 0
    while logit &+ 2 <= matrices.logits {
      two(logit)
      logit &+= 2
    }
    if logit < matrices.logits { one(logit) }
    var lane = 0
    while lane < V.lanes {
      matrices.readout.apply(logits + lane &* matrices.logits)
      lane &+= 1
    }
  }

  /// The product state of `[qubit][0, 1]` factors, by doubling.
  private func expand(_ factors: UnsafePointer<V>, into state: UnsafeMutablePointer<V>) {
    // bit(of:) is its own inverse: the qubit that stands at this bit.
    let lowest = factors + 2 &* matrices.ansatz.bit(of: 0)
    state[0] = lowest[0]
    state[1] = lowest[1]
    var bit = 1
    while bit < matrices.ansatz.qubits {
      let pair = factors + 2 &* matrices.ansatz.bit(of: bit)
      let (zero, one, width) = (pair[0], pair[1], 1 &<< bit)
      var i = 0
      while i < width {
        let value = state[i]
        state[i] = value * zero
        state[i &+ width] = value * one
        i &+= 1
      }
      bit &+= 1
    }
  }

  /// - Parameters:
  ///   - stride: vectors from one amplitude's real part to the next one's.
  ///   - adds: whether the products so far, of other branches, stay.
  @inline(__always)
  private func setReal(_ state: UnsafePointer<V>, stride: Int, adds: Bool) {
    let amplitudes = amplitudes
    var product = products
    var k = 0
    while k < amplitudes {
      let x = state[k &* stride]
      var l = k
      while l < amplitudes {
        let value = x * state[l &* stride]
        product[0] = adds ? product[0] + value : value
        product += 1
        l &+= 1
      }
      k &+= 1
    }
  }

  private func setComplex(_ state: UnsafePointer<V>, adds: Bool) {
    let amplitudes = amplitudes
    var product = products
    var k = 0
    while k < amplitudes {
      let (x, y) = (state[2 &* k], state[2 &* k &+ 1])
      let square = (x * x).adding(y, times: y)
      product[0] = adds ? product[0] + square : square
      product += 1
      var l = k &+ 1
      while l < amplitudes {
        let (u, v) = (state[2 &* l], state[2 &* l &+ 1])
        let re = (x * u).adding(y, times: v)
        let im = (x * v).subtracting(y, times: u)
        product[0] = adds ? product[0] + re : re
        product[1] = adds ? product[1] + im : im
        product += 2
        l &+= 1
      }
      k &+= 1
    }
  }

  @inline(__always)
  private func entries(_ logit: Int) -> UnsafePointer<V.Scalar> {
    UnsafePointer(matrices.entries.assumingMemoryBound(to: V.Scalar.self)) + logit &* count
  }

  @inline(__always)
  private func store(_ sum: V, _ logit: Int) {
    var lane = 0
    while lane < V.lanes {
      logits[lane &* matrices.logits &+ logit] = sum.lane(lane).double
      lane &+= 1
    }
  }

  private func one(_ logit: Int) {
    let (h, count) = (entries(logit), count)
    var (x0, x1, x2, x3) = (V.zero, V.zero, V.zero, V.zero)
    var i = 0
    while i &+ 4 <= count {
      x0 = x0.adding(products[i], times: V(repeating: h[i]))
      x1 = x1.adding(products[i &+ 1], times: V(repeating: h[i &+ 1]))
      x2 = x2.adding(products[i &+ 2], times: V(repeating: h[i &+ 2]))
      x3 = x3.adding(products[i &+ 3], times: V(repeating: h[i &+ 3]))
      i &+= 4
    }
    while i < count {
      x0 = x0.adding(products[i], times: V(repeating: h[i]))
      i &+= 1
    }
    store((x0 + x1) + (x2 + x3), logit)
  }

  /// Two logits share the loads of the products.
  private func two(_ logit: Int) {
    let (h, g, count) = (entries(logit), entries(logit &+ 1), count)
    var (x0, x1, x2, x3) = (V.zero, V.zero, V.zero, V.zero)
    var (y0, y1, y2, y3) = (V.zero, V.zero, V.zero, V.zero)
    var i = 0
    while i &+ 4 <= count {
      let (p0, p1, p2, p3) = (products[i], products[i &+ 1], products[i &+ 2], products[i &+ 3])
      x0 = x0.adding(p0, times: V(repeating: h[i]))
      y0 = y0.adding(p0, times: V(repeating: g[i]))
      x1 = x1.adding(p1, times: V(repeating: h[i &+ 1]))
      y1 = y1.adding(p1, times: V(repeating: g[i &+ 1]))
      x2 = x2.adding(p2, times: V(repeating: h[i &+ 2]))
      y2 = y2.adding(p2, times: V(repeating: g[i &+ 2]))
      x3 = x3.adding(p3, times: V(repeating: h[i &+ 3]))
      y3 = y3.adding(p3, times: V(repeating: g[i &+ 3]))
      i &+= 4
    }
    while i < count {
      x0 = x0.adding(products[i], times: V(repeating: h[i]))
      y0 = y0.adding(products[i], times: V(repeating: g[i]))
      i &+= 1
    }
    store((x0 + x1) + (x2 + x3), logit)
    store((y0 + y1) + (y2 + y3), logit &+ 1)
  }
}
