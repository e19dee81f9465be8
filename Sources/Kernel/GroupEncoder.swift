import CSupport

/// Writes samples into the lanes of a group.
public struct GroupEncoder {
  public let ansatz: Ansatz
  public let format: LaneFormat
  public let encoder: Encoder
  /// What is written of a sample.
  public let form: InputForm

  /// - Precondition: `factors` for product encoders alone.
  @_noAllocation
  public init(ansatz: Ansatz, format: LaneFormat, encoder: Encoder, form: InputForm = .state) {
    precondition(form == .state || encoder.isProduct)
    self.ansatz = ansatz
    self.format = format
    self.encoder = encoder
    self.form = form
  }

  /// Sets one lane from a sample's numbers, whose basis order is the ansatz's.
  /// - Parameters:
  ///   - real: `[count]`; with a product encoder `[qubit]`, of which those beyond the ansatz's are not read.
  ///   - imaginary: `[count]`, or nil for real samples. Product encoders have none.
  ///   - count: at most 2ⁿ; missing amplitudes are 0.
  /// - Precondition: finite numbers; not all zero with `.amplitude`.
  @_noAllocation
  public func setLane(
    _ lane: Int, of state: UnsafeMutableRawPointer, real: UnsafePointer<Double>, imaginary: UnsafePointer<Double>?,
    count: Int
  ) {
    var scale = 1.0
    if encoder == .amplitude {
      var squaredNorm = sumOfSquares(real, count: count)
      if let imaginary { squaredNorm += sumOfSquares(imaginary, count: count) }
      if squaredNorm > 0 { scale = 1 / qkd_sqrt(squaredNorm) }
    }
    dispatch(
      format,
      LaneEncodeJob(
        encoder: self, lane: lane, state: state, real: real, imaginary: imaginary, count: count, scale: scale))
  }

  /// Empties a lane: all amplitudes 0.
  @_noAllocation
  public func clearLane(_ lane: Int, of state: UnsafeMutableRawPointer) {
    let vectors = 2 * (form == .factors ? ansatz.qubits : ansatz.amplitudes)
    dispatch(format, LaneClearJob(lane: lane, state: state, vectors: vectors))
  }
}

private struct LaneClearJob: LaneJob {
  let lane: Int
  let state: UnsafeMutableRawPointer
  let vectors: Int

  func run<V: LaneVector>(_ vector: V.Type) {
    let scalars = state.assumingMemoryBound(to: V.Scalar.self) + lane
    var i = 0
    while i < vectors {
      scalars[i * V.lanes] = V.Scalar(rounding: 0)
      i &+= 1
    }
  }
}

private struct LaneEncodeJob: LaneJob {
  let encoder: GroupEncoder
  let lane: Int
  let state: UnsafeMutableRawPointer
  let real: UnsafePointer<Double>
  let imaginary: UnsafePointer<Double>?
  let count: Int
  let scale: Double

  func run<V: LaneVector>(_ vector: V.Type) {
    let scalars = state.assumingMemoryBound(to: V.Scalar.self) + lane
    if encoder.form == .factors {
      factors(scalars, V.lanes)
    } else {
      encoder.encoder.isProduct ? product(scalars, V.lanes) : amplitudes(scalars, V.lanes)
    }
  }

  /// The two amplitudes of each qubit.
  private func factors<Scalar: Real>(_ scalars: UnsafeMutablePointer<Scalar>, _ lanes: Int) {
    var qubit = 0
    while qubit < encoder.ansatz.qubits {
      let (low, high) = factors(real[qubit])
      scalars[2 * qubit * lanes] = Scalar(rounding: low)
      scalars[(2 * qubit + 1) * lanes] = Scalar(rounding: high)
      qubit += 1
    }
  }

  /// The amplitude's index with its bits reversed where qubit 0 is the most significant one: files count amplitudes in
  /// the ansatz's own order, so the index is the same; only product encoders place qubits.
  private func amplitudes<Scalar: Real>(_ scalars: UnsafeMutablePointer<Scalar>, _ lanes: Int) {
    let zero = Scalar(rounding: 0)
    var place = scalars
    var i = 0
    while i < count {
      place[0] = Scalar(rounding: scale * real[i])
      place[lanes] = zero
      place += 2 &* lanes
      i &+= 1
    }
    while i < encoder.ansatz.amplitudes {
      place[0] = zero
      place[lanes] = zero
      place += 2 &* lanes
      i &+= 1
    }
    guard let imaginary else { return }
    place = scalars + lanes
    i = 0
    while i < count {
      place[0] = Scalar(rounding: scale * imaginary[i])
      place += 2 &* lanes
      i &+= 1
    }
  }

  private func factors(_ feature: Double) -> (Double, Double) {
    switch encoder.encoder {
    case .phase: (0.5.squareRoot, feature != 0 ? -0.5.squareRoot : 0.5.squareRoot)
    case .basis: feature != 0 ? (0, 1) : (1, 0)
    default: (qkd_cos(feature / 2), qkd_sin(feature / 2))
    }
  }

  private func product<Scalar: Real>(_ scalars: UnsafeMutablePointer<Scalar>, _ lanes: Int) {
    let zero = Scalar(rounding: 0)
    scalars[0] = Scalar(rounding: 1)
    scalars[lanes] = zero
    var bit = 0
    while bit < encoder.ansatz.qubits {
      // bit(of:) is its own inverse: the qubit that stands at this bit.
      let (low, high) = factors(real[encoder.ansatz.bit(of: bit)])
      let (lowScalar, highScalar) = (Scalar(rounding: low), Scalar(rounding: high))
      let width = 1 &<< bit
      var i = 0
      while i < width {
        let value = scalars[2 * i * lanes]
        scalars[2 * (i + width) * lanes] = value * highScalar
        scalars[(2 * (i + width) + 1) * lanes] = zero
        scalars[2 * i * lanes] = value * lowScalar
        i &+= 1
      }
      bit += 1
    }
  }
}

extension Double {
  fileprivate var squareRoot: Double { qkd_sqrt(self) }
}
