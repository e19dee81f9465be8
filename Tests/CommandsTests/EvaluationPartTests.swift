import Foundation
import TemporaryFolders
import Testing

/// `evaluate --shard` on a file and `merge`.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct EvaluationPartTests {
  private let folder = TemporaryFolder()

  /// 23 vectors for a circuit of seven qubits, and their labels.
  init() throws {
    var state: UInt64 = 7
    func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24)
    }
    let rows = (0..<23).map { _ in (0..<128).map { _ in String(next()) }.joined(separator: ",") }
    _ = folder.put("x.csv", Array((rows.joined(separator: "\n") + "\n").utf8))
    // IDX: two zero bytes, unsigned bytes, one dimension of 23.
    _ = folder.put("y.idx", [0, 0, 8, 1, 0, 0, 0, 23] + (0..<23).map { UInt8($0 % 3 == 0 ? 1 : 0) })
  }

  private func evaluate(_ output: String, _ more: String...) throws -> Binary.Result {
    try Binary.run(
      [
        "--profile", "small-device", "--input", "x.csv", "--labels", "y.idx", "--encoder", "amplitude", "--batch", "4",
        "--predictions", output,
      ] + more, environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles], folder: folder.path)
  }

  private func names(_ count: Int, _ output: String) -> [String] {
    (1...count).map { "\(output).shard-\($0)-of-\(count).json" }
  }

  private func merge(_ output: String, _ parts: [String], _ more: String...) throws -> Binary.Result {
    try Binary.run(["merge", output] + parts + more, folder: folder.path)
  }

  @Test(arguments: ["csv", "ndjson", "npy"], 1...5) func partsMakeTheWhole(_ format: String, _ count: Int) throws {
    let (whole, output) = ("whole.\(format)", "p.\(format)")
    let alone = try evaluate(whole, "--format", "json")
    try #require(alone.code == 0, "\(alone.errors)")
    for index in 1...count { #expect(try evaluate(output, "--shard", "\(index)/\(count)", "-q").code == 0) }
    let merged = try merge(output, names(count, output), "--format", "json")
    #expect(merged.code == 0 && merged.errors == "")
    #expect(folder.get(output) != nil && folder.get(output) == folder.get(whole))
    let (one, all) = (try EndToEndTests.json(alone), try EndToEndTests.json(merged))
    for key in ["samples", "correct", "accuracy"] { #expect(one[key] as? Double == all[key] as? Double, "\(key)") }
    #expect(one["predicted"] as? [Int] == all["predicted"] as? [Int])
    #expect(one["accuracy_interval"] as? [Double] == all["accuracy_interval"] as? [Double])
    let confidence = (try #require(one["mean_confidence"] as? Double), try #require(all["mean_confidence"] as? Double))
    #expect((confidence.0 - confidence.1).magnitude < 1e-12)
  }

  /// The limit is the whole's; more parts than samples leave some without any.
  @Test func limitsAndEmptyParts() throws {
    #expect(try evaluate("whole.csv", "--samples", "3").code == 0)
    for index in 1...5 { #expect(try evaluate("p.csv", "--samples", "3", "--shard", "\(index)/5", "-q").code == 0) }
    #expect(try merge("p.csv", names(5, "p.csv")).code == 0)
    #expect(folder.get("p.csv") == folder.get("whole.csv"))
  }

  @Test func classesAreSelectedFirst() throws {
    let classes = ["--set", "data.classes=1"]
    #expect(try evaluate("whole.csv", classes[0], classes[1]).code == 0)
    for index in 1...3 {
      #expect(try evaluate("p.csv", classes[0], classes[1], "--shard", "\(index)/3", "-q").code == 0)
    }
    let text = try merge("p.csv", names(3, "p.csv"))
    #expect(text.code == 0 && text.output.contains("samples      8 of 3 parts\n"))
    #expect(folder.get("p.csv") == folder.get("whole.csv"))
  }

  @Test func theGateIsForTheWhole() throws {
    let gate = ["--set", "evaluation.minimum-accuracy=0.999"]
    #expect(try evaluate("whole.csv", gate[0], gate[1]).code == 4)
    for index in 1...2 { #expect(try evaluate("p.csv", gate[0], gate[1], "--shard", "\(index)/2", "-q").code == 0) }
    let merged = try merge("p.csv", names(2, "p.csv"))
    #expect(merged.code == 4 && merged.errors.contains("the quality gate is not met"))
    #expect(folder.get("p.csv") == folder.get("whole.csv"))
  }

  @Test func refusals() throws {
    for index in 1...2 { #expect(try evaluate("p.csv", "--shard", "\(index)/2", "-q").code == 0) }
    #expect(try evaluate("q.csv", "--shard", "1/2", "-q", "--precision", "float64").code == 0)
    let names = names(2, "p.csv")
    let precision = try merge("out.csv", ["q.csv.shard-1-of-2.json", names[1]])
    #expect(
      precision.code == 6 && precision.errors.contains("settings.host.precision is \"float32\", there \"float64\""))
    #expect(try merge("out.csv", [names[0]]).code == 6)
    #expect(try merge("out.npy", names).code == 64)
    // Predictions that changed, or that nobody copied along.
    let predictions = "p.csv.shard-2-of-2.csv"
    var bytes = try #require(folder.get(predictions))
    bytes[bytes.count - 2] ^= 1
    _ = folder.put(predictions, bytes)
    let changed = try merge("out.csv", names)
    #expect(changed.code == 65 && changed.errors.contains("\(predictions): is not what \(names[1]) was written for"))
    unlink(folder.path + "/" + predictions)
    #expect(try merge("out.csv", names).code == 66)
    #expect(!folder.names.contains("out.csv") && !folder.names.contains("out.npy"))
  }

  @Test func mistakes() throws {
    let environment = ["QKD_PROFILE_PATH": EndToEndTests.profiles]
    func code(_ arguments: String...) throws -> Int32 {
      try Binary.run(
        ["--profile", "small-device", "--shard", "1/2"] + arguments, environment: environment, folder: folder.path
      ).code
    }
    #expect(try code("--predictions", "p.csv") == 78)
    #expect(try code("--input", "x.csv") == 78)
    #expect(try code("--input", "-", "--predictions", "p.csv") == 78)
    #expect(try code("--input", "x.csv", "--predictions", "p.txt") == 64)
    #expect(folder.names == ["x.csv", "y.idx"])
  }
}
