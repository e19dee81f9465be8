import CSupport

public enum Precision: UInt8, Sendable {
  case float32, float64

  @inlinable public var scalarBytes: Int { self == .float32 ? 4 : 8 }
}

/// How samples lie side by side: the scalar type, and the number of lanes. Chosen by the memory plan: fewer lanes need
/// less memory, as many as the processor's vectors hold are fastest.
public enum LaneFormat: UInt8, Sendable {
  case float64x1, float64x2, float64x4, float64x8
  case float32x1, float32x2, float32x4, float32x8, float32x16

  /// - Returns: nil for a number of lanes that no format has.
  @_noAllocation
  public static func find(_ precision: Precision, lanes: Int) -> LaneFormat? {
    switch (precision, lanes) {
    case (.float64, 1): .float64x1
    case (.float64, 2): .float64x2
    case (.float64, 4): .float64x4
    case (.float64, 8): .float64x8
    case (.float32, 1): .float32x1
    case (.float32, 2): .float32x2
    case (.float32, 4): .float32x4
    case (.float32, 8): .float32x8
    case (.float32, 16): .float32x16
    default: nil
    }
  }

  /// The lanes of one vector register of the build's target: 4 float64 with AVX2, 8 with AVX-512, 2 with NEON.
  @_noAllocation
  public static func nativeLanes(_ precision: Precision) -> Int { Int(qkd_vector_bytes) / precision.scalarBytes }

  /// The lanes with which the layers of a circuit are fastest: those of one register where a state fits
  /// `CacheBlocks.stateBytes`, else fewer, so that it fits twice as many. What they leave of a register is filled with
  /// further amplitudes.
  @_noAllocation
  public static func fastestLanes(_ precision: Precision, qubits: Int) -> Int {
    let lane = (2 &* precision.scalarBytes) &<< qubits
    var lanes = nativeLanes(precision)
    if lanes &* lane <= CacheBlocks.stateBytes { return lanes }
    repeat { lanes /= 2 } while lanes > 1 && lanes &* lane > 2 &* CacheBlocks.stateBytes
    return max(lanes, 1)
  }

  public var precision: Precision { self.rawValue < LaneFormat.float32x1.rawValue ? .float64 : .float32 }

  public var lanes: Int {
    switch self {
    case .float64x1, .float32x1: 1
    case .float64x2, .float32x2: 2
    case .float64x4, .float32x4: 4
    case .float64x8, .float32x8: 8
    case .float32x16: 16
    }
  }

  /// Bytes of one vector.
  public var vectorBytes: Int { lanes * precision.scalarBytes }
}
