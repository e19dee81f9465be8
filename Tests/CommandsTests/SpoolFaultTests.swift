import Foundation
import TemporaryFolders
import Testing

/// A spool's run under faults: whichever call to the system fails, or is the last one, the next run leaves the bytes
/// that an uninterrupted one leaves, nothing is set aside for what the host did, and no result is ever half there.
///
/// As in `FaultTests`, each call fails once in one way and is once the last; `QKD_FAULTS=all` tries each way.
@Suite(
  .enabled(if: FaultyRun.isPossible, "no executables, or processes may not be traced here"), .serialized)
struct SpoolFaultTests {
  private static let failing = ["open", "read", "write", "fsync", "rename", "fallocate", "mmap", "flock"]
  private static let groups = failing + ["link", "unlink", "truncate"]
  private static let actions = ["EIO", "ENOSPC", "EINTR", "short", "EACCES"]
  private static let takesAll = ProcessInfo.processInfo.environment["QKD_FAULTS"] == "all"
  /// What a failing system may end a run with: bad data or no input where a file cannot be read, the system, no output,
  /// input/output, permission.
  private static let codes: Set<Int32> = [3, 65, 66, 71, 73, 74, 77]

  private static func fill() -> SpoolFixture {
    let spool = SpoolFixture(inMemory: true)
    spool.drop("a.ndjson", SpoolFixture.rows(3, seed: 1))
    spool.drop("b.csv", SpoolFixture.text(2, seed: 2))
    return spool
  }

  private static func results(_ spool: SpoolFixture) -> [String: [UInt8]] {
    var results: [String: [UInt8]] = [:]
    for name in spool.names("results") { results[name] = FaultyRun.bytes("\(spool.path)/results/\(name)") }
    return results
  }

  private static func run(_ spool: SpoolFixture, _ fault: FaultyRun.Fault?) throws -> FaultyRun.Result {
    let scratch = TemporaryFolder(inMemory: true)
    return try FaultyRun.run(["--profile", spool.path + "/station.toml"], fault: fault, scratch: scratch.path)
  }

  @Test func eachInputIsEvaluatedOnce() throws {
    _ = try FaultyRun.run(["--version"], fault: nil, scratch: "/tmp")
    let whole = Self.fill()
    let reference = try Self.run(whole, nil)
    try #require(reference.code == 0 && reference.errors == "" && reference.output.isEmpty)
    let expected = Self.results(whole)
    try #require(expected.count == 5 && whole.names("inbox").isEmpty)
    var runs = 0
    for (place, group) in Self.groups.enumerated() {
      for number in 1...max(1, reference.counts[group] ?? 0) where reference.counts[group] ?? 0 > 0 {
        var tried = ["SIGKILL"]
        if Self.failing.contains(group) {
          tried += Self.takesAll ? Self.actions : [Self.actions[(number + place) % Self.actions.count]]
        }
        for action in tried where action != "short" || group == "read" || group == "write" {
          try Self.check(FaultyRun.Fault(group: group, number: number, action: action), whole, expected)
          runs += 1
        }
      }
    }
    print("spool: \(runs) faults injected, \(reference.counts.sorted { $0.key < $1.key })")
    #expect(runs > 100)
  }

  private static func check(
    _ fault: FaultyRun.Fault, _ whole: SpoolFixture, _ expected: [String: [UInt8]]
  ) throws {
    let spool = fill()
    let first = try run(spool, fault)
    let what = "\(fault): code \(first.code), \(first.errors)"
    for (name, bytes) in results(spool) where !name.hasPrefix(".qkd-run.") {
      // Metrics grow line by line; all else is whole or not there.
      let isPart = name == "metrics.ndjson" && expected[name]!.starts(with: bytes)
      #expect(bytes == expected[name] || isPart, "\(what): \(name) is another")
    }
    if first.code == 0 {
      #expect(first.errors == "" && results(spool) == expected, "\(what)")
    } else if fault.kills {
      #expect(first.code == 137, "\(what)")
    } else {
      #expect(codes.contains(first.code) && first.errors.hasPrefix("qkd-run: "), "\(what)")
      #expect(!spool.names("results").contains { $0.hasPrefix(".qkd-run.") }, "\(what): a hidden file is left")
    }
    let second = try run(spool, nil)
    #expect(second.code == 0 && second.errors == "", "\(what), then \(second.code), \(second.errors)")
    #expect(results(spool) == expected, "\(what): the next run's results are others: \(spool.names("results"))")
    #expect(spool.names("done") == whole.names("done") && spool.names("inbox").isEmpty, "\(what)")
    #expect(spool.names("rejected").isEmpty, "\(what): set aside: \(spool.names("rejected"))")
  }
}
