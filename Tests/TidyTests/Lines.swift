/// The lines of a text, counted from 1.
func numberedLines(_ text: String) -> [(number: Int, line: Substring)] {
  text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { ($0.offset + 1, $0.element) }
}

/// What stands between white space.
func tokens(_ line: Substring) -> [String] { line.split { $0 == " " || $0 == "\t" }.map { String($0) } }
