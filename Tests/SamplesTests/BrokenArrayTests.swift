import Samples
import Testing

/// IDX files and gzip files made by hand, each with the answer that it must get.
@Suite struct BrokenArrayTests {
  enum Broken: CaseIterable {
    case magicCut, magicWrong, typeOfFloats, oneDimension, nineDimensions, extentsCut
    case overflow, overflowBehindNoSamples, overflowBeforeNoHeight
    case noHeight, cut, longer, claimsMore
    case gzipCut, gzipChecksum, gzipLength, gzipMethod, gzipInGzip, gzipFollowed
  }

  func answer(_ kind: Broken) -> (bytes: [UInt8], expected: SampleError) {
    let good = idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])
    let packed = gzipStored(good)
    func overflow(_ shape: [UInt32]) -> (bytes: [UInt8], expected: SampleError) {
      (idx(shape, []), .idx(.shapeOverflow(given: shape.map(Int.init))))
    }
    func changed(_ place: Int) -> [UInt8] {
      var bytes = packed
      bytes[place] ^= 4
      return bytes
    }
    switch kind {
    case .magicCut: return ([0, 0, 8], .idx(.truncated(given: 3, needed: 4)))
    case .magicWrong: return ([0, 1, 8, 2], .idx(.magic))
    case .typeOfFloats: return (idx([1, 1], [0], type: 0x0D), .idx(.type(given: 0x0D)))
    case .oneDimension: return (idx([4], [0, 1, 2, 3]), .idx(.dimensions(given: 1, allowed: 2...8)))
    case .nineDimensions:
      return (idx([UInt32](repeating: 1, count: 9), [0]), .idx(.dimensions(given: 9, allowed: 2...8)))
    case .extentsCut: return (Array(good[..<15]), .idx(.truncated(given: 15, needed: 16)))
    case .overflow: return overflow([.max, .max, .max])
    case .overflowBehindNoSamples: return overflow([0, .max, .max, .max])
    // The product of what stands before the 0 is too large already.
    case .overflowBeforeNoHeight: return overflow([1, .max, .max, 0])
    case .noHeight: return (idx([3, 0, 2], []), .emptyRows)
    case .cut: return (Array(good.dropLast()), .idx(.size(given: 23, expected: 24)))
    case .longer: return (good + [0], .idx(.size(given: 25, expected: 24)))
    case .claimsMore:
      return (idx([.max, 784], [1, 2, 3, 4, 5]), .idx(.size(given: 17, expected: 12 + Int(UInt32.max) * 784)))
    case .gzipCut: return (Array(packed[..<20]), .gzip(.truncated, atByte: 20))
    case .gzipChecksum: return (changed(packed.count - 8), .gzip(.corrupt, atByte: packed.count - 4))
    case .gzipLength: return (changed(packed.count - 1), .gzip(.corrupt, atByte: packed.count))
    case .gzipMethod: return (changed(2), .gzip(.corrupt, atByte: 4))
    case .gzipInGzip: return (gzipStored(packed), .foreign("gzip in gzip"))
    case .gzipFollowed: return (packed + [1], .gzip(.trailingBytes, atByte: packed.count))
    }
  }

  /// The error of opening a file, or of reading it to its end.
  func error(_ bytes: [UInt8]) -> SampleError? {
    do {
      switch try read(bytes, columns: 4).statuses.last {
      case .damaged(let damage, let byte): return .gzip(damage, atByte: byte)
      default: return nil
      }
    } catch { return error }
  }

  @Test(arguments: Broken.allCases) func isRefused(_ kind: Broken) {
    let (bytes, expected) = answer(kind)
    #expect(error(bytes) == expected)
  }
}
