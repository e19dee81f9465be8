/// Products across the lanes of states: every lane of one with every lane of another.
struct LaneGram<V: LaneVector> {
  let amplitudes: Int

  /// Single precision sums no more amplitudes than this before it adds to a double: rounding errors stay those of short
  /// sums, and the blocks of both states stay in the first-level cache.
  static var block: Int { 128 }

  /// Adds Re⟨a_k|b_l⟩ over the block of amplitudes from `start` on to forms[k · stride + l].
  /// - Parameter rows: how many lanes of `a` are wanted.
  func add(
    _ a: UnsafePointer<V>, _ b: UnsafePointer<V>, start: Int, rows: Int, to forms: UnsafeMutablePointer<Double>,
    stride: Int
  ) {
    let count = min(LaneGram.block, amplitudes &- start)
    let scalars = UnsafeRawPointer(a + 2 &* start).assumingMemoryBound(to: V.Scalar.self)
    let columns = b + 2 &* start
    var k = 0
    if V.lanes >= 4 {
      while k < rows {
        four(scalars + k, columns, count, forms + k &* stride, stride)
        k &+= 4
      }
    }
    while k < rows {
      one(scalars + k, columns, count, forms + k &* stride)
      k &+= 1
    }
  }

  @inline(__always)
  private func splat(_ scalars: UnsafePointer<V.Scalar>, _ vector: Int) -> V {
    V(repeating: scalars[vector &* V.lanes])
  }

  @inline(__always)
  private func add(_ sum: V, to forms: UnsafeMutablePointer<Double>) {
    var lane = 0
    while lane < V.lanes {
      forms[lane] += sum.lane(lane).double
      lane &+= 1
    }
  }

  private func one(
    _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V>, _ count: Int, _ forms: UnsafeMutablePointer<Double>
  ) {
    var (re, im) = (V.zero, V.zero)
    var i = 0
    while i < 2 &* count {
      re = re.adding(splat(a, i), times: b[i])
      im = im.adding(splat(a, i &+ 1), times: b[i &+ 1])
      i &+= 2
    }
    add(re + im, to: forms)
  }

  private func four(
    _ a: UnsafePointer<V.Scalar>, _ b: UnsafePointer<V>, _ count: Int, _ forms: UnsafeMutablePointer<Double>,
    _ stride: Int
  ) {
    var (re0, re1, re2, re3) = (V.zero, V.zero, V.zero, V.zero)
    var (im0, im1, im2, im3) = (V.zero, V.zero, V.zero, V.zero)
    var i = 0
    while i < 2 &* count {
      let (x, y) = (b[i], b[i &+ 1])
      re0 = re0.adding(splat(a, i), times: x)
      re1 = re1.adding(splat(a + 1, i), times: x)
      re2 = re2.adding(splat(a + 2, i), times: x)
      re3 = re3.adding(splat(a + 3, i), times: x)
      im0 = im0.adding(splat(a, i &+ 1), times: y)
      im1 = im1.adding(splat(a + 1, i &+ 1), times: y)
      im2 = im2.adding(splat(a + 2, i &+ 1), times: y)
      im3 = im3.adding(splat(a + 3, i &+ 1), times: y)
      i &+= 2
    }
    add(re0 + im0, to: forms)
    add(re1 + im1, to: forms + stride)
    add(re2 + im2, to: forms + 2 &* stride)
    add(re3 + im3, to: forms + 3 &* stride)
  }

  /// mixed_l (+)= Σ_k W_kl a_k over the block of amplitudes from `start` on.
  /// - Parameters:
  ///   - columns: `[k][lane l]`, for `rows` lanes k of `a`.
  ///   - adds: whether the sum so far stays.
  func mix(
    _ a: UnsafePointer<V>, _ columns: UnsafePointer<V>, start: Int, rows: Int, into mixed: UnsafeMutablePointer<V>,
    adds: Bool
  ) {
    let end = 2 &* min(start &+ LaneGram.block, amplitudes)
    var i = 2 &* start
    while i &+ 8 <= end {
      eight(a + i, columns, rows, mixed + i, adds)
      i &+= 8
    }
    while i < end {
      let scalars = UnsafeRawPointer(a + i).assumingMemoryBound(to: V.Scalar.self)
      var sum = adds ? mixed[i] : V.zero
      var k = 0
      while k < rows {
        sum = sum.adding(splat(scalars + k, 0), times: columns[k])
        k &+= 1
      }
      mixed[i] = sum
      i &+= 1
    }
  }

  @inline(__always)
  private func eight(
    _ a: UnsafePointer<V>, _ columns: UnsafePointer<V>, _ rows: Int, _ mixed: UnsafeMutablePointer<V>, _ adds: Bool
  ) {
    let scalars = UnsafeRawPointer(a).assumingMemoryBound(to: V.Scalar.self)
    var (x0, x1, x2, x3) = (V.zero, V.zero, V.zero, V.zero)
    var (x4, x5, x6, x7) = (V.zero, V.zero, V.zero, V.zero)
    if adds {
      (x0, x1, x2, x3) = (mixed[0], mixed[1], mixed[2], mixed[3])
      (x4, x5, x6, x7) = (mixed[4], mixed[5], mixed[6], mixed[7])
    }
    var k = 0
    while k < rows {
      let (column, s) = (columns[k], scalars + k)
      x0 = x0.adding(splat(s, 0), times: column)
      x1 = x1.adding(splat(s, 1), times: column)
      x2 = x2.adding(splat(s, 2), times: column)
      x3 = x3.adding(splat(s, 3), times: column)
      x4 = x4.adding(splat(s, 4), times: column)
      x5 = x5.adding(splat(s, 5), times: column)
      x6 = x6.adding(splat(s, 6), times: column)
      x7 = x7.adding(splat(s, 7), times: column)
      k &+= 1
    }
    (mixed[0], mixed[1], mixed[2], mixed[3]) = (x0, x1, x2, x3)
    (mixed[4], mixed[5], mixed[6], mixed[7]) = (x4, x5, x6, x7)
  }
}
