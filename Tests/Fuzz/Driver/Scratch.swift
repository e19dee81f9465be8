import Glibc

/// A folder in memory for the files that readers open.
struct Scratch {
  let path: String

  init(_ path: String) { self.path = path }

  func file(_ name: String) -> ScratchFile { ScratchFile("\(path)/\(name)") }
}

/// A file that gets other contents again and again.
final class ScratchFile {
  let path: String
  private let descriptor: Int32

  init(_ path: String) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    precondition(descriptor >= 0, path)
  }

  deinit { close(descriptor) }

  func put(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    precondition(pwrite(descriptor, bytes, bytes.count, 0) == bytes.count && ftruncate(descriptor, bytes.count) == 0)
  }

  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeSubrange(max(0, pread(descriptor, &bytes, bytes.count, 0))...)
    return bytes
  }
}

/// Calls `body` with the path of a pipe that holds `bytes`, which must fit into one.
func withPipe(_ bytes: [UInt8], _ body: (String) -> Void) {
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { return }
  defer { close(ends[0]) }
  let written = write(ends[1], bytes, bytes.count)
  // The path opens the pipe once more: a writer that is gone must not be waited for.
  close(ends[1])
  if written == bytes.count { body("/dev/fd/\(ends[0])") }
}
