import Foundation
import TemporaryFolders
import Testing

/// Every job in an audit, which ends the process at the first allocation, release or mapping after the seal; and what
/// the reports say of memory.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct AuditTests {
  private static func audit(_ arguments: [String], input: FileHandle = .nullDevice) throws -> [String: Any] {
    let result = try Binary.run(
      arguments + ["--format", "json"],
      environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles, "QKD_HOST_AUDIT": "true"], input: input)
    #expect(result.code == 0, "\(arguments): \(result.errors)")
    return try EndToEndTests.json(result)
  }

  private static func expectNone(_ facts: [String: Any], _ what: [String]) {
    for key in ["allocations_after_seal", "frees_after_seal", "mappings_after_seal", "growth_after_seal_bytes"] {
      #expect(facts[key] as? Int == 0, "\(key) of \(what)")
    }
    // ROM is the system's to drop and to read again: on a busy host a page of it may be missing.
    #expect(facts["major_faults_after_seal"] as? Int != nil, "\(what)")
    #expect(facts["untouched"] is [Any])
  }

  @Test(arguments: ["float32", "float64"], ["1", "2"])
  func evaluates(_ precision: String, _ threads: String) throws {
    let folder = TemporaryFolder()
    for predictions in ["", "p.csv", "p.ndjson", "p.npy"] {
      var arguments = ["--profile", "small-device", "--precision", precision, "--threads", threads]
      if !predictions.isEmpty { arguments += ["--predictions", folder.path + "/" + predictions] }
      Self.expectNone(try Self.audit(arguments), arguments)
    }
  }

  @Test(arguments: ["1", "2"]) func trainsDistilsAndCompresses(_ threads: String) throws {
    let folder = TemporaryFolder()
    for arguments in [
      ["train", "--profile", "workstation", "--iterations", "10", "--output", folder.path + "/t.safetensors"],
      ["distill", "--profile", "small-device", "--iterations", "10", "--output", folder.path + "/s.safetensors"],
      ["compress", "--profile", "autoencoder", "--iterations", "10", "--output", folder.path + "/a.safetensors"],
    ] {
      Self.expectNone(try Self.audit(arguments + ["--threads", threads]), arguments)
    }
  }

  @Test(arguments: ["end", "each-epoch"], ["1", "2"])
  func solvesReadouts(_ fitting: String, _ threads: String) throws {
    let folder = TemporaryFolder()
    let more = ["--set", "training.readout-fit=\(fitting)", "--threads", threads]
    for arguments in [
      ["train", "--profile", "workstation", "--iterations", "10", "--output", folder.path + "/t.safetensors"],
      ["distill", "--profile", "small-device", "--iterations", "10", "--output", folder.path + "/s.safetensors"],
      [
        "reproduce", "table-1", "--preset", "calibrated", "--seeds", "1", "--output",
        folder.path + "/\(fitting)-\(threads).json",
      ],
    ] {
      let report = try Self.audit(arguments + more)
      Self.expectNone(report["facts"] as? [String: Any] ?? report, arguments + more)
    }
  }

  @Test(arguments: ["1", "2"]) func selects(_ threads: String) throws {
    let folder = TemporaryFolder()
    for arguments in [
      ["train", "--profile", "workstation", "--output", folder.path + "/t.safetensors"],
      ["distill", "--profile", "small-device", "--output", folder.path + "/s.safetensors"],
    ] {
      let all = arguments + ["--iterations", "100", "--restarts", "3", "--patience", "1", "--threads", threads]
      let report = try Self.audit(all)
      Self.expectNone(report["facts"] as? [String: Any] ?? report, all)
    }
  }

  @Test func reproduces() throws {
    let folder = TemporaryFolder()
    let arguments = [
      "reproduce", "table-1", "--preset", "literal", "--seeds", "1", "--output", folder.path + "/r.json",
    ]
    let report = try Self.audit(arguments)
    Self.expectNone(try #require(report["facts"] as? [String: Any] ?? report), arguments)
  }

  @Test func readsFilesAndStreams() throws {
    let rows = (0..<300).map { row in (0..<128).map { $0 == row % 128 ? "1" : "0" }.joined(separator: " ") }
    let folder = TemporaryFolder()
    let text = folder.put("rows.txt", Array((rows.joined(separator: "\n") + "\n").utf8))
    let arguments = ["--profile", "small-device", "--input"]
    Self.expectNone(try Self.audit(arguments + [text]), ["text"])
    let stream = try #require(FileHandle(forReadingAtPath: text))
    Self.expectNone(try Self.audit(arguments + ["-"], input: stream), ["standard input"])
  }

  /// A model whose rows have a scale remembers their range, and each row is held against it.
  @Test(arguments: ["angle", "amplitude-unnormalized"]) func holdsRowsToTheRangeOfTraining(_ encoder: String) throws {
    let folder = TemporaryFolder()
    let rows = (0..<40).map { "\(0.1 * Double($0)),\(0.07 * Double(39 - $0))" }
    let text = folder.put("rows.csv", Array((rows.joined(separator: "\n") + "\n").utf8))
    let labels = folder.put("labels", Array((0..<40).map { $0 < 20 ? "0\n" : "1\n" }.joined().utf8))
    let model = folder.path + "/m.safetensors"
    let trained = [
      "train", "--input", text, "--labels", labels, "--test-input", text, "--test-labels", labels, "--encoder", encoder,
      "--set", "model.qubits=2", "--set", "data.pad=true", "--iterations", "4", "--batch", "8", "--output", model,
    ]
    Self.expectNone(try Self.audit(trained), trained)
    let pads = ["--model", model, "--set", "data.pad=true", "--input"]
    let evaluated = try Self.audit(pads + [text, "--labels", labels])
    Self.expectNone(evaluated, [encoder])
    // The range is there, and is looked at.
    let far = folder.put("far.csv", Array("100,0\n".utf8))
    let refused = try Binary.run(pads + [far])
    #expect(refused.code == 65 && refused.errors.contains("data.allow-outside"), "\(refused.errors)")
  }

  /// First touches are of the program's code, and of a fixed number of pages: more samples make no more faults, and
  /// take no more memory.
  @Test func moreSamplesTakeNoMorePages() throws {
    func run(_ samples: Int) throws -> (faults: Int, peak: Int) {
      let report = try EndToEndTests.json(
        EndToEndTests.run("--profile", "small-device", "--samples", "\(samples)", "--format", "json"))
      return (
        try #require(report["minor_faults_after_seal"] as? Int), try #require(report["ram_peak_bytes"] as? Int)
      )
    }
    let (few, many) = (try run(10_000), try run(300_000))
    #expect(abs(many.faults - few.faults) <= 2, "\(few.faults), \(many.faults)")
    // Environment and arguments of the two differ by a few bytes, hence a page.
    #expect(abs(many.peak - few.peak) <= 16 << 10, "\(few.peak), \(many.peak)")
  }

  @Test func aTeacherOf15QubitsAnd10LayersTrainsIn24MiB() throws {
    let folder = TemporaryFolder()
    let arguments = [
      "train", "--profile", "workstation", "--set", "model.qubits=15", "--set", "model.layers=10", "--memory", "24 MiB",
      "--iterations", "1", "--batch", "2", "--samples", "2", "--output", folder.path + "/t.safetensors",
    ]
    let report = try Self.audit(arguments)
    Self.expectNone(report, arguments)
    #expect(try #require(report["ram_peak_bytes"] as? Int) <= 24 << 20)
  }

  @Test func memoryThatIsLockedIsNotMoreMemory() throws {
    let result = try EndToEndTests.run(
      "--profile", "small-device", "--set", "host.lock=true", "--memory", "64 MiB", "--format", "json")
    // Whether the test's user may is the system's to say.
    if result.code == 71 {
      #expect(result.errors.contains("host.lock: the system does not lock"), "\(result.errors)")
      return
    }
    let peak = try #require(EndToEndTests.json(result)["ram_peak_bytes"] as? Int)
    #expect(result.code == 0 && peak < 2 << 20)
  }
}
