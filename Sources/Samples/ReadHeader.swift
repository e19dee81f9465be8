/// Reads an NPY header, and no byte more, from a stream that was at most looked at, and passes it; checks the size of a
/// plain file.
func readNPYHeader(_ stream: inout ByteStream, types: [NPYType]) throws(SampleError) -> NPYHeader {
  var needed = 8
  while true {
    try stream.lookAhead(needed)
    let more: Int
    do { more = try NPYHeader.bytesNeeded(stream.front) } catch { throw .npy(error) }
    guard more > needed else { break }
    needed = more
  }
  let header: NPYHeader
  do { header = try NPYHeader(decoding: stream.front, types: types) } catch { throw .npy(error) }
  stream.skipFront(stream.front.count)
  let expected = header.dataOffset + header.dataBytes
  if let size = stream.size, size != expected { throw .npy(.size(given: size, expected: expected)) }
  return header
}

/// The same for an IDX header.
func readIDXHeader(_ stream: inout ByteStream, dimensions: ClosedRange<Int>) throws(SampleError) -> IDXHeader {
  try stream.lookAhead(IDXHeader.magicBytes)
  let header: IDXHeader
  do throws(IDXError) { _ = try IDXHeader.bytesNeeded(stream.front, dimensions: dimensions) } catch {
    throw .idx(error)
  }
  try stream.lookAhead(IDXHeader.magicBytes + 4 * Int(stream.front[3]))
  do throws(IDXError) { header = try IDXHeader(decoding: stream.front, dimensions: dimensions) } catch {
    throw .idx(error)
  }
  stream.skipFront(stream.front.count)
  let expected = header.dataOffset + header.dataBytes
  if let size = stream.size, size != expected { throw .idx(.size(given: size, expected: expected)) }
  return header
}
