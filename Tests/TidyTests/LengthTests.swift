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

/// A module that grows beyond this is two; the kernel's arithmetic alone is one thing.
let longestModule = 4000

/// Modules in `Sources/MODULE/…` of more than `longestModule` lines of Swift.
func moduleFindings(_ files: [(path: String, text: String)]) -> [Finding] {
  var lines: [String: Int] = [:]
  for file in files where file.path.hasPrefix("Sources/") && file.path.hasSuffix(".swift") {
    lines[String(file.path.split(separator: "/")[1]), default: 0] += numberedLines(file.text).count - 1
  }
  lines["Kernel"] = nil
  return lines.filter { $0.value > longestModule }.map {
    Finding(path: "Sources/\($0.key)", line: 0, message: "\($0.value) lines; the longest module has \(longestModule)")
  }
}

/// Two screens and a bit.
let longestReadme = 150

/// Lines of a page of more than `longestLine` characters, but for what stands between fences: programs print it, and
/// tables there are as wide as they are.
func pageFindings(_ path: String, _ text: String) -> [Finding] {
  var isFenced = false
  return numberedLines(text).compactMap { number, line in
    if line.hasPrefix("```") {
      isFenced.toggle()
      return nil
    }
    if isFenced || line.count <= longestLine { return nil }
    return Finding(path: path, line: number, message: "\(line.count) columns; the longest line has \(longestLine)")
  } + (isFenced ? [Finding(path: path, line: 0, message: "the last fence is not closed")] : [])
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

  @Test func countsLinesOfModules() {
    let long = String(repeating: "x\n", count: longestModule)
    #expect(moduleFindings([("Sources/A/B.swift", long), ("Sources/Kernel/C.swift", long + long)]).isEmpty)
    #expect(
      moduleFindings([("Sources/A/B.swift", long), ("Sources/A/C/D.swift", "x\n")]).text
        == "Sources/A: 4001 lines; the longest module has 4000")
  }

  @Test func countsColumnsOfPages() {
    let long = String(repeating: "x", count: 121)
    #expect(pageFindings("a.md", "x\n```text\n\(long)\n```\n").isEmpty)
    #expect(pageFindings("a.md", "```\n```\n\(long)\n").text == "a.md:3: 121 columns; the longest line has 120")
    #expect(pageFindings("a.md", "```\nx\n```\n```text\n").text == "a.md: the last fence is not closed")
  }

  @Test func holdsInPages() {
    let pages = SourceTree.files("README.md", "docs")
    #expect(pages.contains { $0.path == "docs/formats.md" })
    #expect(pages.flatMap { pageFindings($0.path, $0.text) }.text == "")
    let readme = pages.first { $0.path == "README.md" }?.text ?? ""
    #expect(numberedLines(readme).count <= longestReadme + 1, "README.md is for two screens; the rest is for docs/")
  }

  @Test func holdsInTheCheckout() {
    let files = SourceTree.files("Sources", "Tests", "Package.swift", pythonPackage).filter { file in
      [".swift", ".c", ".h", ".py"].contains { file.path.hasSuffix($0) }
    }
    #expect(files.contains { $0.path.hasSuffix(".c") } && files.contains { $0.path.hasSuffix(".py") })
    #expect(files.flatMap { lengthFindings($0.path, $0.text) }.text == "")
    #expect(moduleFindings(files.map { ($0.path, $0.text) }).text == "")
  }
}
