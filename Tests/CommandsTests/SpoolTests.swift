import Foundation
import Glibc
import Models
import Testing

@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct SpoolTests {
  private func expectSilence(_ result: Binary.Result, _ location: SourceLocation = #_sourceLocation) {
    #expect(result.code == 0 && result.output == "" && result.errors == "", "\(result)", sourceLocation: location)
  }

  private func sha256(_ path: String) throws -> String {
    let (process, pipe) = (Process(), Foundation.Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.arguments = ["--", path]
    process.standardOutput = pipe
    try process.run()
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile().prefix(64), as: UTF8.self)
  }

  /// An NPY file of little-endian 64-bit integers.
  private func labels(_ values: [Int64]) -> Data {
    var header = "{'descr': '<i8', 'fortran_order': False, 'shape': (\(values.count),), }"
    header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8))
    for value in values { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
    return data
  }

  @Test func inputsOfAllKindsBecomeResults() throws {
    let spool = SpoolFixture()
    spool.drop("a.ndjson", SpoolFixture.rows(5, seed: 1))
    spool.drop("b.csv", SpoolFixture.text(3, seed: 2))
    try labels([0, 1, 1]).write(to: URL(fileURLWithPath: spool.path + "/inbox/b.csv.labels"))
    expectSilence(try spool.run())
    #expect(spool.names("inbox") == [] && spool.names("done") == ["a.ndjson", "b.csv", "b.csv.labels"])
    #expect(
      spool.names("results") == [
        "a.ndjson.csv", "a.ndjson.json", "b.csv.csv", "b.csv.json", "metrics.ndjson",
      ])
    #expect(spool.names("rejected") == [])
    let lines = spool.get("results/a.ndjson.csv").split(separator: "\n")
    #expect(lines.count == 6 && lines[0] == "sample,class,label,hit,probability_0,probability_1,logit_0,logit_1")
    let report = try spool.report("b.csv.json")
    #expect(report["samples"] as? Int == 3 && report["labelled"] as? Int == 3)
    #expect(try report["predictions_sha256"] as? String == sha256(spool.path + "/results/b.csv.csv"))
    #expect(try report["data_sha256"] as? String == sha256(spool.path + "/done/b.csv"))
    #expect(try report["labels_sha256"] as? String == sha256(spool.path + "/done/b.csv.labels"))
    #expect(report["time"] as? String == "2023-11-14T22:13:20Z")
    #expect(spool.metrics.map { $0["input"] as? String } == ["a.ndjson", "b.csv"])
    // The same as one file alone.
    let alone = try Binary.run([
      "--model", SpoolFixture.model, "--precision", "float32", "--input", spool.path + "/done/a.ndjson",
      "--predictions", spool.path + "/alone.csv", "--format", "json",
    ])
    #expect(alone.code == 0 && spool.get("alone.csv") == spool.get("results/a.ndjson.csv"))
    let json = try EndToEndTests.json(alone)
    #expect(json["accuracy"] as? Double == spool.metrics[0]["accuracy"] as? Double)
  }

  @Test(arguments: ["ndjson", "npy"]) func formats(_ format: String) throws {
    let spool = SpoolFixture(settings: "format = \"\(format)\"")
    spool.drop("a", SpoolFixture.rows(5, seed: 1))
    expectSilence(try spool.run())
    #expect(spool.names("results") == ["a.\(format)", "a.json", "metrics.ndjson"].sorted())
  }

  @Test(arguments: [true, false]) func nothingToDoTouchesNothing(keepsInputs: Bool) throws {
    let spool = SpoolFixture(keepsInputs: keepsInputs)
    for index in 0..<20 { spool.drop("\(index).ndjson", SpoolFixture.rows(2, seed: index)) }
    spool.drop("3.ndjson.labels", "waits")
    _ = unlink(spool.path + "/inbox/3.ndjson.labels")
    expectSilence(try spool.run())
    #expect(spool.metrics.count == 20)
    let state = spool.state
    expectSilence(try spool.run())
    #expect(spool.state == state)
    let summary = try EndToEndTests.json(spool.run("--format", "json"))
    #expect(summary["evaluated"] as? Int == 0 && summary["skipped"] as? Int == (keepsInputs ? 20 : 0))
  }

  @Test func memoryIsWhatWasPlanned() throws {
    let spool = SpoolFixture(inMemory: true)
    for index in 0..<1200 { spool.drop("\(index)", SpoolFixture.rows(1, seed: index)) }
    let plan = try EndToEndTests.json(Binary.run(["plan", "--profile", spool.path + "/station.toml", "--json"]))
    let planned = try #require(plan["ram_planned_bytes"] as? Int)
    let summary = try EndToEndTests.json(
      Binary.run(
        ["--profile", spool.path + "/station.toml", "--format", "json"], environment: ["QKD_HOST_AUDIT": "true"]))
    #expect(summary["evaluated"] as? Int == 1200)
    let peak = try #require(summary["ram_peak_bytes"] as? Int)
    #expect(peak <= planned && planned - peak <= 512 << 10, "peak \(peak), planned \(planned)")
  }

  @Test func whatChangedIsEvaluatedAnew() throws {
    let spool = SpoolFixture(keepsInputs: true)
    for name in ["a", "b"] { spool.drop(name, SpoolFixture.rows(3, seed: 1, label: name == "a" ? "0" : nil)) }
    expectSilence(try spool.run())
    let before = (spool.get("results/a.csv"), try spool.report("a.json"))
    // Another time alone is no change of what is read; the next run need not read it again.
    spool.touch("inbox/a", 1_700_000_001)
    expectSilence(try spool.run())
    #expect(spool.metrics.count == 2)
    let state = spool.state
    expectSilence(try spool.run())
    #expect(spool.state == state)
    spool.drop("a", SpoolFixture.rows(3, seed: 2), changed: 1_700_000_002)
    expectSilence(try spool.run())
    #expect(spool.metrics.map { $0["input"] as? String } == ["a", "b", "a"])
    #expect(spool.get("results/a.csv") != before.0)
    // Another setting that decides results, and another model.
    expectSilence(try spool.run("--precision", "float64"))
    #expect(spool.metrics.count == 5)
    expectSilence(
      try spool.run("--precision", "float64", "--model", EndToEndTests.profiles + "/teacher-7q-2l.safetensors"))
    #expect(spool.metrics.count == 7)
    #expect(try spool.report("a.json")["model_sha256"] as? String != before.1["model_sha256"] as? String)
    // Labels that come later.
    try labels([1, 1, 1]).write(to: URL(fileURLWithPath: spool.path + "/inbox/b.labels"))
    expectSilence(try spool.run())
    #expect(try spool.report("b.json")["labels_sha256"] is String)
  }

  @Test func badInputsAmongGood() throws {
    let spool = SpoolFixture()
    spool.drop("a.ndjson", SpoolFixture.rows(2, seed: 1))
    spool.drop("bad.csv", "1 2 3\n")
    spool.drop("cut.ndjson", String(SpoolFixture.rows(2, seed: 1).dropLast(5)))
    spool.drop("empty", "")
    spool.drop("label.ndjson", SpoolFixture.rows(1, seed: 1, label: "2"))
    spool.drop("z.ndjson", SpoolFixture.rows(2, seed: 2))
    symlink("/etc/passwd", spool.path + "/inbox/link")
    mkfifo(spool.path + "/inbox/pipe", 0o600)
    mkdir(spool.path + "/inbox/folder", 0o700)
    spool.drop(".hidden", "not yet whole")
    let bad = ["bad.csv", "cut.ndjson", "empty", "label.ndjson", "link", "pipe"]
    let result = try spool.run()
    #expect(result.code == 3 && result.output == "")
    #expect(spool.names("done") == ["a.ndjson", "z.ndjson"] && spool.metrics.count == 2)
    #expect(spool.names("rejected") == bad.flatMap { [$0, $0 + ".reason.json"] }.sorted())
    #expect(spool.names("inbox") == [".hidden", "folder"])
    for name in bad {
      #expect(result.errors.contains("/inbox/\(name): "), "\(name)")
      #expect(spool.get("rejected/\(name).reason.json").contains("/inbox/\(name): "))
    }
    #expect(result.errors.hasSuffix("6 files set aside in \(spool.path)/rejected; 2 files evaluated\n"))
    #expect(result.errors.contains("line 1 has 3 numbers, expected are 128"))
    #expect(result.errors.contains("the label is 2, allowed are 0 to 1"))
    expectSilence(try spool.run())
    // The same again keeps what lies there.
    spool.drop("bad.csv", "1 2\n")
    #expect(try spool.run().code == 3)
    #expect(spool.get("rejected/bad.csv") == "1 2 3\n" && spool.get("rejected/bad.csv.2") == "1 2\n")
    #expect(spool.get("rejected/bad.csv.2.reason.json").contains("2 numbers"))
  }

  @Test func namesThatMeanHarm() throws {
    let spool = SpoolFixture()
    let names: [[UInt8]] = [
      Array("new\nline".utf8), Array("-rf".utf8), Array("--help".utf8), [0xFF, 0xFE, 0x61], Array("ψ".utf8),
      Array("a b;$(touch x)".utf8), Array("\u{202E}gpj".utf8), Array("%s%n".utf8), Array("..a".utf8),
      Array(String(repeating: "n", count: 240).utf8),
    ]
    for name in names {
      let path = Array((spool.path + "/inbox/").utf8) + name + [0]
      let file = path.withUnsafeBytes { fopen($0.baseAddress!.assumingMemoryBound(to: CChar.self), "w") }!
      fputs(SpoolFixture.rows(1, seed: 1), file)
      fclose(file)
    }
    let before = spool.names("")
    // Hidden: it is passed over.
    let result = try spool.run()
    expectSilence(result)
    #expect(spool.metrics.count == names.count - 1)
    #expect(
      Set(spool.metrics.compactMap { $0["input"] as? String }).isSuperset(of: [
        #"new\x0aline"#, "-rf", "--help", #"\xff\xfea"#, "ψ", "a b;$(touch x)", "%s%n", #"\xe2\x80\xaegpj"#,
      ]))
    #expect(spool.names("").filter { $0 != "rejected" } == before)
    #expect(spool.names("inbox") == ["..a"])
    // Too long for a name of results, and one that would replace the metrics.
    spool.drop(String(repeating: "m", count: 252), SpoolFixture.rows(1, seed: 1))
    #expect(try spool.run().code == 3)
    spool.drop("metrics", SpoolFixture.rows(1, seed: 1))
    #expect(try spool.run("--set", "spool.format=ndjson").code == 3)
    #expect(spool.metrics.count == names.count - 1 && spool.names("rejected").count == 4)
  }

  @Test func linksLeadNowhere() throws {
    let spool = SpoolFixture()
    spool.put("outside", "as it was")
    spool.drop("a", SpoolFixture.rows(1, seed: 1))
    for name in ["a.csv", "a.json"] { symlink("../outside", spool.path + "/results/" + name) }
    expectSilence(try spool.run())
    #expect(spool.get("outside") == "as it was" && spool.get("results/a.csv").hasPrefix("sample,"))
    // A link where the metrics should be is not written through.
    unlink(spool.path + "/results/metrics.ndjson")
    symlink("../outside", spool.path + "/results/metrics.ndjson")
    spool.drop("b", SpoolFixture.rows(1, seed: 1))
    let result = try spool.run()
    #expect(result.code == 73 && result.errors.contains("metrics.ndjson"))
    #expect(spool.get("outside") == "as it was" && spool.names("inbox") == ["b"])
  }

  @Test func whatTheSystemRefusesIsNoInputsFault() throws {
    let spool = SpoolFixture()
    spool.drop("a", SpoolFixture.rows(1, seed: 1))
    mkdir(spool.path + "/results/a.csv", 0o755)
    #expect(try spool.run().code == 73)
    #expect(spool.names("inbox") == ["a"] && spool.names("rejected") == [])
    // A budget that not even the smallest input fits is the profile's.
    let small = try spool.run("--memory", "512 KiB")
    #expect(small.code == 5 && small.errors.contains("nothing was started") && spool.names("inbox") == ["a"])
  }

  /// A byte decides before anything is touched, whether or not there is anything to do.
  @Test(arguments: [true, false]) func aByteDecidesBeforeAnythingStarts(isEmpty: Bool) throws {
    let spool = SpoolFixture()
    if !isEmpty { spool.drop("a", SpoolFixture.rows(1, seed: 1)) }
    // The smallest of the layouts: of a larger one less would be taken.
    let smallest = ["--profile", spool.path + "/station.toml", "--lanes", "1"]
    let plan = try EndToEndTests.json(Binary.run(["plan", "--json"] + smallest))
    let (bytes, arena) = (try #require(plan["ram_planned_bytes"] as? Int), try #require(plan["arena_bytes"] as? Int))
    let state = spool.state
    func code(memory: Int, arena: Int) throws -> Int32 {
      try Binary.run(smallest + ["--memory", "\(memory)", "--arena", "\(arena)"]).code
    }
    #expect(try code(memory: bytes - 1, arena: arena) == 5 && spool.state == state)
    #expect(try code(memory: bytes, arena: arena - 1) == 5 && spool.state == state)
    #expect(try code(memory: bytes, arena: arena) == 0)
  }

  @Test func usage() throws {
    let spool = SpoolFixture()
    let input = try spool.run("--input", "x")
    #expect(input.code == 64 && input.errors.contains("data.path = x: allowed is nothing beside spool.inbox"))
    #expect(try spool.run("--predictions", "x.csv").code == 64)
    #expect(try Binary.run(["--model", "m", "--inbox", "/tmp"]).errors.contains("needs spool.results"))
    let same = try spool.run("--done", spool.path + "/results")
    #expect(same.code == 78 && same.errors.contains("another folder than spool.results"))
    #expect(try spool.run("--inbox", spool.path + "/nowhere").code == 66)
    let drift = try spool.run("--set", "evaluation.drift-significance=0.01", "--model", driftless(spool))
    #expect(drift.code == 78 && drift.errors.contains("own test"))
    let plan = try Binary.run(["plan", "--profile", spool.path + "/station.toml"])
    #expect(plan.code == 0 && plan.output.contains("spool names") && plan.output.contains("spool.inbox"))
  }

  /// The student without what it predicted in its own test.
  private func driftless(_ spool: SpoolFixture) throws -> String {
    var model = try Model.read(path: SpoolFixture.model).model
    model.provenance[Model.testPredictionsKey] = nil
    let path = spool.path + "/driftless.safetensors"
    try Data(try model.tensorFile().encode()).write(to: URL(fileURLWithPath: path))
    return path
  }
}
