import CSupport

/// A vector of the target that holds several amplitudes of a state with few lanes, as they stand in memory:
/// `[amplitude][re, im][lane]`.
public protocol PackedVector: LaneVector {}

/// Work that is the same for every vector of a target.
protocol PackedJob {
  func run<N: PackedVector>(_ vector: N.Type)
}

/// Runs the job on the target's vectors where the lanes leave half of one free, or more, and so many lane vectors in a
/// row fill one.
/// - Returns: whether it did.
@inline(__always)
func packs<V: LaneVector>(_ vector: V.Type, run: Int, _ job: some PackedJob) -> Bool {
  let native = LaneFormat.nativeLanes(V.Scalar.isDouble ? .float64 : .float32)
  if 2 &* V.lanes > native || run &* V.lanes < native { return false }
  switch (native, V.Scalar.isDouble) {
  case (8, true): job.run(SIMD8<Double>.self)
  case (4, true): job.run(SIMD4<Double>.self)
  case (2, true): job.run(SIMD2<Double>.self)
  case (16, false): job.run(SIMD16<Float>.self)
  case (8, false): job.run(SIMD8<Float>.self)
  case (4, false): job.run(SIMD4<Float>.self)
  default: return false
  }
  return true
}

/// Where neighbouring amplitudes stand in the state that they come from, in bytes: linear over GF(2), as `Source` is.
struct PackedPlaces {
  var first: Int
  let bit0: Int
  let bit1: Int
  let bit2: Int

  @inline(__always)
  subscript(index: Int) -> Int {
    first ^ (index & 1 == 0 ? 0 : bit0) ^ (index & 2 == 0 ? 0 : bit1) ^ (index & 4 == 0 ? 0 : bit2)
  }
}

extension SIMD2: PackedVector where Scalar: Real & FloatingPoint {}
extension SIMD4: PackedVector where Scalar: Real & FloatingPoint {}
extension SIMD8: PackedVector where Scalar: Real & FloatingPoint {}
extension SIMD16: PackedVector where Scalar: Real & FloatingPoint {}

/// The same bits as another type.
@inline(__always)
private func cast<From, To>(_ value: From, _ type: To.Type) -> To { unsafeBitCast(value, to: type) }

@inline(__always)
private func load<T: BitwiseCopyable>(_ address: UnsafeRawPointer, as type: T.Type) -> T {
  address.assumingMemoryBound(to: T.self).pointee
}

@inline(__always)
private func store<T: BitwiseCopyable>(_ value: T, _ address: UnsafeMutableRawPointer) {
  address.assumingMemoryBound(to: T.self).pointee = value
}

extension PackedVector {
  /// −x in the lanes whose number lacks the bit, x in the others.
  @inline(__always)
  static func signs(_ bit: Int, of x: Double) -> Self {
    var result = Self(repeating: Scalar(rounding: x))
    var lane = 0
    while lane < lanes {
      if lane & bit == 0 { result.setLane(lane, Scalar(rounding: -x)) }
      lane &+= 1
    }
    return result
  }

  /// Of the other sign where `signs` has −0. As bits: a product with −1 and 1 becomes dozens of instructions.
  @inline(__always)
  func negated(_ signs: Self) -> Self {
    switch MemoryLayout<Self>.size {
    case 64: cast(cast(self, SIMD8<UInt64>.self) ^ cast(signs, SIMD8<UInt64>.self), Self.self)
    case 32: cast(cast(self, SIMD4<UInt64>.self) ^ cast(signs, SIMD4<UInt64>.self), Self.self)
    default: cast(cast(self, SIMD2<UInt64>.self) ^ cast(signs, SIMD2<UInt64>.self), Self.self)
    }
  }

  /// Amplitudes from their places in a state.
  /// - Parameter count: 1, 2, 4 or 8: how many fit.
  @inline(__always)
  static func gathered(_ state: UnsafeRawPointer, _ places: PackedPlaces, count: Int) -> Self {
    switch MemoryLayout<Self>.size {
    case 64: cast(gather64(state, places, count), Self.self)
    case 32: cast(gather32(state, places, 0, count), Self.self)
    default: cast(gather16(state, places, 0, count), Self.self)
    }
  }

  /// The inverse of `gathered`.
  @inline(__always)
  func scattered(_ state: UnsafeMutableRawPointer, _ places: PackedPlaces, count: Int) {
    switch MemoryLayout<Self>.size {
    case 64: scatter64(cast(self, SIMD8<Double>.self), state, places, count)
    case 32: scatter32(cast(self, SIMD4<Double>.self), state, places, 0, count)
    default: scatter16(cast(self, SIMD2<Double>.self), state, places, 0, count)
    }
  }

  /// The next scalars, each for all reals of its amplitude. They may stand anywhere: a device's tables do.
  @inline(__always)
  static func repeated(_ values: UnsafePointer<Scalar>, count: Int) -> Self {
    let address = UnsafeRawPointer(values)
    switch (count, MemoryLayout<Self>.size) {
    case (1, _): return Self(repeating: values[0])
    case (_, 64):
      return Scalar.isDouble
        ? cast(doubles64(address, count), Self.self) : cast(floats64(address, count), Self.self)
    case (_, 32):
      return Scalar.isDouble
        ? cast(doubles32(address), Self.self) : cast(floats32(address, count), Self.self)
    default: return cast(floats16(address), Self.self)
    }
  }
}

extension PackedVector {
  /// Of two vectors in a row, real less imaginary parts: half as many reals, in the amplitudes' order.
  /// - Parameter lanes: those of the state.
  @inline(__always)
  static func differences(_ a: Self, _ b: Self, lanes: Int) -> Self {
    switch (MemoryLayout<Self>.size, Scalar.isDouble) {
    case (64, true): cast(qkd_differences_f64x8(bits(a), bits(b), lanes), Self.self)
    case (32, true): cast(qkd_differences_f64x4(bits(a), bits(b), lanes), Self.self)
    case (_, true): cast(qkd_differences_f64x2(bits(a), bits(b), lanes), Self.self)
    case (64, _): cast(qkd_differences_f32x16(bits(a), bits(b), lanes), Self.self)
    case (32, _): cast(qkd_differences_f32x8(bits(a), bits(b), lanes), Self.self)
    default: cast(qkd_differences_f32x4(bits(a), bits(b), lanes), Self.self)
    }
  }

  @inline(__always)
  private static func bits<T>(_ value: Self) -> T { cast(value, T.self) }
}

// ---- Bytes of two reals and more, as doubles ----

@inline(__always)
private func gather16(_ state: UnsafeRawPointer, _ places: PackedPlaces, _ first: Int, _ count: Int) -> SIMD2<Double> {
  if count == 1 { return load(state + places[first], as: SIMD2<Double>.self) }
  return SIMD2(load(state + places[first], as: Double.self), load(state + places[first &+ 1], as: Double.self))
}

@inline(__always)
private func gather32(_ state: UnsafeRawPointer, _ places: PackedPlaces, _ first: Int, _ count: Int) -> SIMD4<Double> {
  if count == 1 { return load(state + places[first], as: SIMD4<Double>.self) }
  let half = count / 2
  return SIMD4(
    lowHalf: gather16(state, places, first, half), highHalf: gather16(state, places, first &+ half, half))
}

@inline(__always)
private func gather64(_ state: UnsafeRawPointer, _ places: PackedPlaces, _ count: Int) -> SIMD8<Double> {
  if count == 1 { return load(state + places[0], as: SIMD8<Double>.self) }
  let half = count / 2
  return SIMD8(lowHalf: gather32(state, places, 0, half), highHalf: gather32(state, places, half, half))
}

@inline(__always)
private func scatter16(
  _ v: SIMD2<Double>, _ state: UnsafeMutableRawPointer, _ places: PackedPlaces, _ first: Int, _ count: Int
) {
  if count == 1 { return store(v, state + places[first]) }
  store(v[0], state + places[first])
  store(v[1], state + places[first &+ 1])
}

@inline(__always)
private func scatter32(
  _ v: SIMD4<Double>, _ state: UnsafeMutableRawPointer, _ places: PackedPlaces, _ first: Int, _ count: Int
) {
  if count == 1 { return store(v, state + places[first]) }
  let half = count / 2
  scatter16(v.lowHalf, state, places, first, half)
  scatter16(v.highHalf, state, places, first &+ half, half)
}

@inline(__always)
private func scatter64(
  _ v: SIMD8<Double>, _ state: UnsafeMutableRawPointer, _ places: PackedPlaces, _ count: Int
) {
  if count == 1 { return store(v, state + places[0]) }
  let half = count / 2
  scatter32(v.lowHalf, state, places, 0, half)
  scatter32(v.highHalf, state, places, half, half)
}

// ---- Scalars, each several times ----

@inline(__always)
private func floats16(_ values: UnsafeRawPointer) -> SIMD4<Float> {
  qkd_doubled_f32x2(values.loadUnaligned(as: SIMD2<Float>.self))
}

@inline(__always)
private func floats32(_ values: UnsafeRawPointer, _ count: Int) -> SIMD8<Float> {
  qkd_doubled_f32x4(count == 4 ? values.loadUnaligned(as: SIMD4<Float>.self) : floats16(values))
}

@inline(__always)
private func floats64(_ values: UnsafeRawPointer, _ count: Int) -> SIMD16<Float> {
  qkd_doubled_f32x8(count == 8 ? values.loadUnaligned(as: SIMD8<Float>.self) : floats32(values, count))
}

@inline(__always)
private func doubles32(_ values: UnsafeRawPointer) -> SIMD4<Double> {
  qkd_doubled_f64x2(values.loadUnaligned(as: SIMD2<Double>.self))
}

@inline(__always)
private func doubles64(_ values: UnsafeRawPointer, _ count: Int) -> SIMD8<Double> {
  qkd_doubled_f64x4(count == 4 ? values.loadUnaligned(as: SIMD4<Double>.self) : doubles32(values))
}
