/// An observable, or a weighted sum of density matrices, as real coefficients of Pauli strings: `[group of rows][z]` of
/// lane vectors. The lanes of a group are the rows at V.lanes successive positions (`PauliRows`), z is the string's
/// sign part. Lanes beyond the last row hold zeros.
struct PauliVector<V: LaneVector> {
  let vectors: UnsafeMutablePointer<V>
  /// The number of sign parts, 2ⁿ.
  let amplitudes: Int

  static func groups(_ dimension: Int) -> Int { max(1, (1 &<< dimension) / V.lanes) }

  /// The low bits of a position.
  static var laneMask: Int { V.lanes &- 1 }
  static var laneBits: Int { V.lanes.trailingZeroBitCount }

  @inline(__always)
  func group(_ group: Int) -> UnsafeMutablePointer<V> { vectors + group &* amplitudes }

  @inline(__always)
  var scalars: UnsafeMutablePointer<V.Scalar> {
    UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: V.Scalar.self)
  }

  /// Where the scalar of a position and a sign part stands.
  @inline(__always)
  func place(_ position: Int, _ z: Int) -> Int {
    ((position &>> PauliVector.laneBits) &* amplitudes &+ z) &* V.lanes &+ (position & PauliVector.laneMask)
  }

  func clear(groups: Range<Int>) {
    var i = groups.lowerBound &* amplitudes
    while i < groups.upperBound &* amplitudes {
      vectors[i] = .zero
      i &+= 1
    }
  }
}

extension BasisIndex {
  /// True where an odd number of the mask's bits is set in a position.
  @inline(__always)
  static func isOdd(_ position: Int, _ mask: Int) -> Bool { (position & mask).nonzeroBitCount & 1 == 1 }

  /// The index whose other bits are those of `rest`, in their order, with a 0 put in at a bit.
  @inline(__always)
  static func inserting(zeroAt bit: Int, _ rest: Int) -> Int {
    let low = (1 &<< bit) &- 1
    return (rest & low) | ((rest & ~low) &<< 1)
  }
}

extension LaneVector {
  /// 1 in the lanes that have an odd number of the mask's bits, else 0; with `flips` the other way round.
  static func odd(_ mask: Int, flips: Bool) -> Self {
    var result = zero
    var lane = 0
    while lane < lanes {
      if BasisIndex.isOdd(lane, mask) != flips { result.setLane(lane, Scalar(rounding: 1)) }
      lane &+= 1
    }
    return result
  }

  init(_ value: Double) { self.init(repeating: Scalar(rounding: value)) }
}
