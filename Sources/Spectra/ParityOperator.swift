/// H on all X-basis states of one ∏X, by their index in a `ParityBasis`: a diagonal, and a cluster term a site that
/// adds an element times the amplitude at the index with some bits inverted.
struct ParityOperator: SymmetricOperator {
  let dimension: Int
  /// [2^(n−1)]
  private let diagonal: UnsafeMutablePointer<Double>
  /// Those that leave the lanes alone, then the others.
  private let flips: [Flip]
  private let wholeFlips: Int
  /// [flip][16] the sign that each lane gives the element.
  private let laneSigns: [Double]

  /// A cluster term in the states' indices, of which the lowest four bits number the lanes of a vector, and the others
  /// such blocks of sixteen.
  private struct Flip {
    /// The bits of lanes and of blocks that it inverts.
    let lanes: Int
    let blocks: Int
    /// The bits of a block that, where an odd number of them is set, turn the element's sign.
    let signs: Int
    let element: Double

    @inline(__always)
    func element(_ block: Int) -> Double { (block & signs).nonzeroBitCount & 1 == 0 ? element : -element }
  }

  /// - Parameter diagonal: [2^(n−1)], filled, and not to be changed while the operator is used.
  init(_ terms: ChainTerms, _ basis: ParityBasis, diagonal: UnsafeMutablePointer<Double>) {
    for index in 0..<basis.count { diagonal[index] = terms.diagonal(basis.state(index)) }
    var flips: [Flip] = []
    var laneSigns: [Double] = []
    // A term whose sign depends on the lane also inverts a bit of it.
    for invertsLanes in [false, true] {
      for site in terms.clusterSites {
        let inverted = basis.index(terms.spins.neighbours(site))
        if (inverted & 15 != 0) != invertsLanes { continue }
        // The last site's bit, which no index has, is the parity of all others, inverted for ∏X = −1.
        let isLast = site == terms.spins.qubits - 1
        let signs = isLast ? basis.count - 1 : 1 << site
        flips.append(
          Flip(
            lanes: inverted & 15, blocks: inverted >> 4, signs: signs >> 4,
            element: isLast && basis.parity == .minus ? terms.j : -terms.j))
        for lane in 0..<16 { laneSigns.append((lane & signs).nonzeroBitCount & 1 == 0 ? 1 : -1) }
      }
    }
    self.dimension = basis.count
    self.diagonal = diagonal
    self.wholeFlips = flips.count { $0.lanes == 0 }
    self.flips = flips
    self.laneSigns = laneSigns
  }

  func apply(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    flips.withUnsafeBufferPointer { flips in
      laneSigns.withUnsafeBufferPointer { laneSigns in
        guard let laneSigns = laneSigns.baseAddress, dimension >= 16 else {
          return applyToOneBlock(input, output)
        }
        for block in 0..<(dimension / 16) {
          var sum = load16(diagonal + 16 &* block) * load16(input + 16 &* block)
          for flip in flips[..<wholeFlips] {
            sum += flip.element(block) * load16(input + 16 &* (block ^ flip.blocks))
          }
          for number in wholeFlips..<flips.count {
            let flip = flips[number]
            let source = flip16(load16(input + 16 &* (block ^ flip.blocks)), flip.lanes)
            sum += flip.element(block) * load16(laneSigns + 16 &* number) * source
          }
          store16(sum, output + 16 &* block)
        }
      }
    }
  }

  /// Less than a block: a chain of three or four qubits.
  private func applyToOneBlock(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>) {
    for index in 0..<dimension {
      output[index] = diagonal[index] * input[index]
      for (number, flip) in flips.enumerated() {
        output[index] += flip.element * laneSigns[16 * number + index] * input[index ^ flip.lanes]
      }
    }
  }
}

/// Element i of the result is element i ^ lanes of the vector.
@inline(__always)
private func flip16(_ vector: SIMD16<Double>, _ lanes: Int) -> SIMD16<Double> {
  var result = vector
  if lanes & 1 != 0 { (result.evenHalf, result.oddHalf) = (result.oddHalf, result.evenHalf) }
  if lanes & 2 != 0 {
    let (low, high) = (result.lowHalf, result.highHalf)
    result = SIMD16(
      lowHalf: SIMD8(lowHalf: swapHalves(low.lowHalf), highHalf: swapHalves(low.highHalf)),
      highHalf: SIMD8(lowHalf: swapHalves(high.lowHalf), highHalf: swapHalves(high.highHalf)))
  }
  if lanes & 4 != 0 { result = SIMD16(lowHalf: swapHalves(result.lowHalf), highHalf: swapHalves(result.highHalf)) }
  if lanes & 8 != 0 { result = SIMD16(lowHalf: result.highHalf, highHalf: result.lowHalf) }
  return result
}

@inline(__always)
private func swapHalves(_ vector: SIMD8<Double>) -> SIMD8<Double> {
  SIMD8(lowHalf: vector.highHalf, highHalf: vector.lowHalf)
}

@inline(__always)
private func swapHalves(_ vector: SIMD4<Double>) -> SIMD4<Double> {
  SIMD4(lowHalf: vector.highHalf, highHalf: vector.lowHalf)
}

@inline(__always)
private func load16(_ source: UnsafePointer<Double>) -> SIMD16<Double> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<Double>.self)
}

@inline(__always)
private func store16(_ vector: SIMD16<Double>, _ target: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD16<Double>.self)
}
