import Foundation
import Glibc
import Testing

/// `report.keep = "by-model"`: what an older model found out stays.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct KeptResultsTests {
  private static let digests = (
    student: "95e90a4ff4f63e09132d1e9c6dd0c55d4e72202277a83965a49b922d27a125f6",
    teacher: "8788df0cff0fab067dd3f8e78b0aa7bede1dfcbdc59d0fbd6457ad81f2b3d960"
  )

  private func run(_ spool: SpoolFixture, _ model: String, _ more: String...) throws -> Int32 {
    try Binary.run(["--profile", spool.path + "/station.toml", "--model", model] + more).code
  }

  @Test(arguments: [true, false]) func resultsOfAnOlderModel(isKept: Bool) throws {
    let spool = SpoolFixture(keepsInputs: true, settings: isKept ? "[report]\nkeep = \"by-model\"" : "")
    for name in ["a", "b"] { spool.drop(name, SpoolFixture.rows(3, seed: 1)) }
    #expect(try run(spool, SpoolFixture.model) == 0)
    let names = ["a.csv", "a.json", "b.csv", "b.json", "metrics.ndjson"]
    let first = names.dropLast().map { spool.get("results/" + $0) }
    #expect(try run(spool, RolloutTests.teacher) == 0)
    #expect(
      spool.names("results") == (isKept ? ["a.csv", "a.json", "b.csv", "b.json", "by-model"] : names.dropLast())
        + ["metrics.ndjson"])
    #expect(try spool.report("a.json")["model_sha256"] as? String == Self.digests.teacher)
    #expect(spool.get("results/a.csv") != first[0])
    if !isKept { return }
    let kept = "results/by-model/" + Self.digests.student
    #expect(spool.names("results/by-model") == [Self.digests.student])
    #expect(names.dropLast().map { spool.get(kept + "/" + $0) } == first)
    // Nothing to do moves nothing; the model before, and back, replaces what is kept of the same model.
    #expect(try run(spool, RolloutTests.teacher) == 0 && spool.names(kept) == Array(names.dropLast()))
    #expect(try run(spool, SpoolFixture.model) == 0)
    #expect(spool.names("results/by-model") == [Self.digests.teacher, Self.digests.student].sorted())
    #expect(names.dropLast().map { spool.get("results/" + $0) } == first)
    // Another setting of one model is no other model.
    #expect(try run(spool, SpoolFixture.model, "--precision", "float64") == 0)
    #expect(names.dropLast().map { spool.get(kept + "/" + $0) } == first)
  }

  /// What a run leaves that was killed between the two moves, and one that was killed behind its predictions.
  @Test func killedRuns() throws {
    let spool = SpoolFixture(keepsInputs: true, settings: "[report]\nkeep = \"by-model\"")
    spool.drop("a", SpoolFixture.rows(3, seed: 1))
    #expect(try run(spool, SpoolFixture.model) == 0)
    let (predictions, report) = (spool.get("results/a.csv"), spool.get("results/a.json"))
    let kept = "results/by-model/" + Self.digests.student
    mkdir(spool.path + "/results/by-model", 0o755)
    mkdir(spool.path + "/" + kept, 0o755)
    rename(spool.path + "/results/a.csv", spool.path + "/" + kept + "/a.csv")
    #expect(try run(spool, RolloutTests.teacher) == 0)
    #expect(spool.get(kept + "/a.csv") == predictions && spool.get(kept + "/a.json") == report)
    // Predictions that are not the report's are not its model's.
    spool.put("results/a.csv", "others")
    #expect(try run(spool, SpoolFixture.model) == 0)
    #expect(spool.names("results/by-model/" + Self.digests.teacher) == ["a.json"])
    #expect(spool.get("results/a.csv") == predictions)
  }

  /// When an input was evaluated, the time of its predictions says, whatever was written anew since.
  @Test func theTimeOfAnEvaluation() throws {
    let spool = SpoolFixture(keepsInputs: true)
    spool.drop("a", SpoolFixture.rows(3, seed: 1))
    let before = Int(Date().timeIntervalSince1970)
    #expect(try run(spool, SpoolFixture.model) == 0)
    let time = { (spool.state["/results/a.csv"] ?? []).dropFirst(2).prefix(2) }
    let evaluated = time()
    #expect((before - 1...before + 60).contains(evaluated.first ?? 0))
    spool.touch("inbox/a", 1_700_000_001)
    #expect(try run(spool, SpoolFixture.model) == 0)
    #expect(time() == evaluated && spool.metrics.count == 1)
  }

  /// A link where the folder should be is not followed.
  @Test func linksLeadNowhere() throws {
    let spool = SpoolFixture(keepsInputs: true, settings: "[report]\nkeep = \"by-model\"")
    spool.drop("a", SpoolFixture.rows(3, seed: 1))
    #expect(try run(spool, SpoolFixture.model) == 0)
    symlink("../done", spool.path + "/results/by-model")
    #expect(try run(spool, RolloutTests.teacher) == 73)
    #expect(spool.names("done").isEmpty && spool.get("results/a.json").contains(Self.digests.student))
  }
}
