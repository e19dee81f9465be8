import Foundation
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

  /// Whoever asks a tool what it does has nothing installed or built. `tools/run` hands all its words to the program.
  @Test func answersHelpBeforeAnythingElse() throws {
    let tools = SourceTree.names(in: "tools").map { "tools/" + $0 }
    let scripts = SourceTree.files("tools").filter { tools.contains($0.path) && $0.path != "tools/run" }
    #expect(scripts.count > 20)
    let answer = """
      set -euo pipefail
      [[ "${1-}" != @(-h|--help) ]] || exec sed -n '2,/^[^#]/s/^# \\{0,1\\}//p' "${BASH_SOURCE[0]}"
      """
    for script in scripts {
      let code = script.text.split(separator: "\n").drop { $0.hasPrefix("#") }.joined(separator: "\n")
      // Without its answer a tool is not asked: it would begin to work.
      guard code.hasPrefix(answer) || script.path == "tools/readme" else {
        Issue.record("\(script.path) does not begin with its answer to --help")
        continue
      }
      for word in ["-h", "--help"] {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: SourceTree.root + "/" + script.path)
        process.arguments = [word]
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0 && said.contains("usage: \(script.path)"), "\(script.path): \(said)")
      }
    }
  }

  @Test func holdsInTheCheckout() {
    let tools = SourceTree.files("tools", ".ci/run").filter { !$0.path.hasPrefix(pythonPackage + "/") }
    #expect(tools.contains { $0.path == "tools/run" } && tools.contains { $0.path == ".ci/run" })
    #expect(tools.flatMap { toolFindings($0.path, $0.text, isExecutable: $0.isExecutable) }.text == "")
  }
}
