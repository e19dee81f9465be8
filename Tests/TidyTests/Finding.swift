/// A place that breaks a house rule, and what to do about it.
struct Finding: CustomStringConvertible {
  let path: String
  /// 0: the file as a whole.
  let line: Int
  let message: String

  var description: String { line == 0 ? "\(path): \(message)" : "\(path):\(line): \(message)" }
}

extension [Finding] {
  /// Findings as a reader sees them, one a line.
  var text: String { map(\.description).joined(separator: "\n") }
}
