import Models
import TemporaryFolders

/// An NPY file of float64, or of float32.
func npy(_ values: [Double], _ shape: [Int], single: Bool = false) -> [UInt8] {
  let data = values.flatMap { value in
    single
      ? withUnsafeBytes(of: Float(value).bitPattern.littleEndian, Array.init)
      : withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
  }
  return npy(descriptor: single ? "<f4" : "<f8", shape, data)
}

func npy(descriptor: String, fortran: Bool = false, _ shape: [Int], _ data: [UInt8]) -> [UInt8] {
  let extents = shape.map { "\($0)," }.joined(separator: " ")
  let order = fortran ? "True" : "False"
  var text = Array("{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': (\(extents)), }".utf8)
  text += [UInt8](repeating: 0x20, count: 63 - (10 + text.count) % 64) + [0x0A]
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text + data
}

/// A tensor file as libraries write it: no digest, metadata only where there are any.
func foreign(_ metadata: [(String, String)], _ tensors: [(name: String, type: String, shape: [Int], [Double])])
  -> [UInt8]
{
  var (members, payload): ([String], [UInt8]) = ([], [])
  if !metadata.isEmpty {
    let entries = metadata.map { "\"\($0.0)\":\"\($0.1)\"" }.joined(separator: ",")
    members.append("\"__metadata__\":{\(entries)}")
  }
  for (name, type, shape, values) in tensors {
    let begin = payload.count
    for value in values {
      switch type {
      case "F32": payload += withUnsafeBytes(of: Float(value).bitPattern.littleEndian, Array.init)
      case "I64": payload += withUnsafeBytes(of: Int64(value).littleEndian, Array.init)
      default: payload += withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
      }
    }
    let text = shape.map(String.init).joined(separator: ",")
    members.append(
      "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(text)],\"data_offsets\":[\(begin),\(payload.count)]}")
  }
  var header = Array("{\(members.joined(separator: ","))}".utf8)
  header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
  return withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header + payload
}

/// Numbers that repeat on every run: uniform in ±1.
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / Double(1 << 52) - 1
  }

  mutating func list(_ count: Int) -> [Double] { (0..<count).map { _ in next() } }
}
