import Foundation
import TemporaryFolders
import Testing

/// A rollout and a rollback under faults: whichever call to the system fails, or is the last one, there is a whole
/// model in place, neither of the two is lost, and the same command again ends what was begun, with one line in the
/// metrics.
@Suite(
  .enabled(if: FaultyRun.isPossible, "no executables, or processes may not be traced here"), .serialized)
struct RolloutFaultTests {
  private static let failing = ["open", "read", "write", "fsync", "rename", "fallocate", "mmap", "flock"]
  private static let actions = ["EIO", "ENOSPC", "EINTR", "EACCES"]
  private static let student = FaultyRun.bytes(SpoolFixture.model)
  private static let teacher = FaultyRun.bytes(RolloutTests.teacher)

  private static func fill() throws -> SpoolFixture {
    let spool = SpoolFixture(inMemory: true, ownsModel: true, settings: "[evaluation]\nminimum-accuracy = 0.3")
    spool.put("done/a.ndjson", SpoolFixture.rows(20, seed: 1) + SpoolFixture.rows(20, seed: 2))
    return spool
  }

  private static func run(_ command: [String], _ spool: SpoolFixture, _ fault: FaultyRun.Fault?) throws
    -> FaultyRun.Result
  {
    let scratch = TemporaryFolder(inMemory: true)
    return try FaultyRun.run(
      command + ["--profile", spool.path + "/station.toml"], fault: fault, scratch: scratch.path)
  }

  private static func model(_ spool: SpoolFixture, _ suffix: String = "") -> [UInt8] {
    FaultyRun.bytes(spool.path + "/model.safetensors" + suffix)
  }

  private static func events(_ spool: SpoolFixture) -> [String] {
    spool.metrics.compactMap { $0["event"] as? String }
  }

  /// Each call of a run, once the last, and once failing in one way.
  private static func faults(_ counts: [String: Int]) -> [FaultyRun.Fault] {
    (failing + ["link", "unlink", "truncate"]).enumerated().flatMap { place, group in
      (0..<(counts[group] ?? 0)).flatMap { index in
        (["SIGKILL"] + (failing.contains(group) ? [actions[(index + place) % actions.count]] : [])).map {
          FaultyRun.Fault(group: group, number: index + 1, action: $0)
        }
      }
    }
  }

  @Test func rollouts() throws {
    let command = ["rollout", RolloutTests.teacher]
    let whole = try Self.fill()
    let reference = try Self.run(command, whole, nil)
    try #require(reference.code == 0 && Self.model(whole) == Self.teacher)
    let faults = Self.faults(reference.counts)
    #expect(faults.count > 60)
    for fault in faults {
      let spool = try Self.fill()
      let first = try Self.run(command, spool, fault)
      let what = "\(fault): code \(first.code), \(first.errors)"
      let isDone = Self.model(spool) == Self.teacher
      #expect(isDone || Self.model(spool) == Self.student, "\(what): no model is in place")
      #expect(isDone || first.code != 0, "\(what)")
      #expect(!isDone || Self.model(spool, ".previous") == Self.student, "\(what): the previous one is lost")
      #expect([0, 137].contains(first.code) || first.errors.hasPrefix("qkd-run: "), "\(what)")
      let second = try Self.run(command, spool, nil)
      #expect(second.code == 0, "\(what), then \(second.code), \(second.errors)")
      #expect(Self.model(spool) == Self.teacher && Self.model(spool, ".previous") == Self.student, "\(what)")
      #expect(Self.events(spool) == ["rollout"], "\(what): \(Self.events(spool))")
      #expect(!spool.names("").contains { $0.hasPrefix(".qkd-run.") }, "\(what): \(spool.names(""))")
    }
  }

  @Test func rollbacks() throws {
    func fill() throws -> SpoolFixture {
      let spool = try Self.fill()
      let place = URL(fileURLWithPath: spool.path + "/model.safetensors")
      try Data(Self.teacher).write(to: place)
      try Data(Self.student).write(to: place.appendingPathExtension("previous"))
      return spool
    }
    let whole = try fill()
    let reference = try Self.run(["rollback"], whole, nil)
    try #require(reference.code == 0 && Self.model(whole) == Self.student)
    let faults = Self.faults(reference.counts)
    #expect(faults.count > 40)
    var cutOff = 0
    for fault in faults {
      let spool = try fill()
      let first = try Self.run(["rollback"], spool, fault)
      let what = "\(fault): code \(first.code), \(first.errors)"
      let models = ["", ".previous", ".exchange"].map { Self.model(spool, $0) }
      #expect([Self.teacher, Self.student].contains(models[0]), "\(what): no model is in place")
      #expect(models.contains(Self.teacher) && models.contains(Self.student), "\(what): a model is lost")
      if first.code == 0 { #expect(models == [Self.student, Self.teacher, []], "\(what)") }
      // Whoever repeats a command that came to its end changes them again.
      if models[0] != Self.student || models[1].isEmpty {
        if models[0] == Self.student { cutOff += 1 }
        let second = try Self.run(["rollback"], spool, nil)
        #expect(second.code == 0, "\(what), then \(second.code), \(second.errors)")
      }
      #expect(Self.model(spool) == Self.student && Self.model(spool, ".previous") == Self.teacher, "\(what)")
      #expect(Self.events(spool) == ["rollback"], "\(what): \(Self.events(spool))")
    }
    #expect(cutOff > 0, "no exchange was cut off")
  }
}
