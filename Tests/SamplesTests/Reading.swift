import Samples
import TemporaryFolders

/// What a stream gave until its end: the rows read, and every other status with them in order.
struct Reading: Equatable {
  var rows: [[Double]] = []
  var imaginary: [[Double]] = []
  var statuses: [RowStatus] = []
}

/// Reads from a stream until a final status, through a buffer of the given size.
func read(
  _ stream: inout SampleStream, columns: Int, imaginary: Bool = false, buffer: UnsafeMutableRawBufferPointer
) throws(SampleError) -> Reading {
  try stream.begin(columns: columns, imaginary: imaginary, buffer: buffer)
  return readOn(&stream, columns: columns, imaginary: imaginary)
}

func readOn(_ stream: inout SampleStream, columns: Int, imaginary: Bool = false) -> Reading {
  var reading = Reading()
  let real = UnsafeMutablePointer<Double>.allocate(capacity: columns)
  let other = UnsafeMutablePointer<Double>.allocate(capacity: columns)
  defer {
    real.deallocate()
    other.deallocate()
  }
  while true {
    // What is not written by the stream shows as this.
    real.update(repeating: 77, count: columns)
    other.update(repeating: 77, count: columns)
    let status = stream.nextRow(real: real, imaginary: imaginary ? other : nil)
    reading.statuses.append(status)
    if status.isFinal { return reading }
    if status == .row {
      reading.rows.append(Array(UnsafeBufferPointer(start: real, count: columns)))
      if imaginary { reading.imaginary.append(Array(UnsafeBufferPointer(start: other, count: columns))) }
    }
  }
}

/// The same from the bytes of a file.
func read(
  _ bytes: [UInt8], columns: Int, imaginary: Bool = false, _ form: TextForm = TextForm(), bufferBytes: Int = 4096
) throws(SampleError) -> Reading {
  let folder = TemporaryFolder()
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 64)
  defer { buffer.deallocate() }
  var stream = try SampleStream(path: folder.put("samples", bytes), form)
  return try read(&stream, columns: columns, imaginary: imaginary, buffer: buffer)
}

func read(
  _ text: String, columns: Int, imaginary: Bool = false, _ form: TextForm = TextForm(), bufferBytes: Int = 4096
) throws(SampleError) -> Reading {
  try read(Array(text.utf8), columns: columns, imaginary: imaginary, form, bufferBytes: bufferBytes)
}

/// The same from a pipe, whose size nobody knows; at most 64 KiB.
func readPiped(
  _ bytes: [UInt8], columns: Int, imaginary: Bool = false, _ form: TextForm = TextForm(), bufferBytes: Int = 4096
) throws(SampleError) -> Reading {
  let pipe = Pipe(bytes)
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 64)
  defer { buffer.deallocate() }
  var stream = try SampleStream(path: pipe.path, form)
  return try read(&stream, columns: columns, imaginary: imaginary, buffer: buffer)
}
