// Sums run in eight interleaved partial sums of a fixed order, so that a result has the same bits on every run.

/// Σ left[i] right[i].
func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  let whole = count & ~7
  for start in stride(from: 0, to: whole, by: 8) {
    sums += load8(left + start) * load8(right + start)
  }
  var total = sums.sum()
  for position in whole..<count { total += left[position] * right[position] }
  return total
}

func norm(_ vector: UnsafePointer<Double>, _ count: Int) -> Double { dot(vector, vector, count).squareRoot() }

/// target += factor · source.
func addScaled(
  _ factor: Double, _ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>, _ count: Int
) {
  for position in 0..<count { target[position] += factor * source[position] }
}

/// target += factor · source, and then Σ other[i] target[i].
func addScaled(
  _ factor: Double, _ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Double>,
  thenDot other: UnsafePointer<Double>, _ count: Int
) -> Double {
  var sums = SIMD8<Double>.zero
  let whole = count & ~7
  for start in stride(from: 0, to: whole, by: 8) {
    store8(load8(target + start) + factor * load8(source + start), target + start)
    sums += load8(other + start) * load8(target + start)
  }
  var total = sums.sum()
  for position in whole..<count {
    target[position] += factor * source[position]
    total += other[position] * target[position]
  }
  return total
}

func scale(_ vector: UnsafeMutablePointer<Double>, by factor: Double, _ count: Int) {
  for position in 0..<count { vector[position] *= factor }
}

/// Fixed sequences without any symmetry of the chain, in [−0.5, 0.5) (splitmix64 of the position): Lanczos starts from
/// them. Not a random source for anything else.
enum StartPattern: UInt64 {
  case groundState = 1
  /// Must differ from the other: what a recurrence leaves of its own start holds no second state of a degenerate level.
  case nextLevel = 2
}

func fill(_ vector: UnsafeMutablePointer<Double>, with pattern: StartPattern, _ count: Int) {
  for position in 0..<count {
    var bits = (pattern.rawValue << 32 | UInt64(truncatingIfNeeded: position)) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    vector[position] = Double(bits >> 11) * 0x1p-53 - 0.5
  }
}

@inline(__always)
private func load8(_ source: UnsafePointer<Double>) -> SIMD8<Double> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD8<Double>.self)
}

@inline(__always)
private func store8(_ vector: SIMD8<Double>, _ target: UnsafeMutablePointer<Double>) {
  UnsafeMutableRawPointer(target).storeBytes(of: vector, as: SIMD8<Double>.self)
}
