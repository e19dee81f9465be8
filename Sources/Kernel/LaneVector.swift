import CSupport

/// Several samples side by side: lane s of every vector belongs to sample s of the group. All samples of a group share
/// the circuit's parameters, so every operation is vertical and none crosses lanes until a result is summed.
public protocol LaneVector: Sendable {
  associatedtype Scalar: Real
  static var lanes: Int { get }
  static var zero: Self { get }
  init(repeating scalar: Scalar)
  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  /// self + a·b: fused where that is one instruction on the build's target, else two roundings.
  func adding(_ a: Self, times b: Self) -> Self
  /// self − a·b, fused likewise.
  func subtracting(_ a: Self, times b: Self) -> Self
  func lane(_ lane: Int) -> Scalar
  mutating func setLane(_ lane: Int, _ scalar: Scalar)
  /// Lane l takes what lane l ⊕ mask has.
  func exchanged(_ mask: Int) -> Self
  /// The lanes' sum in double precision, in an order that depends on the number of lanes alone.
  var laneSum: Double { get }
}

extension SIMD where Self: LaneVector {
  @inline(__always) public static var lanes: Int { scalarCount }

  @inline(__always)
  public func lane(_ lane: Int) -> Scalar { self[lane] }

  @inline(__always)
  public mutating func setLane(_ lane: Int, _ scalar: Scalar) { self[lane] = scalar }
}

/// The same bits under the type that the C functions take.
@inline(__always)
private func cast<From, To>(_ value: From, _ type: To.Type) -> To { unsafeBitCast(value, to: type) }

extension SIMD2: LaneVector where Scalar: Real & FloatingPoint {
  @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    if Scalar.isDouble {
      let v = SIMD2<Double>.self
      return cast(qkd_add_f64x2(cast(self, v), cast(a, v), cast(b, v)), Self.self)
    }
    let w = SIMD2<Float>.self
    return cast(qkd_add_f32x2(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func subtracting(_ a: Self, times b: Self) -> Self {
    if Scalar.isDouble {
      let v = SIMD2<Double>.self
      return cast(qkd_subtract_f64x2(cast(self, v), cast(a, v), cast(b, v)), Self.self)
    }
    let w = SIMD2<Float>.self
    return cast(qkd_subtract_f32x2(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func exchanged(_ mask: Int) -> Self {
    if Scalar.isDouble {
      var v = cast(self, SIMD2<Double>.self)
      if mask & 1 != 0 { v = qkd_exchange1_f64x2(v) }
      return cast(v, Self.self)
    }
    var w = cast(self, SIMD2<Float>.self)
    if mask & 1 != 0 { w = qkd_exchange1_f32x2(w) }
    return cast(w, Self.self)
  }

  @inline(__always)
  public var laneSum: Double {
    Scalar.isDouble
      ? qkd_sum_f64x2(cast(self, SIMD2<Double>.self)) : qkd_sum_f32x2(cast(self, SIMD2<Float>.self))
  }
}

extension SIMD4: LaneVector where Scalar: Real & FloatingPoint {
  @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    if Scalar.isDouble {
      let v = SIMD4<Double>.self
      return cast(qkd_add_f64x4(cast(self, v), cast(a, v), cast(b, v)), Self.self)
    }
    let w = SIMD4<Float>.self
    return cast(qkd_add_f32x4(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func subtracting(_ a: Self, times b: Self) -> Self {
    if Scalar.isDouble {
      let v = SIMD4<Double>.self
      return cast(qkd_subtract_f64x4(cast(self, v), cast(a, v), cast(b, v)), Self.self)
    }
    let w = SIMD4<Float>.self
    return cast(qkd_subtract_f32x4(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func exchanged(_ mask: Int) -> Self {
    if Scalar.isDouble {
      var v = cast(self, SIMD4<Double>.self)
      if mask & 1 != 0 { v = qkd_exchange1_f64x4(v) }
      if mask & 2 != 0 { v = qkd_exchange2_f64x4(v) }
      return cast(v, Self.self)
    }
    var w = cast(self, SIMD4<Float>.self)
    if mask & 1 != 0 { w = qkd_exchange1_f32x4(w) }
    if mask & 2 != 0 { w = qkd_exchange2_f32x4(w) }
    return cast(w, Self.self)
  }

  @inline(__always)
  public var laneSum: Double {
    Scalar.isDouble
      ? qkd_sum_f64x4(cast(self, SIMD4<Double>.self)) : qkd_sum_f32x4(cast(self, SIMD4<Float>.self))
  }
}

extension SIMD8: LaneVector where Scalar: Real & FloatingPoint {
  @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    if Scalar.isDouble {
      let v = SIMD8<Double>.self
      return cast(qkd_add_f64x8(cast(self, v), cast(a, v), cast(b, v)), Self.self)
    }
    let w = SIMD8<Float>.self
    return cast(qkd_add_f32x8(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func subtracting(_ a: Self, times b: Self) -> Self {
    if Scalar.isDouble {
      let v = SIMD8<Double>.self
      return cast(qkd_subtract_f64x8(cast(self, v), cast(a, v), cast(b, v)), Self.self)
    }
    let w = SIMD8<Float>.self
    return cast(qkd_subtract_f32x8(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func exchanged(_ mask: Int) -> Self {
    if Scalar.isDouble {
      var v = cast(self, SIMD8<Double>.self)
      if mask & 1 != 0 { v = qkd_exchange1_f64x8(v) }
      if mask & 2 != 0 { v = qkd_exchange2_f64x8(v) }
      if mask & 4 != 0 { v = qkd_exchange4_f64x8(v) }
      return cast(v, Self.self)
    }
    var w = cast(self, SIMD8<Float>.self)
    if mask & 1 != 0 { w = qkd_exchange1_f32x8(w) }
    if mask & 2 != 0 { w = qkd_exchange2_f32x8(w) }
    if mask & 4 != 0 { w = qkd_exchange4_f32x8(w) }
    return cast(w, Self.self)
  }

  @inline(__always)
  public var laneSum: Double {
    Scalar.isDouble
      ? qkd_sum_f64x8(cast(self, SIMD8<Double>.self)) : qkd_sum_f32x8(cast(self, SIMD8<Float>.self))
  }
}

/// Sixteen lanes are for single precision alone: `LaneFormat` has no other.
extension SIMD16: LaneVector where Scalar: Real & FloatingPoint {
  @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    let w = SIMD16<Float>.self
    return cast(qkd_add_f32x16(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func subtracting(_ a: Self, times b: Self) -> Self {
    let w = SIMD16<Float>.self
    return cast(qkd_subtract_f32x16(cast(self, w), cast(a, w), cast(b, w)), Self.self)
  }

  @inline(__always)
  public func exchanged(_ mask: Int) -> Self {
    var w = cast(self, SIMD16<Float>.self)
    if mask & 1 != 0 { w = qkd_exchange1_f32x16(w) }
    if mask & 2 != 0 { w = qkd_exchange2_f32x16(w) }
    if mask & 4 != 0 { w = qkd_exchange4_f32x16(w) }
    if mask & 8 != 0 { w = qkd_exchange8_f32x16(w) }
    return cast(w, Self.self)
  }

  @inline(__always)
  public var laneSum: Double { qkd_sum_f32x16(cast(self, SIMD16<Float>.self)) }
}

/// A single lane is a plain scalar.
extension Double: LaneVector {
  public typealias Scalar = Double
  @inline(__always) public static var lanes: Int { 1 }
  @_noAllocation @inline(__always) public init(repeating scalar: Double) { self = scalar }

  @_noAllocation @inline(__always)
  public func adding(_ a: Double, times b: Double) -> Double { qkd_add_f64(self, a, b) }

  @_noAllocation @inline(__always)
  public func subtracting(_ a: Double, times b: Double) -> Double { qkd_subtract_f64(self, a, b) }

  @_noAllocation @inline(__always)
  public func lane(_ lane: Int) -> Double { self }

  @_noAllocation @inline(__always)
  public func exchanged(_ mask: Int) -> Double { self }

  @inline(__always) public var laneSum: Double { @_noAllocation get { self } }

  @_noAllocation @inline(__always)
  public mutating func setLane(_ lane: Int, _ scalar: Double) { self = scalar }
}

extension Float: LaneVector {
  public typealias Scalar = Float
  @inline(__always) public static var lanes: Int { 1 }
  @_noAllocation @inline(__always) public init(repeating scalar: Float) { self = scalar }

  @_noAllocation @inline(__always)
  public func adding(_ a: Float, times b: Float) -> Float { qkd_add_f32(self, a, b) }

  @_noAllocation @inline(__always)
  public func subtracting(_ a: Float, times b: Float) -> Float { qkd_subtract_f32(self, a, b) }

  @_noAllocation @inline(__always)
  public func lane(_ lane: Int) -> Float { self }

  @_noAllocation @inline(__always)
  public func exchanged(_ mask: Int) -> Float { self }

  @inline(__always) public var laneSum: Double { @_noAllocation get { Double(self) } }

  @_noAllocation @inline(__always)
  public mutating func setLane(_ lane: Int, _ scalar: Float) { self = scalar }
}
