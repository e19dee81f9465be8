/// Reads an NPY header, and no byte more, from a stream that was at most looked at; checks the size of a regular file.
func readHeader(_ stream: inout ByteStream, types: [NPYType]) throws(SampleError) -> NPYHeader {
  var needed = 8
  while true {
    do { try stream.lookAhead(needed) } catch { throw .file(error) }
    let more: Int
    do { more = try NPYHeader.bytesNeeded(stream.front) } catch { throw .npy(error) }
    guard more > needed else { break }
    needed = more
  }
  let header: NPYHeader
  do { header = try NPYHeader(decoding: stream.front) } catch { throw .npy(error) }
  guard types.contains(header.type) else { throw .type(given: header.type, allowed: types) }
  let expected = header.dataOffset + header.dataBytes
  if let size = stream.file.size, size != expected { throw .npy(.size(given: size, expected: expected)) }
  return header
}
