import Foundation
import Glibc
import Testing

/// Killed, stopped, and started twice.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"), .serialized)
struct SpoolInterruptionTests {
  private func start(_ spool: SpoolFixture) throws -> (Process, Foundation.Pipe) {
    let (process, errors) = (Process(), Foundation.Pipe())
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = ["--profile", spool.path + "/station.toml"]
    process.standardInput = FileHandle.nullDevice
    process.standardError = errors
    try process.run()
    return (process, errors)
  }

  private func fill(_ spool: SpoolFixture, _ count: Int) {
    for index in 0..<count {
      spool.drop("\(index).ndjson", SpoolFixture.rows(1 + index % 3, seed: index), changed: 1_700_000_000 + index)
    }
  }

  private func contents(_ spool: SpoolFixture, _ folder: String) -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in spool.names(folder) {
      contents[name] = FileManager.default.contents(atPath: "\(spool.path)/\(folder)/\(name)") ?? Data()
    }
    return contents
  }

  @Test(arguments: [true, false]) func aThousandFilesAndTenKilledRuns(keepsInputs: Bool) throws {
    let count = 1000
    let (whole, killed) = (
      SpoolFixture(inMemory: true, keepsInputs: keepsInputs), SpoolFixture(inMemory: true, keepsInputs: keepsInputs)
    )
    for spool in [whole, killed] { fill(spool, count) }
    let begin = Date()
    #expect(try whole.run().code == 0)
    let seconds = Date().timeIntervalSince(begin)
    var (progress, stopped) = ([0], 0)
    for kill in 1...10 {
      let (process, _) = try start(killed)
      usleep(UInt32(Double.random(in: 0.02...0.15) * seconds * 1e6))
      let isStop = kill == 5
      // SIGTERM finishes what can be; SIGKILL nothing.
      Glibc.kill(process.processIdentifier, isStop ? SIGTERM : SIGKILL)
      process.waitUntilExit()
      if isStop && process.terminationReason == .exit && process.terminationStatus == 7 { stopped += 1 }
      progress.append(killed.names("results").filter { $0.hasSuffix(".json") }.count)
    }
    #expect(progress == progress.sorted() && progress.last! > 0, "no run got anywhere")
    #expect(stopped == 1 || progress.last == count)
    let last = try killed.run()
    #expect(last.code == 0 && last.errors == "" && last.output == "")
    #expect(killed.metrics.count == count)
    #expect(Set(killed.metrics.compactMap { $0["input"] as? String }).count == count)
    let (expected, given) = (contents(whole, "results"), contents(killed, "results"))
    #expect(given.count == 2 * count + 1 && given == expected)
    #expect(killed.names(keepsInputs ? "inbox" : "done").count == count)
    #expect(killed.names(keepsInputs ? "done" : "inbox").isEmpty && killed.names("rejected").isEmpty)
  }

  @Test func twoAtOnce() throws {
    let spool = SpoolFixture(inMemory: true)
    fill(spool, 300)
    let runs = try (0..<2).map { _ in try start(spool) }
    for (process, _) in runs { process.waitUntilExit() }
    let codes = runs.map(\.0.terminationStatus).sorted()
    #expect(codes == [0, 75] || codes == [0, 0], "\(codes)")
    #expect(spool.metrics.count == 300 && spool.names("done").count == 300)
  }

  @Test func aSpoolThatIsAnothers() throws {
    let spool = SpoolFixture()
    fill(spool, 1)
    let descriptor = open(spool.path + "/results", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(descriptor, LOCK_EX) == 0)
    let refused = try spool.run()
    #expect(refused.code == 75 && refused.errors.contains("another run works on it"))
    let skipped = try spool.run("--if-locked", "skip")
    #expect(skipped.code == 0 && skipped.errors == "" && skipped.output == "")
    #expect(spool.names("inbox").count == 1)
    // Not by closing alone: a process that another test just started may still have it open.
    flock(descriptor, LOCK_UN)
    close(descriptor)
    #expect(try spool.run().code == 0 && spool.names("inbox").isEmpty)
  }

  /// What a process that was killed between two steps leaves.
  @Test func everyStepIsTakenUp() throws {
    for step in 0..<4 {
      let (whole, cut) = (SpoolFixture(), SpoolFixture())
      for spool in [whole, cut] { fill(spool, 2) }
      #expect(try whole.run().code == 0)
      #expect(try cut.run().code == 0)
      // Back to before the last input's next steps, newest first.
      if step < 4 { rename(cut.path + "/done/1.ndjson", cut.path + "/inbox/1.ndjson") }
      if step < 3 { unlink(cut.path + "/results/1.ndjson.json") }
      let lines = cut.get("results/metrics.ndjson").split(separator: "\n").map { $0 + "\n" }
      if step < 2 { cut.put("results/metrics.ndjson", String(lines[0] + lines[1].prefix(step == 1 ? 40 : 0))) }
      if step < 1 { unlink(cut.path + "/results/1.ndjson.csv") }
      let result = try cut.run()
      #expect(result.code == 0 && result.errors == "", "step \(step)")
      #expect(contents(cut, "results") == contents(whole, "results"), "step \(step)")
      #expect(cut.names("done") == whole.names("done") && cut.names("inbox").isEmpty, "step \(step)")
    }
  }

  @Test func labelsFollowTheirInputs() throws {
    let spool = SpoolFixture()
    spool.drop("a.csv", SpoolFixture.text(1, seed: 1))
    spool.drop("a.csv.labels", "no labels")
    spool.drop("other.labels", "wait for their input")
    let rejected = try spool.run()
    #expect(rejected.code == 3 && spool.names("rejected") == ["a.csv", "a.csv.labels", "a.csv.reason.json"])
    // As if the run had been killed before the last move.
    rename(spool.path + "/rejected/a.csv.labels", spool.path + "/inbox/a.csv.labels")
    let result = try spool.run()
    #expect(result.code == 0 && spool.names("inbox") == ["other.labels"])
    #expect(spool.names("rejected") == ["a.csv", "a.csv.labels", "a.csv.reason.json"])
  }
}
