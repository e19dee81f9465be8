import Testing

/// A package for pip: nobody starts its files.
let pythonPackage = "tools/python/qkd_run"

/// A tool can be started, and says at its top what it does.
func toolFindings(_ path: String, _ text: String, isExecutable: Bool) -> [Finding] {
  var findings: [Finding] = []
  if !isExecutable { findings.append(Finding(path: path, line: 0, message: "is not executable")) }
  let lines = numberedLines(text)
  if !text.hasPrefix("#!") {
    findings.append(Finding(path: path, line: 1, message: "must begin with #! and its interpreter"))
  }
  let described = lines.dropFirst().first.map { tokens($0.line) } ?? []
  let opens = described.first.map { $0 == "#" || $0 == "//" || $0.hasPrefix("\"\"\"") } ?? false
  if !opens || described.count < 4 {
    findings.append(Finding(path: path, line: 2, message: "must say in a comment what the tool does"))
  }
  return findings
}

@Suite struct ToolTests {
  @Test func namesWhatIsMissing() {
    #expect(
      toolFindings("tools/plot", "import sys\nprint(1)\n", isExecutable: false).text == """
        tools/plot: is not executable
        tools/plot:1: must begin with #! and its interpreter
        tools/plot:2: must say in a comment what the tool does
        """)
    #expect(
      toolFindings("tools/plot", "#!/bin/sh\n# Plots.\n", isExecutable: true).text
        == "tools/plot:2: must say in a comment what the tool does")
    #expect(toolFindings("tools/plot", "#!/bin/sh\n# Plots a report's losses.\n", isExecutable: true).isEmpty)
    #expect(toolFindings("tools/plot", "#!/bin/sh\n\"\"\"Plots a report's losses.\"\"\"", isExecutable: true).isEmpty)
  }

  @Test func holdsInTheCheckout() {
    let tools = SourceTree.files("tools", ".ci/run").filter { !$0.path.hasPrefix(pythonPackage + "/") }
    #expect(tools.contains { $0.path == "tools/run" } && tools.contains { $0.path == ".ci/run" })
    #expect(tools.flatMap { toolFindings($0.path, $0.text, isExecutable: $0.isExecutable) }.text == "")
  }
}
