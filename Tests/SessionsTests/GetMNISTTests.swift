import Glibc
import TemporaryFolders
import Testing

/// `tools/get-mnist` with folders in place of mirrors.
@Suite struct GetMNISTTests {
  /// - Returns: the exit status.
  private func get(_ folder: String, from mirror: String) -> Int32 {
    let tool = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/tools/get-mnist"
    return system("QKD_MNIST_URL='file://\(mirror)' '\(tool)' '\(folder)' >/dev/null 2>&1") >> 8 & 255
  }

  private func absolute(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  @Test(.enabled(if: MNIST.isThere, Comment(rawValue: MNIST.missing))) func copiesWhatIsRight() {
    let folder = TemporaryFolder()
    #expect(get(folder.path, from: absolute(MNIST.folder)) == 0)
    #expect(folder.names.count == 4 && folder.names.allSatisfy { $0.hasSuffix("-ubyte.gz") })
    // The second time nothing is fetched; damage is told, not repaired.
    #expect(get(folder.path, from: "/nowhere") == 0)
    _ = folder.put("t10k-labels-idx1-ubyte.gz", [1, 2, 3])
    #expect(get(folder.path, from: absolute(MNIST.folder)) == 65)
    #expect(folder.get("t10k-labels-idx1-ubyte.gz") == [1, 2, 3])
  }

  @Test func keepsNothingThatIsWrong() {
    let (mirror, folder) = (TemporaryFolder(), TemporaryFolder())
    #expect(get(folder.path, from: mirror.path) == 74)
    for name in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
      _ = mirror.put(name + "-ubyte.gz", [1, 2, 3])
    }
    #expect(get(folder.path, from: mirror.path) == 65)
    #expect(folder.names == [])
  }
}
