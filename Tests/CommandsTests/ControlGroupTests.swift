import Foundation
import Glibc
import Testing

/// A memory control group of its own, of either version; nil where this process may not make one.
private final class ControlGroup {
  let path: String
  private let limitFile: String

  init?() {
    let name = "qkd-run-test-\(getpid())"
    // Version 1 has a hierarchy a controller, version 2 one for all.
    for (root, limitFile) in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")] {
      let path = root + "/" + name
      guard mkdir(path, 0o755) == 0 else { continue }
      if access(path + "/" + limitFile, W_OK) == 0 && access(path + "/cgroup.procs", W_OK) == 0 {
        (self.path, self.limitFile) = (path, path + "/" + limitFile)
        return
      }
      rmdir(path)
    }
    return nil
  }

  deinit { rmdir(path) }

  func run(_ arguments: [String], bytes: Int) throws -> (code: Int32, output: Data, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      [
        "-c", "echo \(bytes) >'\(limitFile)' && echo $$ >'\(path)/cgroup.procs' && exec \"$0\" \"$@\"", Binary.path,
      ] + arguments
    process.environment = ["QKD_PROFILE_PATH": EndToEndTests.profiles]
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    try process.run()
    let results = output.fileHandleForReading.readDataToEndOfFile()
    let messages = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return (code, results, messages)
  }
}

/// What the plan says is what the system has to give.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"), .serialized)
struct ControlGroupTests {
  /// Of ROM and of the kernel's own records beside the RAM.
  private static let fewBytes = 8 << 20

  @Test(arguments: [
    ["evaluate", "--profile", "small-device", "--samples", "20000"],
    [
      "train", "--profile", "workstation", "--set", "model.qubits=15", "--set", "model.layers=10", "--memory",
      "24 MiB", "--iterations", "1", "--batch", "2", "--samples", "2", "--output", "/dev/shm/qkd-run-test-model",
    ],
  ])
  func aRunCompletesInWhatWasPlanned(arguments: [String]) throws {
    guard let group = ControlGroup() else {
      print("no memory control group can be made here: skipped")
      return
    }
    defer { for ending in ["", ".lock", ".checkpoint"] { unlink("/dev/shm/qkd-run-test-model" + ending) } }
    let plan = try EndToEndTests.json(
      Binary.run(
        ["plan"] + arguments + ["--json"], environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles]))
    let planned = try #require(plan["ram_planned_bytes"] as? Int)
    let result = try group.run(arguments + ["--format", "json"], bytes: planned + Self.fewBytes)
    #expect(result.code == 0, "\(result.code): \(result.errors)")
    let report = try #require(try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    #expect(try #require(report["ram_peak_bytes"] as? Int) <= planned)
    // The same group does hold a process to its limit: half of the arena is too little.
    let arena = try #require(plan["arena_bytes"] as? Int)
    if arena > 2 * Self.fewBytes {
      // With another seed, since the same run would have nothing to do.
      #expect(try group.run(arguments + ["--seed", "2"], bytes: arena / 2).code == 128 + SIGKILL)
    }
  }
}
