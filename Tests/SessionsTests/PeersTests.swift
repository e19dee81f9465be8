import Glibc
import TemporaryFolders
import Testing

/// `tools/bench-peers`: its reports as tables, and what it does when results differ.
@Suite struct PeersTests {
  let folder = TemporaryFolder()
  let bench = Tool("bench-peers")

  private let report = """
    {"report": "bench-peers", "version": "0.1.0", "processor": "a processor with AVX2", "rounds": 3,
     "ours": [
      {"job": "J1", "part": "forward", "precision": "float64", "milliseconds": 0.02, "milliseconds_encoded": 0.05,
       "largest_error": 1e-16},
      {"job": "J1", "part": "gradient", "precision": "float64", "milliseconds": 0.1, "milliseconds_encoded": 0.13,
       "largest_error": 1e-15},
      {"job": "J2", "part": "forward", "precision": "float32", "milliseconds": 0.2, "milliseconds_encoded": 0.4,
       "largest_error": 1e-7}],
     "peers": [
      {"peer": "jax", "name": "JAX by hand", "version": "0.10.2", "notes": [], "results": [
       {"job": "J1", "part": "forward", "precision": "float64", "milliseconds": 0.2, "ratio": 9.999, "way": "turning",
        "largest_error": 1e-16},
       {"job": "J1", "part": "gradient", "precision": "float64", "milliseconds": 20, "ratio": 200.4, "way": "turning",
        "largest_error": 1e-16}]},
      {"peer": "aer", "name": "Qiskit Aer", "version": "0.18.2", "notes": [], "results": [
       {"job": "J1", "part": "forward", "precision": "float64", "milliseconds": 4, "ratio": 210, "way": "one run",
        "largest_error": 1e-16}]},
      {"peer": "qsim", "name": "qsim", "version": null, "results": [],
       "notes": [{"about": "not installed", "note": "No matching distribution found"}]}]}
    """

  private func put(_ text: String) -> String { folder.put("report.json", Array(text.utf8)) }

  @Test func aTableForEachPrecision() {
    // Ratios are rounded down, so that 9.999 is not 10.
    #expect(
      bench.run("--from \(put(report))") == (
        0,
        """
        float64                     J1a   J1b
        qkd-run, ms                0.02   0.1
        qkd-run with encoding, ms  0.05  0.13
        JAX by hand 0.10.2         ×9.9  ×200
        Qiskit Aer 0.18.2          ×210     –
        the least of them          ×9.9  ×200

        float32                    J2a
        qkd-run, ms                0.2
        qkd-run with encoding, ms  0.4

        a processor with AVX2; one core; qkd-run 0.1.0; medians of 3 rounds in turns; CPU time
        qsim, not installed: No matching distribution found

        """
      ))
    let markdown = bench.run("--from \(put(report)) --format markdown").text
    #expect(markdown.contains("| float64 | J1a | J1b |\n| --- | ---: | ---: |\n"))
    #expect(markdown.contains("| JAX by hand 0.10.2 | ×9.9 | ×200 |\n"))
  }

  @Test(arguments: [
    (#""report": "bench-peers""#, #""report": "reproduce""#), (#""ratio": 9.999"#, #""ratio": -1"#),
    (#""ratio": 210"#, #""ratio": NaN"#), (#""ratio": 210"#, #""ratio": "210""#), (#""job": "J2""#, #""job": "J9""#),
    (#""rounds": 3"#, #""rounds": 0"#), (#""notes": []"#, #""notes": 1"#), (#""processor""#, #""processors""#),
    // A ratio to a time that is not there.
    (#""job": "J1", "part": "gradient", "precision": "float64", "milliseconds": 0.1"#, #""job": "J3""#),
  ])
  func damage(_ was: String, _ becomes: String) {
    let damaged = report.replacing(was, with: becomes, maxReplacements: 1)
    #expect(damaged != report)
    #expect(bench.run("--from \(put(damaged))").status == 65)
  }

  @Test func truncation() {
    let bytes = Array(report.utf8)
    for length in stride(from: 0, to: bytes.count, by: bytes.count / 11) {
      #expect(bench.run("--from \(folder.put("short.json", Array(bytes[..<length])))").status == 65, "\(length) bytes")
    }
  }

  @Test func refusals() {
    #expect(bench.run("--from \(folder.path)/nowhere.json").status == 66)
    #expect(bench.run("--from \(put(report)) --output \(folder.path)/other.json").status == 64)
    #expect(bench.run("--peers nobody").status == 64)
    #expect(bench.run("--jobs J1,J9").status == 64)
    #expect(bench.run("--rounds 0").status == 64)
    #expect(bench.run("--peers none --output \(folder.path)/nowhere/report.json").status == 73)
  }

  @Test(.enabled(if: getenv("QKD_RUN_BINARY") != nil, "no program to measure: set QKD_RUN_BINARY"))
  func theProgramAgreesWithTheReference() {
    let answer = bench.run("--peers none --jobs J0 --rounds 1 --output \(folder.path)/agreed.json")
    #expect(answer.status == 0, "\(answer.text)")
    #expect(answer.text.contains("float32") && answer.text.contains("J0b"))
    #expect(bench.run("--from \(folder.path)/agreed.json").status == 0)
  }

  /// A program whose logits are off, and one that never looked.
  @Test(arguments: [("0.001", "differs from the reference by 0.001"), ("null", "differs from the reference by None")])
  func disagreement(_ error: String, _ expected: String) {
    let row = #""milliseconds": 1, "milliseconds_encoded": 1, "largest_error""#
    let rows = #"[{"part": "forward", \#(row): \#(error)}, {"part": "gradient", \#(row): 1e-15}]"#
    let script = folder.put("script", Array("#!/bin/sh\n[ $1 = --version ] && echo 0 || echo '\(rows)'\n".utf8))
    let program = folder.path + "/program"
    // By another process: a file that this one has open for writing could not be run by a test beside this one.
    #expect(system("cp '\(script)' '\(program)' && chmod +x '\(program)'") == 0)
    let arguments = "--peers none --jobs J0 --precision float64 --rounds 1 --output \(folder.path)/no.json"
    let answer = bench.run(arguments, setting: "QKD_RUN_BINARY='\(program)'")
    #expect(answer.status == 70)
    #expect(answer.text.contains("J0 float64, forward: \(expected), allowed is 1e-10"), "\(answer.text)")
    #expect(folder.get("no.json") == nil)
  }
}
