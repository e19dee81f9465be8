import Files
import Foundation
import Models
import TemporaryFolders
import Testing

/// Stopping, going on, and two at once, as users meet them.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct ResumeTests {
  private static let iterations = 6

  private static func train(_ folder: TemporaryFolder, _ more: [String] = []) -> [String] {
    ["train", "--output", folder.path + "/m"] + FaultJob.chain + ["--iterations", "\(iterations)"] + more
  }

  /// Told to stop at some call to the system; the same call each time.
  private static func stop(
    _ arguments: [String], at call: String, _ folder: TemporaryFolder
  ) throws -> FaultyRun.Result {
    let words = call.split(separator: ":").map(String.init)
    let fault = FaultyRun.Fault(group: words[0], number: Int(words[1])!, action: words[2])
    return try FaultyRun.run(arguments, fault: fault, scratch: folder.path)
  }

  @Test(.enabled(if: FaultyRun.isPossible), arguments: ["SIGTERM", "SIGHUP"])
  func stoppedRunsGoOn(_ signal: String) throws {
    let (folder, scratch, reference) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
    #expect(try Binary.run(Self.train(reference)).code == 0)
    // Each checkpoint takes two: this is the third's.
    let stopped = try Self.stop(Self.train(folder), at: "fsync:5:\(signal)", scratch)
    #expect(stopped.code == 7 && stopped.output.isEmpty)
    #expect(
      stopped.errors == "qkd-run: stopped by \(signal); iteration 3 of 6 is kept: the same command goes on from there\n"
    )
    #expect(folder.names == ["m.checkpoint", "m.checkpoint.prev"])

    let other = try Binary.run(Self.train(folder, ["--set", "training.learning-rate=0.5"]))
    #expect(other.code == 6)
    #expect(other.errors.contains("training.learning-rate is 0.5 here, 0.01 there"), "\(other.errors)")
    #expect(folder.names == ["m.checkpoint", "m.checkpoint.prev"])

    // More threads, and a smaller budget in which the same layout fits, are the same run.
    let last = try Binary.run(Self.train(folder, ["--threads", "2"]))
    #expect(last.code == 0 && last.errors == "")
    #expect(folder.names == ["m"] && folder.get("m") == reference.get("m"))
  }

  /// An epoch has two iterations: before its end, at it, behind it, and at the end of all. Each checkpoint takes two.
  @Test(.enabled(if: FaultyRun.isPossible), arguments: ["end", "each-epoch"])
  func solvedReadoutsGoOn(_ fitting: String) throws {
    let (more, reference) = (["--set", "training.readout-fit=\(fitting)"], TemporaryFolder())
    #expect(try Binary.run(Self.train(reference, more)).code == 0)
    for call in [1, 3, 5, 7, 11] {
      let (folder, scratch) = (TemporaryFolder(), TemporaryFolder())
      #expect(try Self.stop(Self.train(folder, more), at: "fsync:\(call):SIGTERM", scratch).code == 7)
      let other = try Binary.run(Self.train(folder))
      #expect(other.code == 6 && other.errors.contains("training.readout-fit"), "\(other.errors)")
      #expect(try Binary.run(Self.train(folder, more + ["--threads", "2"])).code == 0)
      #expect(folder.names == ["m"] && folder.get("m") == reference.get("m"), "\(fitting) \(call)")
    }
  }

  /// Between two restarts, at an epoch's end where one ends early, and at the end of all.
  @Test(.enabled(if: FaultyRun.isPossible), arguments: ["none", "each-epoch"])
  func selectionsGoOn(_ fitting: String) throws {
    let more = [
      "--restarts", "3", "--patience", "1", "--set", "training.readout-fit=\(fitting)", "--set",
      "training.learning-rate=0.3",
    ]
    let reference = TemporaryFolder()
    #expect(try Binary.run(Self.train(reference, more)).code == 0)
    var stopped = 0
    for call in stride(from: 1, through: 37, by: 2) {
      let (folder, scratch) = (TemporaryFolder(), TemporaryFolder())
      let first = try Self.stop(Self.train(folder, more), at: "fsync:\(call):SIGTERM", scratch)
      // Early ends leave fewer checkpoints.
      if first.code != 7 { break }
      stopped += 1
      #expect(try Binary.run(Self.train(folder, more + ["--threads", "2"])).code == 0)
      #expect(folder.names == ["m"] && folder.get("m") == reference.get("m"), "\(fitting) \(call)")
    }
    #expect(stopped > 6)
  }

  /// How many iterations a run still had to do, by its checkpoints; then its model is that of an uninterrupted run.
  private static func remaining(_ folder: TemporaryFolder, _ model: [UInt8]?) throws -> Int? {
    let scratch = TemporaryFolder()
    let result = try FaultyRun.run(train(folder), fault: nil, scratch: scratch.path)
    #expect(result.code == 0 && result.errors == "" && folder.get("m") == model && folder.names == ["m"])
    // The model takes two.
    return result.counts["fsync"].map { ($0 - 2) / 2 }
  }

  /// Checkpoints that are sealed well and say what no run has said.
  @Test(.enabled(if: FaultyRun.isPossible), arguments: ["order", "second_moments", "losses", "position"])
  func sealedNonsense(_ name: String) throws {
    let (folder, scratch) = (TemporaryFolder(), TemporaryFolder())
    #expect(try Self.stop(Self.train(folder), at: "fsync:5:SIGTERM", scratch).code == 7)
    let path = folder.path + "/m.checkpoint"
    let file = try TensorFile.read(path: path)
    let tensors = file.tensors.map { tensor in
      if tensor.name != name { return tensor }
      switch tensor.values {
      case .int64(let values):
        let spoilt = name == "order" ? values.map { _ in 0 } : values.map { _ in Int64(-1) }
        return Tensor(name: name, shape: tensor.shape, values: .int64(spoilt))
      case .float64(let values) where name == "losses":
        return Tensor(name: name, shape: tensor.shape, values: .float32(values))
      case .float64(let values):
        return Tensor(name: name, shape: tensor.shape, values: .float64(values.map { -1 - $0 }))
      case .float32: return tensor
      }
    }
    _ = folder.put("m.checkpoint", try TensorFile(metadata: file.metadata, tensors: tensors).encode())
    let refused = try Binary.run(Self.train(folder))
    #expect(refused.code == (name == "losses" ? 6 : 65) && refused.errors.contains(name), "\(refused.errors)")
  }

  @Test(.enabled(if: FaultyRun.isPossible)) func theOneBeforeIsUsedWhereTheNewestIsDamaged() throws {
    let reference = TemporaryFolder()
    #expect(try Binary.run(Self.train(reference)).code == 0)
    let model = reference.get("m")
    let damages: [(spoilt: [String], left: Int)] = [
      ([], 3), (["m.checkpoint"], 4), (["m.checkpoint", "m.checkpoint.prev"], 6),
    ]
    for (spoilt, left) in damages {
      for cut in [true, false] {
        let (folder, scratch) = (TemporaryFolder(), TemporaryFolder())
        #expect(try Self.stop(Self.train(folder), at: "fsync:5:SIGTERM", scratch).code == 7)
        for name in spoilt {
          var bytes = try #require(folder.get(name))
          if cut { bytes.removeLast(100) } else { bytes[bytes.count / 2] ^= 4 }
          _ = folder.put(name, bytes)
        }
        #expect(try Self.remaining(folder, model) == left, "\(spoilt)")
      }
    }
  }

  @Test func whatIsDoneIsNotDoneAgain() throws {
    let folder = TemporaryFolder()
    let first = try Binary.run(Self.train(folder))
    let model = folder.get("m")
    let again = try Binary.run(Self.train(folder, ["--threads", "2"]))
    #expect(first.code == 0 && first.output != "" && again.code == 0 && again.output == "" && again.errors == "")
    #expect(folder.get("m") == model)
    // Another run replaces it, and so does this one what is not its own.
    #expect(try Binary.run(Self.train(folder, ["--seed", "2"])).output != "")
    #expect(folder.get("m") != model)
    #expect(try Binary.run(Self.train(folder)).output != "")
    #expect(folder.get("m") == model)
    _ = folder.put("m", Array("no model".utf8))
    #expect(try Binary.run(Self.train(folder)).output != "")
    #expect(folder.get("m") == model)
  }

  @Test func oneWorksAtATime() throws {
    let folder = TemporaryFolder()
    do {
      let lock = try FileLock(beside: folder.path + "/m")
      let refused = try Binary.run(Self.train(folder))
      #expect(refused.code == 75 && refused.errors.contains("another run works on it"))
      let skipped = try Binary.run(Self.train(folder, ["--if-locked", "skip"]))
      #expect(skipped.code == 0 && skipped.errors == "" && skipped.output == "")
      let waited = try Binary.run(Self.train(folder, ["--lock-wait", "0.1"]))
      #expect(waited.code == 75)
      #expect(folder.names == ["m.lock"])
      withExtendedLifetime(lock) {}
    }
    // Two that start at once: one of them waits for the other, and finds its work done.
    let codes = try Self.together(
      Self.train(folder, ["--lock-wait", "30"]), Self.train(folder, ["--lock-wait", "30"]))
    #expect(codes == [0, 0] && folder.names == ["m"])
  }

  private static func together(_ commands: [String]...) throws -> [Int32] {
    let processes = try commands.map { arguments in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Binary.path)
      process.arguments = arguments
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      return process
    }
    return processes.map {
      $0.waitUntilExit()
      return $0.terminationStatus
    }
  }

  @Test(.enabled(if: FaultyRun.isPossible)) func stoppedEvaluationsLeaveNothing() throws {
    let (folder, scratch) = (TemporaryFolder(), TemporaryFolder())
    #expect(try Binary.run(Self.train(folder)).code == 0)
    let arguments = [
      "--model", folder.path + "/m", "--samples", "2000", "--batch", "8", "--predictions", folder.path + "/p.csv",
    ]
    // Its first lines are about to be written.
    let stopped = try Self.stop(arguments, at: "write:1:SIGTERM", scratch)
    #expect(stopped.code == 7 && stopped.errors == "qkd-run: stopped by SIGTERM; the same command begins anew\n")
    #expect(folder.names == ["m"])
  }

  /// Nobody sends samples, and the signal comes while they are waited for.
  @Test func waitingForInputEnds() throws {
    let folder = TemporaryFolder()
    #expect(try Binary.run(Self.train(folder)).code == 0)
    let process = Process()
    let (input, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = ["--model", folder.path + "/m", "--input", "-", "--encoder", "amplitude"]
    process.standardInput = input
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    usleep(300_000)
    process.terminate()
    // One that does not end must not hold up the tests.
    let deadline = Date().addingTimeInterval(20)
    while process.isRunning && Date() < deadline { usleep(1000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationStatus == 7 && process.terminationReason == .exit)
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(message.hasPrefix("qkd-run: stopped by SIGTERM"), "\(message)")
  }

  @Test(.enabled(if: FaultyRun.isPossible)) func stoppedExperimentsKeepTheirSeeds() throws {
    let (folder, scratch) = (TemporaryFolder(), TemporaryFolder())
    _ = folder.put("e.toml", Array(FaultJob.experiment.utf8))
    let arguments = ["reproduce", folder.path + "/e.toml", "--output", folder.path + "/r.json", "-q"]
    // The journal's title and folder take two, each seed one.
    let stopped = try Self.stop(arguments, at: "fsync:3:SIGTERM", scratch)
    #expect(stopped.code == 7 && stopped.errors.contains("1 of 2 seeds is kept"), "\(stopped.errors)")
    #expect(folder.names == ["e.toml", "r.json.journal"])
    #expect(try Binary.run(arguments).code == 0)
    #expect(folder.names == ["e.toml", "r.json", "r.json.journal"])
  }
}
