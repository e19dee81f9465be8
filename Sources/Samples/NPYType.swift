/// The element types of NPY that are read here, little-endian; raw values as in the file's `descr`.
public enum NPYType: String, Sendable, CaseIterable {
  case float32 = "<f4"
  case float64 = "<f8"
  case complex64 = "<c8"
  case complex128 = "<c16"
  case int8 = "|i1"
  case uint8 = "|u1"
  case int16 = "<i2"
  case uint16 = "<u2"
  case int32 = "<i4"
  case uint32 = "<u4"
  case int64 = "<i8"
  case uint64 = "<u8"
  case bool = "|b1"

  /// What a sample may consist of.
  public static let samples: [NPYType] = [.float32, .float64, .complex64, .complex128]
  /// What a label may be.
  public static let labels: [NPYType] = allCases.filter { !samples.contains($0) }

  public var bytes: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .complex64, .int64, .uint64: 8
    case .complex128: 16
    }
  }

  public var isComplex: Bool { self == .complex64 || self == .complex128 }
}
