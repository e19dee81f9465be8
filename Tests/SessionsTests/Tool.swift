import Glibc
import TemporaryFolders

/// A script of `tools/`, run as a user runs it.
struct Tool {
  let path: String

  init(_ name: String) {
    path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/tools/" + name
  }

  /// - Parameters:
  ///   - arguments: as a shell reads them.
  ///   - setting: an environment variable, NAME=VALUE.
  /// - Returns: the exit status, and what was said on standard output and standard error.
  func run(_ arguments: String, setting: String = "") -> (status: Int32, text: String) {
    guard let output = popen("\(setting) '\(path)' \(arguments) 2>&1 </dev/null", "r") else { return (-1, "no pipe") }
    var text: [UInt8] = []
    while case let byte = getc(output), byte != EOF { text.append(UInt8(byte)) }
    return (pclose(output) >> 8 & 255, String(decoding: text, as: UTF8.self))
  }

  /// Whether the Python packages of `plot`, `teacher-logits` and `python-tests` are there, or could be installed now.
  static let canPlot = Tool("install-dependencies").run("--for-plots").status == 0
  static let canTeach = Tool("install-dependencies").run("--for-teachers").status == 0
  static let canTestPython = Tool("install-dependencies").run("--for-pip").status == 0
}
