import Foundation

/// The rows of predictions in an NPY file, but for label and hit, which are NaN where there is no label.
func rows(ofNPY path: String, withLabels: Bool = false) throws -> [[Double]] {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  let length = Int(bytes[8]) | Int(bytes[9]) << 8
  let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
  let shape = header.components(separatedBy: "'shape': (")[1].components(separatedBy: ")")[0]
    .split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
  let values = bytes[(10 + length)...].withUnsafeBytes { data in
    (0..<shape[0] * shape[1]).map {
      Double(bitPattern: UInt64(littleEndian: data.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
    }
  }
  return (0..<shape[0]).map {
    let row = values[$0 * shape[1]..<($0 + 1) * shape[1]]
    return withLabels ? Array(row) : Array(row.prefix(2)) + row.dropFirst(4)
  }
}

func isClose(_ left: [[Double]], _ right: [[Double]], _ tolerance: Double) -> Bool {
  left.count == right.count
    && zip(left, right).allSatisfy { a, b in
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }
}
