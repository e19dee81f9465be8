/// The pass between two layers for vectors of several amplitudes. What `IndexedPass` does with a vector for each of
/// them is done here within one: the load brings them together from their places, real and imaginary parts and the
/// pairs of the lowest bits change places in it. Each real goes through the same operations in the same order.
struct PackedPass<N: PackedVector>: LowBitsPass {
  let amplitudeBytes: Int
  let source: Source
  /// `[amplitude]`, the layer's diagonal.
  let re: UnsafePointer<N.Scalar>
  let im: UnsafePointer<N.Scalar>
  /// Tangents of the lowest bits.
  let tangents: UnsafePointer<N.Scalar>

  init(_ tables: CircuitTables, layer: Int, amplitudeBytes: Int) {
    self.amplitudeBytes = amplitudeBytes
    source = Source(tables, layer: layer)
    let amplitudes = tables.ansatz.amplitudes
    let diagonal = tables.diagonal.assumingMemoryBound(to: N.Scalar.self)
    re = UnsafePointer(diagonal + 2 * layer * amplitudes)
    im = re + amplitudes
    tangents = UnsafePointer(tables.tangent.assumingMemoryBound(to: N.Scalar.self)) + layer * tables.ansatz.qubits
  }

  /// Amplitudes in a vector.
  private var count: Int { MemoryLayout<N>.stride / amplitudeBytes }

  /// Those that share a vector: none to three.
  var bits: Int { count.trailingZeroBitCount }

  func load(_ input: UnsafePointer<N>, into output: UnsafeMutablePointer<N>, _ block: Range<Int>) {
    switch count {
    case 8: load(input, output, block, count: 8)
    case 4: load(input, output, block, count: 4)
    case 2: load(input, output, block, count: 2)
    default: load(input, output, block, count: 1)
    }
  }

  func unload(_ input: UnsafePointer<N>, into output: UnsafeMutablePointer<N>, _ block: Range<Int>) {
    switch count {
    case 8: unload(input, output, block, count: 8)
    case 4: unload(input, output, block, count: 4)
    case 2: unload(input, output, block, count: 2)
    default: unload(input, output, block, count: 1)
    }
  }

  @inline(__always)
  private func load(
    _ input: UnsafePointer<N>, _ output: UnsafeMutablePointer<N>, _ block: Range<Int>, count: Int
  ) {
    let turns = Turns(tangents, sign: 1, count: count)
    let amplitudeBytes = MemoryLayout<N>.stride / count
    let state = UnsafeRawPointer(input)
    var places = self.places(count)
    var (b, vector) = (block.lowerBound, block.lowerBound / count)
    while b < block.upperBound {
      places.first = source.base(b) &* amplitudeBytes
      let x = N.gathered(state, places, count: count)
      let (a, i) = (N.repeated(re + b, count: count), N.repeated(im + b, count: count))
      output[vector] = turns.of((x * a).adding(turns.crossed(x), times: i))
      b &+= count
      vector &+= 1
    }
  }

  @inline(__always)
  private func unload(
    _ input: UnsafePointer<N>, _ output: UnsafeMutablePointer<N>, _ block: Range<Int>, count: Int
  ) {
    let turns = Turns(tangents, sign: -1, count: count)
    let amplitudeBytes = MemoryLayout<N>.stride / count
    let state = UnsafeMutableRawPointer(output)
    var places = self.places(count)
    var (b, vector) = (block.lowerBound, block.lowerBound / count)
    while b < block.upperBound {
      let x = turns.of(input[vector])
      let (a, i) = (N.repeated(re + b, count: count), N.repeated(im + b, count: count))
      places.first = source.base(b) &* amplitudeBytes
      (x * a).subtracting(turns.crossed(x), times: i).scattered(state, places, count: count)
      b &+= count
      vector &+= 1
    }
  }

  /// A small state may have no table entries for bits that do not share a vector.
  @inline(__always)
  private func places(_ count: Int) -> PackedPlaces {
    PackedPlaces(
      first: 0, bit0: count > 1 ? source.offset(1) &* amplitudeBytes : 0,
      bit1: count > 2 ? source.offset(2) &* amplitudeBytes : 0,
      bit2: count > 4 ? source.offset(4) &* amplitudeBytes : 0)
  }

  /// What changes places within a vector.
  private struct Turns {
    let count: Int
    /// Reals of an amplitude.
    let reals: Int
    /// Of the real parts of i·x.
    let minus: N
    let k0: N
    let k1: N
    let k2: N

    @inline(__always)
    init(_ tangents: UnsafePointer<N.Scalar>, sign: Double, count: Int) {
      (self.count, reals) = (count, N.lanes / count)
      minus = N.signs(reals / 2, of: 0)
      let sign = N.Scalar(rounding: sign)
      k0 = count > 1 ? N.signs(reals, of: 1) * N(repeating: tangents[0] * sign) : N.zero
      k1 = count > 2 ? N.signs(2 &* reals, of: 1) * N(repeating: tangents[1] * sign) : N.zero
      k2 = count > 4 ? N.signs(4 &* reals, of: 1) * N(repeating: tangents[2] * sign) : N.zero
    }

    /// i·x.
    @inline(__always)
    func crossed(_ x: N) -> N { x.exchanged(reals / 2).negated(minus) }

    /// Ry of the lowest bits.
    @inline(__always)
    func of(_ x: N) -> N {
      var x = x
      if count > 1 { x = x.adding(x.exchanged(reals), times: k0) }
      if count > 2 { x = x.adding(x.exchanged(2 &* reals), times: k1) }
      if count > 4 { x = x.adding(x.exchanged(4 &* reals), times: k2) }
      return x
    }
  }
}
