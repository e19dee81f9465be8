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
  subscript(lane lane: Int) -> Scalar { get set }
}

extension LaneVector {
  /// The lanes added in their order, in double precision.
  @inline(__always)
  var laneSum: Double {
    var total = 0.0
    var lane = 0
    while lane < Self.lanes {
      total += self[lane: lane].double
      lane &+= 1
    }
    return total
  }
}

@inline(__always) private func hasFusedMultiplyAdd() -> Bool { QKD_HAS_FMA == 1 }

extension SIMD where Self: LaneVector, Scalar: FloatingPoint {
  @inline(__always) public static var lanes: Int { scalarCount }

  @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    hasFusedMultiplyAdd() ? addingProduct(a, b) : self + a * b
  }

  @inline(__always)
  public func subtracting(_ a: Self, times b: Self) -> Self {
    hasFusedMultiplyAdd() ? addingProduct(-a, b) : self - a * b
  }

  @inline(__always)
  public subscript(lane lane: Int) -> Scalar {
    get { self[lane] }
    set { self[lane] = newValue }
  }
}

extension SIMD2: LaneVector where Scalar: Real & FloatingPoint {}
extension SIMD4: LaneVector where Scalar: Real & FloatingPoint {}
extension SIMD8: LaneVector where Scalar: Real & FloatingPoint {}
extension SIMD16: LaneVector where Scalar: Real & FloatingPoint {}

/// A single lane is a plain scalar.
extension Double: LaneVector {
  public typealias Scalar = Double
  @inline(__always) public static var lanes: Int { 1 }
  @inline(__always) public init(repeating scalar: Double) { self = scalar }
  @inline(__always) public func adding(_ a: Double, times b: Double) -> Double {
    hasFusedMultiplyAdd() ? addingProduct(a, b) : self + a * b
  }
  @inline(__always) public func subtracting(_ a: Double, times b: Double) -> Double {
    hasFusedMultiplyAdd() ? addingProduct(-a, b) : self - a * b
  }
  @inline(__always) public subscript(lane lane: Int) -> Double {
    get { self }
    set { self = newValue }
  }
}

extension Float: LaneVector {
  public typealias Scalar = Float
  @inline(__always) public static var lanes: Int { 1 }
  @inline(__always) public init(repeating scalar: Float) { self = scalar }
  @inline(__always) public func adding(_ a: Float, times b: Float) -> Float {
    hasFusedMultiplyAdd() ? addingProduct(a, b) : self + a * b
  }
  @inline(__always) public func subtracting(_ a: Float, times b: Float) -> Float {
    hasFusedMultiplyAdd() ? addingProduct(-a, b) : self - a * b
  }
  @inline(__always) public subscript(lane lane: Int) -> Float {
    get { self }
    set { self = newValue }
  }
}
