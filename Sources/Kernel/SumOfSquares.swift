/// Σ numbers², in sixteen partial sums of a fixed order, since each addition waits for the one before it.
@_noAllocation
public func sumOfSquares(_ numbers: UnsafePointer<Double>, count: Int) -> Double {
  let bytes = UnsafeRawPointer(numbers)
  var (even, odd) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
  let whole = count & ~15
  var i = 0
  while i < whole {
    let first = bytes.loadUnaligned(fromByteOffset: 8 &* i, as: SIMD8<Double>.self)
    let second = bytes.loadUnaligned(fromByteOffset: 8 &* i &+ 64, as: SIMD8<Double>.self)
    even += first * first
    odd += second * second
    i &+= 16
  }
  var sum = (even + odd).sum()
  while i < count {
    sum += numbers[i] * numbers[i]
    i &+= 1
  }
  return sum
}
