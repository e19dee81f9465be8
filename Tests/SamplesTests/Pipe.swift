import Glibc

/// A pipe that holds bytes, at most 64 KiB, and then ends.
final class Pipe {
  private let reader: Int32
  var path: String { "/dev/fd/\(reader)" }

  init(_ bytes: [UInt8]) {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    precondition(write(ends[1], bytes, bytes.count) == bytes.count)
    close(ends[1])
    reader = ends[0]
  }

  deinit { close(reader) }
}
