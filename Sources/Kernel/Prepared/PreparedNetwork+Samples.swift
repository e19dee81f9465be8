import CSupport

/// What is wrong with a sample. The numbers are those of the C form of a device's source.
public enum SampleStatus: Int32, Sendable {
  case fine
  /// A number that is none.
  case notFinite
  /// A state whose squared norm is not 1, to 1e-4.
  case notNormalised
  /// A number that is to be 0 or 1, and is not.
  case notBits
  /// Imaginary parts of what is no amplitude.
  case notReal
  /// Amplitudes that nothing can normalise.
  case zero
}

/// Principal components in front of a product encoder: bit q is 1 where (row − mean) · component q > threshold.
public struct PreparedFeatures {
  let mean: UnsafeRawPointer
  let components: UnsafeRawPointer
  let columns: Int
  let threshold: Float

  /// - Parameters:
  ///   - mean: `[column]` of Float.
  ///   - components: `[qubit][column]` of Float.
  @_noAllocation
  public init(mean: UnsafeRawPointer, components: UnsafeRawPointer, columns: Int, threshold: Float) {
    self.mean = mean
    self.components = components
    self.columns = columns
    self.threshold = threshold
  }
}

extension PreparedNetwork {
  /// Sets a sample of amplitudes.
  /// - Parameters:
  ///   - real: `[amplitude]`
  ///   - imaginary: `[amplitude]`, or nil for a real sample.
  ///   - encoder: `state`, `amplitude` or `amplitudeUnnormalized`.
  @_noAllocation
  public func setAmplitudes(
    _ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>?, as encoder: Encoder
  ) -> SampleStatus {
    guard areFinite(real, ansatz.amplitudes) else { return .notFinite }
    if let imaginary, !areFinite(imaginary, ansatz.amplitudes) { return .notFinite }
    // Squares of what is large or small leave the range of floats, so the largest number becomes 1 first.
    var largest: Float = 1
    if encoder == .amplitude {
      largest = largestMagnitude(real, atLeast: 0)
      if let imaginary { largest = largestMagnitude(imaginary, atLeast: largest) }
      if largest == 0 { return .zero }
    }
    var norm: Float = 0
    var i = 0
    while i < ansatz.amplitudes {
      let x = real[i] / largest
      var y: Float = 0
      if let imaginary { y = imaginary[i] / largest }
      state[2 &* i] = x
      state[2 &* i &+ 1] = y
      norm += x * x + y * y
      i &+= 1
    }
    if encoder == .state && !((norm - 1).magnitude <= 1e-4) { return .notNormalised }
    if encoder == .amplitude {
      let scale = Float(rounding: 1 / qkd_sqrt(norm.double))
      i = 0
      while i < 2 &* ansatz.amplitudes {
        state[i] = state[i] * scale
        i &+= 1
      }
    }
    return .fine
  }

  /// Sets a sample of bits.
  /// - Parameters:
  ///   - real: `[qubit]`
  ///   - imaginary: nil, or the sample is refused.
  ///   - encoder: `phase` or `basis`.
  @_noAllocation
  public func setBits(
    _ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>?, as encoder: Encoder
  ) -> SampleStatus {
    if imaginary != nil { return .notReal }
    guard areFinite(real, ansatz.qubits) else { return .notFinite }
    var qubit = 0
    while qubit < ansatz.qubits {
      if real[qubit] != 0 && real[qubit] != 1 { return .notBits }
      qubit &+= 1
    }
    let half: Float = 0.70710678
    setProduct { qubit in
      let isOne = real[qubit] != 0
      if encoder == .phase { return (half, isOne ? -half : half) }
      return isOne ? (0, 1) : (1, 0)
    }
    return .fine
  }

  /// Sets a sample of angles, `[qubit]` in radians.
  /// - Parameter imaginary: nil, or the sample is refused.
  @_noAllocation
  public func setAngles(_ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>?) -> SampleStatus {
    if imaginary != nil { return .notReal }
    guard areFinite(real, ansatz.qubits) else { return .notFinite }
    setProduct { qubit in
      let half = Phase(real[qubit].double / 2)
      return (Float(rounding: half.cosine), Float(rounding: half.sine))
    }
    return .fine
  }

  /// Sets the bits that principal components make of a raw row, `[column]`.
  /// - Parameter imaginary: nil, or the sample is refused.
  @_noAllocation
  public func setFeatures(
    _ row: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>?, _ features: PreparedFeatures, as encoder: Encoder
  ) -> SampleStatus {
    if imaginary != nil { return .notReal }
    guard areFinite(row, features.columns) else { return .notFinite }
    let mean = features.mean.assumingMemoryBound(to: Float.self)
    var component = features.components.assumingMemoryBound(to: Float.self)
    let bits = spare
    var qubit = 0
    while qubit < ansatz.qubits {
      var sum: Float = 0
      var i = 0
      while i < features.columns {
        sum += (row[i] - mean[i]) * component[i]
        i &+= 1
      }
      bits[qubit] = sum > features.threshold ? 1 : 0
      component += features.columns
      qubit &+= 1
    }
    return setBits(bits, nil, as: encoder)
  }

  /// ⊗ (low, high) of each qubit.
  @inline(__always)
  private func setProduct(_ factors: (Int) -> (Float, Float)) {
    state[0] = 1
    state[1] = 0
    var bit = 0
    while bit < ansatz.qubits {
      // bit(of:) is its own inverse: the qubit that stands at this bit.
      let (low, high) = factors(ansatz.bit(of: bit))
      let width = 1 &<< bit
      var i = 0
      while i < width {
        let value = state[2 &* i]
        state[2 &* (i &+ width)] = value * high
        state[2 &* (i &+ width) &+ 1] = 0
        state[2 &* i] = value * low
        i &+= 1
      }
      bit &+= 1
    }
  }

  private func areFinite(_ numbers: UnsafePointer<Float>, _ count: Int) -> Bool {
    var i = 0
    while i < count {
      if !numbers[i].isFinite { return false }
      i &+= 1
    }
    return true
  }

  private func largestMagnitude(_ numbers: UnsafePointer<Float>, atLeast least: Float) -> Float {
    var largest = least
    var i = 0
    while i < ansatz.amplitudes {
      if numbers[i].magnitude > largest { largest = numbers[i].magnitude }
      i &+= 1
    }
    return largest
  }
}
