import CZlib

/// NPY: the header's text, with its length made to fit; the shape, with as many data; the data alone; or anything.
func mutateNPY(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  guard input.count > 10, input[6] == 1, case let end = 10 + Int(input[8]) + Int(input[9]) << 8, end <= input.count
  else { return mutateBytes(input, largest) }
  let (text, data) = (Array(input[10..<end]), Array(input[end...]))
  switch choice.below(5) {
  case 0, 1: return npy(mutateText(text, &choice, 256), data)
  case 2:
    let (type, bytes) = choice.element([
      ("<f4", 4), ("<f8", 8), ("<c8", 8), ("<c16", 16), ("|i1", 1), ("|u1", 1), ("<i2", 2), ("<u4", 4), ("<i8", 8),
      ("|b1", 1),
    ])
    let (rows, columns) = (choice.below(6), choice.below(9))
    let shape = columns == 8 ? "(\(rows),)" : "(\(rows), \(columns))"
    let size = rows * bytes * (columns == 8 ? 1 : columns)
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    return npy(Array(header.utf8), resized(data, size))
  case 3: return mutate(end..<input.count, of: input, largest)
  default: return mutateBytes(input, largest)
  }
}

private func npy(_ text: [UInt8], _ data: [UInt8]) -> [UInt8] {
  var text = text
  while text.last == 0x20 || text.last == 0x0A { text.removeLast() }
  text += [UInt8](repeating: 0x20, count: 63 - (10 + text.count) % 64) + [0x0A]
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8 & 255)] + text + data
}

func resized(_ data: [UInt8], _ size: Int) -> [UInt8] {
  data.prefix(size) + [UInt8](repeating: data.last ?? 1, count: max(0, size - data.count))
}

/// IDX: extents, with as many data or not; the data alone; or anything.
func mutateIDX(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  guard input.count >= 4, case let end = 4 + 4 * Int(input[3]), end <= input.count, choice.below(4) > 0 else {
    return mutateBytes(input, largest)
  }
  if choice.below(3) == 0 { return mutate(end..<input.count, of: input, largest) }
  let extents = (0..<1 + choice.below(8)).map { _ in choice.below(5) }
  var header: [UInt8] = [0, 0, 8, UInt8(extents.count)] + extents.flatMap { [0, 0, 0, UInt8($0)] }
  if choice.below(4) == 0 {
    for index in header.indices.dropFirst(4) where choice.below(3) == 0 {
      header[index] = choice.element([255, 128, 1])
    }
  }
  return header + resized(Array(input[end...]), min(extents.reduce(1, *), largest))
}

func mutateArray(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  input.first == 0 ? mutateIDX(input, &choice, largest) : mutateNPY(input, &choice, largest)
}

/// gzip: its content, whatever that is, compressed again in one member or two; or the compressed bytes.
func mutateGzip(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  guard choice.below(3) > 0, let content = inflated(input) else { return mutateBytes(input, largest) }
  let isText = ![0, 0x93].contains(content.first)
  let changed = isText ? mutateText(content, &choice, largest) : mutateArray(content, &choice, largest)
  let level = Int32(choice.below(10))
  if choice.below(4) > 0 { return deflated(changed, level) }
  let cut = choice.below(changed.count)
  return deflated(Array(changed[..<cut]), level) + deflated(Array(changed[cut...]), level)
}

private let gzipWindow: Int32 = 15 + 16

private func deflated(_ bytes: [UInt8], _ level: Int32) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  deflateInit2_(&stream, level, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 8 + 64)
  let room = output.count
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
      (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(room))
      deflate(&stream, Z_FINISH)
      return room - Int(stream.avail_out)
    }
  }
  return Array(output[..<count])
}

/// nil for what is no whole member of gzip, or a large one.
private func inflated(_ bytes: [UInt8]) -> [UInt8]? {
  var stream = z_stream()
  inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  defer { inflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: 1 << 14)
  let (status, count) = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
      (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
      let status = inflate(&stream, Z_FINISH)
      return (status, output.count - Int(stream.avail_out))
    }
  }
  return status == Z_STREAM_END ? Array(output[..<count]) : nil
}
