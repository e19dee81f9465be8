/// One named array of a tensor file, row-major, every value finite.
public struct Tensor: Equatable, Sendable {
  public enum Values: Equatable, Sendable {
    /// Stored as F32: values are rounded to single precision when the file is made, so that what is in memory is what
    /// will be read.
    case float32([Double])
    /// Stored as F64.
    case float64([Double])
    /// Stored as I64.
    case int64([Int64])

    /// The name of the type in the file.
    public var type: String { elementType.rawValue }

    var elementType: TensorLayout.ElementType {
      switch self {
      case .float32: .float32
      case .float64: .float64
      case .int64: .int64
      }
    }

    public var count: Int {
      switch self {
      case .float32(let values), .float64(let values): values.count
      case .int64(let values): values.count
      }
    }

    var bytes: Int { elementType.bytes * count }
  }

  public let name: String
  /// Outermost dimension first; empty for a single number.
  public let shape: [Int]
  public let values: Values

  public init(name: String, shape: [Int], values: Values) {
    self.name = name
    self.shape = shape
    if case .float32(let values) = values {
      self.values = .float32(values.map { Double(Float($0)) })
    } else {
      self.values = values
    }
  }

  /// The values of a F32 or F64 tensor; nil for integers.
  public var doubles: [Double]? {
    switch values {
    case .float32(let values), .float64(let values): values
    case .int64: nil
    }
  }

  /// The values of an I64 tensor; nil for others.
  public var integers: [Int64]? {
    if case .int64(let values) = values { values } else { nil }
  }

  /// The index of the first NaN or infinity.
  var firstNotFinite: Int? { doubles?.firstIndex { !$0.isFinite } }
}

/// The number of elements of a shape; nil when a dimension is negative or the product overflows.
func elementCount(_ shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow || extent < 0 { return nil }
    count = product
  }
  return count
}
