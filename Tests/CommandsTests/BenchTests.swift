import Foundation
import Testing

@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct BenchTests {
  private func bench(_ arguments: String...) throws -> [[String: Any]] {
    let result = try Binary.run(["bench", "--format", "json", "--repetitions", "1"] + arguments)
    #expect(result.code == 0 && result.errors == "", "\(result.errors)")
    return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
  }

  @Test func groundStates() throws {
    let lines = try bench("--jobs", "J4")
    #expect(lines.count == 3 && lines.allSatisfy { $0["job"] as? String == "J4" })
    let exact = try #require(lines[0]["energy"] as? Double)
    let reduced = try #require(lines[2]["energy"] as? Double)
    // The energy of this chain from two other programs, to all digits that they print.
    #expect((exact + 16.73427339667778).magnitude < 1e-12 && (reduced + 16.73427339667778).magnitude < 1e-12)
    for line in lines {
      #expect(try #require(line["residual"] as? Double) < 1e-9)
      #expect(try #require(line["milliseconds"] as? Double) > 0)
      #expect(line["peak_mib"] is NSNull && line["ratio"] is NSNull)
    }
  }

  @Test func processes() throws {
    let temporary = FileManager.default.temporaryDirectory.path
    func folders() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: temporary).filter { $0.hasPrefix("qkd-bench-") }.count
    }
    let before = try folders()
    let lines = try bench("--jobs", "J6,J5", "--precision", "float32")
    #expect(lines.map { $0["job"] as? String } == ["J6", "J6", "J6", "J5", "J5"])
    #expect(lines[0]["ratio"] as? Double == 1)
    // To print its version the program takes about what an empty one does.
    #expect(try #require(lines[1]["ratio"] as? Double) > 0.5)
    #expect(try #require(lines[2]["ratio"] as? Double) > 1)
    #expect(lines[2]["precision"] as? String == "float32" && lines[1]["precision"] is NSNull)
    let loaded = try #require(lines[3]["peak_mib"] as? Double)
    let streamed = try #require(lines[4]["peak_mib"] as? Double)
    // How much code is resident is the system's choice; the samples, 160 MiB, are not to be.
    #expect(loaded > 1 && streamed > loaded / 2 && streamed < loaded + 4)
    #expect(try folders() == before, "the temporary folder stays")
  }

  /// In a terminal of 80 columns; what no row has is no column.
  @Test func tablesFit() throws {
    let result = try Binary.run(["bench", "--jobs", "J1,J4", "--threads", "2", "--repetitions", "1"])
    #expect(result.code == 0 && result.errors == "", "\(result.errors)")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(result.output)")
    #expect(lines.contains("threads: 2") && lines.filter { $0.hasPrefix("J1   ") }.count == 4)
    #expect(lines.contains { $0.split(separator: " ") == ["job", "part", "ms", "energy", "residual"] })
  }

  /// What no job would take is not passed over.
  @Test(arguments: [
    ("--jobs J1 --layers -4 --batch -9", "--layers is -4; allowed: none without --qubits"),
    ("--jobs J1 --logits 2", "--logits is 2; allowed: none without --qubits"),
    ("--batch 64", "--batch is 64; allowed: none without --qubits"),
    ("--qubits 2 --layers 0", "--layers is 0; allowed: 1 to 1000"),
    ("--qubits 2 --logits 3", "--logits is 3; allowed: 1 to 2"),
    ("--jobs J4 --lanes 3 --inputs /nope", "--lanes is 3; allowed: 1, 2, 4, 8, and 16 with --precision float32"),
    ("--jobs J3 --lanes 3", "--lanes is 3; allowed: 1, 2, 4, 8, and 16 with --precision float32"),
    ("--jobs J1 --lanes 16", "--lanes is 16; allowed: 1, 2, 4, 8, and 16 with --precision float32"),
    ("--jobs J6 --lanes 4", "--lanes is '4'; allowed: none where --jobs names J4, J5 and J6 alone"),
    ("--jobs J4,J5 --inputs /nope", "--inputs is '/nope'; allowed: none where --jobs names J4, J5 and J6 alone"),
  ]) func optionsOfOtherJobs(_ line: String, _ text: String) throws {
    let result = try Binary.run(["bench"] + line.split(separator: " ").map(String.init))
    #expect(result.code == 64 && result.errors.contains(text), "\(result)")
  }

  @Test func ownJob() throws {
    for (options, part) in [(["--qubits", "3"], "n3"), (["--qubits", "2", "--layers", "1", "--batch", "1"], "n2")] {
      let result = try Binary.run(
        ["bench", "--repetitions", "1", "--precision", "float32", "--lanes", "16"] + options)
      #expect(result.code == 0 && result.output.contains(part), "\(result)")
    }
  }

  @Test func wrongJob() throws {
    let result = try Binary.run(["bench", "--jobs", "J4,J9"])
    #expect(result.code == 64 && result.errors.contains("--jobs has 'J9'; allowed: J1, J2, J3, J4, J5, J6, J7, J8"))
    #expect(try Binary.run(["bench", "--jobs", "J4"], environment: ["TMPDIR": "/nowhere"]).code == 0)
    let nowhere = try Binary.run(["bench", "--jobs", "J6"], environment: ["TMPDIR": "/nowhere"])
    #expect(nowhere.code == 73 && nowhere.errors.contains("/nowhere"))
  }
}
