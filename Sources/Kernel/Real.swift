/// The two scalar types of the kernel. Named conversions, because the generic initialisers of the standard library are
/// slow until specialised and mark nothing as free of allocation.
public protocol Real: BitwiseCopyable, Sendable {
  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  static var isDouble: Bool { get }
  /// As many as fit in vectors of 16, 32 and 64 bytes.
  associatedtype Packed16: PackedVector where Packed16.Scalar == Self
  associatedtype Packed32: PackedVector where Packed32.Scalar == Self
  associatedtype Packed64: PackedVector where Packed64.Scalar == Self
  /// Rounded to nearest.
  init(rounding value: Double)
  /// Exact.
  var double: Double { get }
}

extension Double: Real {
  public typealias Packed16 = SIMD2<Double>
  public typealias Packed32 = SIMD4<Double>
  public typealias Packed64 = SIMD8<Double>
  @inlinable @inline(__always) public static var isDouble: Bool { true }
  @_noAllocation @inlinable @inline(__always) public init(rounding value: Double) { self = value }
  @inlinable @inline(__always) public var double: Double { self }
}

extension Float: Real {
  public typealias Packed16 = SIMD4<Float>
  public typealias Packed32 = SIMD8<Float>
  public typealias Packed64 = SIMD16<Float>
  @inlinable @inline(__always) public static var isDouble: Bool { false }
  @_noAllocation @inlinable @inline(__always) public init(rounding value: Double) { self = Float(value) }
  @inlinable @inline(__always) public var double: Double { Double(self) }
}
