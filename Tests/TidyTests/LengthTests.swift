import Testing

let longestLine = 120
let longestFile = 400

/// Lines of more than `longestLine` characters, and files of more than `longestFile` lines.
func lengthFindings(_ path: String, _ text: String) -> [Finding] {
  let lines = numberedLines(text.hasSuffix("\n") ? String(text.dropLast()) : text)
  let long = lines.filter { $0.line.count > longestLine }.map {
    Finding(path: path, line: $0.number, message: "\($0.line.count) columns; the longest line has \(longestLine)")
  }
  if lines.count <= longestFile { return long }
  return long + [Finding(path: path, line: 0, message: "\(lines.count) lines; the longest file has \(longestFile)")]
}

@Suite struct LengthTests {
  @Test func countsColumns() {
    let fits = String(repeating: "é", count: 120)
    #expect(lengthFindings("A.swift", fits + "\n").isEmpty)
    #expect(lengthFindings("A.swift", "\n\(fits)x\n").text == "A.swift:2: 121 columns; the longest line has 120")
  }

  @Test func countsLines() {
    #expect(lengthFindings("A.swift", String(repeating: "x\n", count: 400)).isEmpty)
    #expect(
      lengthFindings("A.swift", String(repeating: "x\n", count: 401)).text
        == "A.swift: 401 lines; the longest file has 400")
    #expect(
      lengthFindings("A.swift", String(repeating: "\n", count: 400) + "x").text
        == "A.swift: 401 lines; the longest file has 400")
  }

  @Test func holdsInTheCheckout() {
    let files = SourceTree.files("Sources", "Tests", "Package.swift").filter { file in
      [".swift", ".c", ".h"].contains { file.path.hasSuffix($0) }
    }
    #expect(files.contains { $0.path.hasSuffix(".c") })
    #expect(files.flatMap { lengthFindings($0.path, $0.text) }.text == "")
  }
}
