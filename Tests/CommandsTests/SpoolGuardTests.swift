import Foundation
import Glibc
import TemporaryFolders
import Testing

/// What lies in an inbox, or in the place of a file of ours, without anybody's good will.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct SpoolGuardTests {
  @Test func otherContentWithItsTimePutBack() throws {
    let spool = SpoolFixture(keepsInputs: true)
    spool.drop("a.ndjson", SpoolFixture.rows(2, seed: 1))
    #expect(try spool.run().code == 0)
    let first = spool.get("results/a.ndjson.csv")
    spool.drop("a.ndjson", SpoolFixture.rows(2, seed: 2))
    #expect(try spool.run().code == 0)
    #expect(spool.get("results/a.ndjson.csv") != first && spool.metrics.count == 2)
    // The same content again, however it came: nothing is evaluated, and then nothing is written either.
    spool.drop("a.ndjson", SpoolFixture.rows(2, seed: 2))
    #expect(try spool.run().code == 0)
    let state = spool.state
    #expect(try spool.run().code == 0)
    #expect(spool.metrics.count == 2 && spool.state == state)
  }

  /// As long as nothing was evaluated with a model, what does not fit it is not set aside.
  @Test func aModelThatNothingFits() throws {
    let spool = SpoolFixture()
    for name in ["a.csv", "b.csv"] { spool.drop(name, "1,0,0,0\n") }
    let stopped = try spool.run()
    #expect(stopped.code == 65 && stopped.errors.contains("none of 2 inputs of the spool fits the model"))
    #expect(spool.names("inbox") == ["a.csv", "b.csv"] && spool.names("rejected").isEmpty)
    // The files are at fault once another one fits, in this run or before it.
    spool.drop("c.csv", SpoolFixture.text(1, seed: 3))
    #expect(try spool.run().code == 3)
    #expect(spool.names("inbox").isEmpty && spool.names("done") == ["c.csv"])
    spool.drop("d.csv", "1,0,0,0\n")
    #expect(try spool.run().code == 3)
    #expect(spool.names("rejected").filter { !$0.hasSuffix(".reason.json") } == ["a.csv", "b.csv", "d.csv"])
  }

  @Test func labelsOfNoName() throws {
    let spool = SpoolFixture()
    for name in ["..labels", "...labels", ".labels"] { spool.drop(name, "0\n") }
    spool.drop("a.csv", SpoolFixture.text(1, seed: 3))
    #expect(try spool.run().code == 0)
    #expect(spool.names("done") == ["a.csv"] && spool.names("inbox").count == 3)
  }

  /// Of an input the labels are its whole name's.
  @Test func labelsOfNoInput() throws {
    let spool = SpoolFixture()
    spool.drop("wed.labels", "0\n")
    // They may wait for an input that is to come.
    let early = try spool.run()
    #expect(early.code == 0 && early.errors == "")
    spool.drop("tue.ndjson", SpoolFixture.rows(1, seed: 1))
    #expect(try spool.run().errors == "")
    spool.drop("wed.csv", SpoolFixture.text(1, seed: 3))
    let told = try spool.run()
    #expect(told.code == 0 && told.errors.hasPrefix("qkd-run: \(spool.path)/inbox/wed.labels: of no input"))
    #expect(told.errors.hasSuffix("those of NAME are NAME.labels\n"))
    #expect(try spool.run().errors == "")
    let check = ["check", "--profile", spool.path + "/station.toml"]
    let soon = try Binary.run(check)
    #expect(soon.code == 0 && soon.output.contains("; 1 file of labels waits for an input; "))
    // The input does not come.
    usleep(2_100_000)
    let evaluated = spool.path + "/results/metrics.ndjson"
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: 30)], ofItemAtPath: evaluated)
    let late = try Binary.run(check + ["--max-age", "1s"])
    #expect(late.code == 1, "\(late.output)")
    #expect(late.output.hasPrefix("QKD WARNING - 1 file of labels waits for an input; "))
    #expect(spool.names("inbox") == ["wed.labels"])
  }

  @Test func metricsAmongTheInputs() throws {
    for folder in ["inbox", "done", "rejected"] {
      let spool = SpoolFixture(settings: "metrics = \"\(folder)/m.ndjson\"")
      let refused = try spool.run()
      #expect(refused.code == 78 && refused.errors.contains("spool.metrics"), "\(folder)")
    }
  }

  /// Another run on the inbox, whatever its results; parts share it.
  @Test func oneInboxOneRun() throws {
    let spool = SpoolFixture()
    let inbox = open(spool.path + "/inbox", O_RDONLY)
    defer { close(inbox) }
    #expect(flock(inbox, LOCK_EX) == 0)
    #expect(try spool.run().code == 75)
    #expect(flock(inbox, LOCK_SH) == 0)
    #expect(try spool.run().code == 75)
    #expect(try spool.run("--shard", "1/2").code == 0)
  }

  /// Where inputs stay, those with reports are what says that a model fits, whatever became of the metrics.
  @Test func aModelThatFitted() throws {
    let spool = SpoolFixture(keepsInputs: true)
    spool.drop("a.csv", SpoolFixture.text(1, seed: 3))
    #expect(try spool.run().code == 0)
    unlink(spool.path + "/results/metrics.ndjson")
    spool.drop("b.csv", "1,0,0,0\n")
    #expect(try spool.run().code == 3)
    #expect(spool.names("inbox") == ["a.csv"])
  }

  /// More that do not fit than are remembered keep no good one waiting.
  @Test func manyThatDoNotFit() throws {
    let spool = SpoolFixture(inMemory: true)
    for index in 0..<600 { spool.drop("a\(index).csv", "1,0,0,0\n") }
    spool.drop("b.csv", SpoolFixture.text(1, seed: 3))
    #expect(try spool.run().code == 3)
    #expect(spool.names("done") == ["b.csv"])
    #expect(try spool.run().code == 3)
    #expect(spool.names("inbox").isEmpty)
  }

  /// One signal ends the wait for a reader of the results.
  @Test(.timeLimit(.minutes(1))) func stopsWaitingForAReader() throws {
    let pipe = Pipe()
    let writing = pipe.fileHandleForWriting.fileDescriptor
    let flags = fcntl(writing, F_GETFL)
    _ = fcntl(writing, F_SETFL, flags | O_NONBLOCK)
    let zeros = [UInt8](repeating: 0, count: 4096)
    while write(writing, zeros, zeros.count) > 0 {}
    _ = fcntl(writing, F_SETFL, flags)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = ["--profile", EndToEndTests.profiles + "/small-device.toml", "--samples", "64"]
    process.standardOutput = pipe.fileHandleForWriting
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(700_000)
    #expect(process.isRunning)
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 7)
  }

  /// A file without end, as far as its size says, keeps no other waiting.
  @Test(.timeLimit(.minutes(1))) func aSparseFile() throws {
    let spool = SpoolFixture()
    spool.drop("a", "")
    try #require(truncate(spool.path + "/inbox/a", 1 << 40) == 0)
    spool.drop("b.csv", SpoolFixture.text(1, seed: 3))
    #expect(try spool.run().code == 3)
    #expect(spool.names("done") == ["b.csv"] && spool.names("rejected").contains("a"))
  }

  /// One signal ends the wait for a pipe's writer, whatever is waited for.
  @Test(.timeLimit(.minutes(1)), arguments: ["--input", "--labels", "--model"]) func stopsWaiting(_ option: String)
    throws
  {
    let folder = TemporaryFolder()
    let pipe = folder.path + "/pipe"
    mkfifo(pipe, 0o600)
    var arguments = ["--model", SpoolFixture.model, "--input", folder.put("a.csv", Array("1\n".utf8)), "-q"]
    if let place = arguments.firstIndex(of: option) {
      arguments[place + 1] = pipe
    } else {
      arguments += [option, pipe]
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    usleep(500_000)
    let waited = process.isRunning
    process.terminate()
    process.waitUntilExit()
    // What is refused without a wait is as good.
    #expect(process.terminationReason == .exit)
    #expect(waited ? process.terminationStatus == 7 : process.terminationStatus > 64)
  }
}
