import Batches
import Foundation
import TemporaryFolders
import Testing

/// `reproduce` as its users meet it.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct ReproduceTests {
  private static let profile = """
    [host]
    memory = "32 MiB"
    threads = 2
    [model]
    qubits = 5
    [training]
    states = 40
    batch = 16
    [evaluation]
    samples = 50
    [experiment]
    name = "mine"
    seeds = 2
    teacher-iterations = 12
    student-layers = [1, 2]
    iterations = [6]
    """

  private func folder() -> TemporaryFolder {
    let folder = TemporaryFolder()
    _ = folder.put("mine.toml", Array(Self.profile.utf8))
    return folder
  }

  /// Reports of all three axes are what the tools take for one.
  @Test(arguments: [
    ["--set", "experiment.student-layers=1"], [], ["--epochs", "2"],
    ["--set", "experiment.compressed-layers=[1]", "--set", "compression.iterations=5"],
  ]) func toolsReadTheReport(_ arguments: [String]) throws {
    let folder = folder()
    #expect(try Binary.run(["reproduce", "mine.toml", "-q"] + arguments, folder: folder.path).code == 0)
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: root + "/tools/results")
    process.arguments = [folder.path + "/mine-custom.json"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && text.contains("(about 6 seeds would tell)"), "\(text)")
  }

  private func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func writesAReportAndGoesOn() throws {
    let folder = folder()
    let first = try Binary.run(["reproduce", "mine.toml"], folder: folder.path)
    #expect(first.code == 0 && first.errors == "")
    #expect(first.output.contains("student, 1 layer: ") && first.output.contains("distilled vs none"))
    #expect(first.output.contains("after seal  0 allocations, 0 frees, 0 mappings"))
    let path = URL(fileURLWithPath: folder.path + "/mine-custom.json")
    let bytes = try Data(contentsOf: path)
    let report = try object(bytes)
    #expect(report["report"] as? String == "reproduce" && report["experiment"] as? String == "mine")
    #expect(report["preset"] as? String == "custom" && report["axis"] as? String == "layers")
    #expect(report["seeds"] as? Int == 2 && report["first_seed"] as? Int == 1)
    let rows = try #require(report["rows"] as? [[String: Any]])
    #expect(rows.count == 1 + 2 * 5)
    for row in rows {
      #expect((row["accuracies"] as? [Double])?.count == 2)
      for key in ["model", "treatment", "layers", "qubits", "iterations", "epoch", "mean", "sd", "low", "high"] {
        #expect(row[key] != nil, "\(key)")
      }
    }
    let comparisons = try #require(report["comparisons"] as? [[String: Any]])
    #expect(comparisons.count == 2)
    #expect(comparisons.allSatisfy { $0["verdict"] as? String == "undecided" && $0["baseline"] as? String == "none" })

    // All seeds are done: the same report, whatever the number of threads.
    let again = try Binary.run(
      ["reproduce", "mine.toml", "--format", "json", "--threads", "1"], folder: folder.path)
    #expect(again.code == 0)
    let facts = try object(Data(again.output.utf8))
    #expect(facts["seeds_run"] as? Int == 0 && facts["allocations_after_seal"] as? Int == 0)
    #expect(try Data(contentsOf: path) == bytes)
    try FileManager.default.removeItem(at: path)
    try FileManager.default.removeItem(atPath: path.path + ".journal")
    #expect(try Binary.run(["reproduce", "mine.toml", "-q", "--threads", "1"], folder: folder.path).output == "")
    #expect(try Data(contentsOf: path) == bytes)
  }

  @Test func anotherExperimentsJournal() throws {
    let folder = folder()
    #expect(try Binary.run(["reproduce", "mine.toml", "-q"], folder: folder.path).code == 0)
    let other = try Binary.run(
      ["reproduce", "mine.toml", "--set", "training.learning-rate=0.1"], folder: folder.path)
    #expect(other.code == 6 && other.output == "")
    #expect(other.errors.contains("mine-custom.json.journal: ") && other.errors.contains("--output"))
  }

  @Test func mistakes() throws {
    let folder = folder()
    func code(_ arguments: [String]) throws -> Int32 {
      try Binary.run(["reproduce"] + arguments, folder: folder.path).code
    }
    #expect(try code([]) == 64)
    #expect(try code(["table-2"]) == 66)
    #expect(try code(["table-1-literal"]) == 64)
    #expect(try code(["mine.toml", "--output", "mine.toml"]) == 78)
    #expect(try code(["mine.toml", "--preset", "literal"]) == 64)
    #expect(try code(["mine.toml", "--seeds", "0"]) == 64)
    #expect(try code(["mine.toml", "--set", "experiment.iterations=9,3"]) == 78)
    #expect(try code(["mine.toml", "--output", "no/such/folder/r.json"]) == 73)
    #expect(try code(["mine.toml", "--memory", "512 KiB"]) == 5)
    #expect(try code(["mine.toml", "--mnist", "nowhere", "--set", "data.source=file"]) == 66)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mine.toml"])
  }
}
