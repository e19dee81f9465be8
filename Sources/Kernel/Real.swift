/// The two scalar types of the kernel. Named conversions, because the generic initialisers of the standard library are
/// slow until specialised and mark nothing as free of allocation.
public protocol Real: BitwiseCopyable, Sendable {
  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  static var isDouble: Bool { get }
  /// Rounded to nearest.
  init(rounding value: Double)
  /// Exact.
  var double: Double { get }
}

extension Double: Real {
  @inlinable @inline(__always) public static var isDouble: Bool { true }
  @_noAllocation @inlinable @inline(__always) public init(rounding value: Double) { self = value }
  @inlinable @inline(__always) public var double: Double { self }
}

extension Float: Real {
  @inlinable @inline(__always) public static var isDouble: Bool { false }
  @_noAllocation @inlinable @inline(__always) public init(rounding value: Double) { self = Float(value) }
  @inlinable @inline(__always) public var double: Double { Double(self) }
}
