import CSupport

extension PreparedNetwork {
  /// Makes a sample: `[amplitude]`, or with a product encoder `[qubit]`. The numbers of a linear congruential generator
  /// (Numerical Recipes, 1992, `ranqd1`), 24 bits each, in −1…1; bits where they are above 0; a state divided by its
  /// norm.
  @_noAllocation
  public func makeProbe(seed: UInt32, as encoder: Encoder, into numbers: UnsafeMutablePointer<Float>) {
    let count = encoder.isProduct ? ansatz.qubits : ansatz.amplitudes
    let takesBits = encoder == .phase || encoder == .basis
    var word = seed
    var norm: Float = 0
    var i = 0
    while i < count {
      word = word &* 1_664_525 &+ 1_013_904_223
      var number = Float(Int(truncatingIfNeeded: word &>> 8)) * 0x1p-23 - 1
      if takesBits { number = number > 0 ? 1 : 0 }
      numbers[i] = number
      norm += number * number
      i &+= 1
    }
    if encoder == .state {
      let size = Float(rounding: qkd_sqrt(norm.double))
      i = 0
      while i < count {
        numbers[i] = numbers[i] / size
        i &+= 1
      }
    }
  }

  /// Runs the sample that was set.
  /// - Parameters:
  ///   - expected: `[probe][logit]` of Float.
  ///   - probe: the row that belongs to the sample.
  /// - Returns: the largest difference over the largest logit that is expected, or over 1.
  @_noAllocation
  public func difference(from expected: UnsafeRawPointer, probe: Int) -> Float {
    let count = network.readout.logits
    let expected = expected.assumingMemoryBound(to: Float.self) + probe &* count
    let found = run()
    var (largest, worst): (Float, Float) = (1, 0)
    var j = 0
    while j < count {
      if expected[j].magnitude > largest { largest = expected[j].magnitude }
      let off = (Float(rounding: found[j]) - expected[j]).magnitude
      if !(off <= worst) { worst = off }
      j &+= 1
    }
    return worst / largest
  }
}
