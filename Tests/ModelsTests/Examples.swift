import Models

/// A small file of every type of tensor, with metadata that need escapes.
func exampleFile() throws(TensorFileError) -> TensorFile {
  try TensorFile(
    metadata: ["rotation": "half-angle", "qubits": "7", "quote \"\\\n\u{1}": "ψ → φ 🙂"],
    tensors: [
      Tensor(
        name: "angles", shape: [2, 3], values: .float64([0.1, -0.0, 1e-300, .pi, .leastNonzeroMagnitude, -1e300])
      ),
      Tensor(name: "scale", shape: [], values: .float32([0.1])),
      Tensor(name: "step", shape: [2], values: .int64([.min, .max])),
      Tensor(name: "nothing", shape: [0, 4], values: .float32([])),
    ])
}

/// A file around a header of our own making. Where the header holds 64 zeros, the digest of the file replaces them.
func file(header: String, payload: [UInt8] = [], pad: Bool = true) -> [UInt8] {
  file(header: Array(header.utf8), payload: payload, pad: pad)
}

func file(header given: [UInt8], payload: [UInt8] = [], pad: Bool = true) -> [UInt8] {
  var header = given
  if pad { header += repeatElement(0x20, count: (8 - header.count % 8) % 8) }
  var bytes = withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header + payload
  let zeros = [UInt8](repeating: 0x30, count: 64)
  if let start = bytes.indices.first(where: { bytes[$0...].starts(with: zeros) }) {
    bytes.replaceSubrange(start..<start + 64, with: Array(SHA256.hex(of: bytes).utf8))
  }
  return bytes
}

let zeros = String(repeating: "0", count: 64)
let metadata = "\"__metadata__\":{\"sha256\":\"\(zeros)\"}"

/// The little-endian bytes of doubles.
func payload(_ values: Double...) -> [UInt8] {
  values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
}
