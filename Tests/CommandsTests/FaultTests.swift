import Foundation
import Models
import TemporaryFolders
import Testing

/// A job of the fault test: a command in a folder of its own.
struct FaultJob: Sendable, CustomTestStringConvertible {
  let name: String
  /// Words of which `@` stands for the folder.
  let arguments: [String]
  /// What the folder holds before, by name.
  var inputs: [String: [UInt8]] = [:]
  /// What the folder holds after, besides: the run's results, whole or not at all.
  let outputs: Set<String>
  /// What stays as it is, though it grows line by line.
  var journals: Set<String> = []

  var testDescription: String { name }

  static let training = [
    "--set", "model.qubits=3", "--set", "training.states=8", "--batch", "4", "--samples", "8", "--iterations", "3",
    "--set", "training.checkpoint-every=0", "--format", "json",
  ]
  static let chain = ["--set", "model.layers=1"] + training
  static let experiment = """
    [model]
    qubits = 3
    [training]
    states = 8
    batch = 4
    [evaluation]
    samples = 8
    [experiment]
    name = "e"
    seeds = 2
    teacher-iterations = 3
    student-layers = [1]
    iterations = [2]
    """
}

/// The program under faults: whichever call to the system fails, or is the last one, each run ends with a documented
/// code and message, never with half a file under a final name, and the same command then goes on to the same bytes.
///
/// Here each call fails once in one way and is once the last; `QKD_FAULTS=all` (tools/faults) tries each way.
@Suite(
  .enabled(if: FaultyRun.isPossible, "no executables, or processes may not be traced here"), .serialized)
struct FaultTests {
  private static let groups = ["open", "read", "write", "fsync", "rename", "fallocate", "mmap", "flock"]
  /// Kills are tried there as well.
  private static let otherGroups = ["link", "unlink", "truncate"]
  private static let actions = ["EIO", "ENOSPC", "EINTR", "short", "EACCES"]
  private static let takesAll = ProcessInfo.processInfo.environment["QKD_FAULTS"] == "all"
  /// What a failing system may end a run with: no input, the system, no output, input/output, permission.
  private static let codes: Set<Int32> = [66, 71, 73, 74, 77]

  @Test func trains() throws {
    try Self.exhaust(
      FaultJob(name: "train", arguments: ["train", "--output", "@/m"] + FaultJob.chain, outputs: ["m"]))
  }

  @Test func trainsWithoutUnnamedFiles() throws {
    try Self.exhaust(
      FaultJob(name: "train, named", arguments: ["train", "--output", "@/m"] + FaultJob.chain, outputs: ["m"]),
      refusesUnnamed: true)
  }

  @Test func distilsWithATape() throws {
    let folder = TemporaryFolder()
    let teacher = folder.path + "/t"
    _ = try Binary.run(["train", "--output", teacher] + FaultJob.chain)
    try Self.exhaust(
      FaultJob(
        name: "distill",
        arguments: ["distill", "--teacher", "@/t", "--tape", "@/tape", "--output", "@/m"]
          + FaultJob.chain, inputs: ["t": FaultyRun.bytes(teacher)], outputs: ["m", "tape"]))
  }

  @Test func compresses() throws {
    try Self.exhaust(
      FaultJob(
        name: "compress",
        arguments: [
          "compress", "--output", "@/a", "--set", "compression.latent=1", "--set", "compression.layers=1",
        ] + FaultJob.training,
        outputs: ["a"]))
  }

  @Test func evaluates() throws {
    let folder = TemporaryFolder()
    let model = folder.path + "/m"
    _ = try Binary.run(["train", "--output", model] + FaultJob.chain)
    try Self.exhaust(
      FaultJob(
        name: "evaluate",
        arguments: [
          "evaluate", "--model", "@/m", "--predictions", "@/p.csv", "--samples", "20", "--batch", "8", "--format",
          "json",
        ], inputs: ["m": FaultyRun.bytes(model)], outputs: ["p.csv"]))
  }

  @Test func reproduces() throws {
    try Self.exhaust(
      FaultJob(
        name: "reproduce", arguments: ["reproduce", "@/e.toml", "--output", "@/r.json", "--format", "json"],
        inputs: ["e.toml": Array(FaultJob.experiment.utf8)], outputs: ["r.json"], journals: ["r.json.journal"]))
  }

  /// What an uninterrupted run leaves.
  private struct Reference {
    let files: [String: [UInt8]]
    let report: NSDictionary
    let counts: [String: Int]
  }

  private static func exhaust(_ job: FaultJob, refusesUnnamed: Bool = false) throws {
    let reference = try reference(job, refusesUnnamed)
    var runs = 0
    for (place, group) in (groups + otherGroups).enumerated() {
      for number in 1...max(1, reference.counts[group] ?? 0) where reference.counts[group] ?? 0 > 0 {
        var tried = ["SIGKILL"]
        if groups.contains(group) { tried += takesAll ? actions : [actions[(number + place) % actions.count]] }
        for action in tried where action != "short" || group == "read" || group == "write" {
          let fault = FaultyRun.Fault(group: group, number: number, action: action)
          try check(job, fault, reference, refusesUnnamed)
          runs += 1
        }
      }
    }
    print("\(job.name): \(runs) faults injected, \(reference.counts.sorted { $0.key < $1.key })")
    #expect(runs > 50)
  }

  private static func arguments(_ job: FaultJob, _ folder: TemporaryFolder) -> [String] {
    job.arguments.map { $0.replacingOccurrences(of: "@", with: folder.path) }
  }

  private static func folder(_ job: FaultJob) -> TemporaryFolder {
    let folder = TemporaryFolder(inMemory: true)
    for (name, bytes) in job.inputs { _ = folder.put(name, bytes) }
    return folder
  }

  private static func reference(_ job: FaultJob, _ refusesUnnamed: Bool) throws -> Reference {
    let (folder, scratch) = (folder(job), TemporaryFolder(inMemory: true))
    let result = try FaultyRun.run(
      arguments(job, folder), fault: nil, scratch: scratch.path, refusesUnnamed: refusesUnnamed)
    try #require(result.code == 0 && result.errors == "", "\(job.name): \(result.errors)")
    #expect(Set(folder.names) == job.outputs.union(job.journals).union(job.inputs.keys))
    var files: [String: [UInt8]] = [:]
    for name in job.outputs.union(job.journals) { files[name] = FaultyRun.bytes(folder.path + "/" + name) }
    return Reference(
      files: files, report: try #require(report(result.output, folder)), counts: result.counts)
  }

  private static func check(
    _ job: FaultJob, _ fault: FaultyRun.Fault, _ reference: Reference, _ refusesUnnamed: Bool
  ) throws {
    let (folder, scratch) = (folder(job), TemporaryFolder(inMemory: true))
    let words = arguments(job, folder)
    let first = try FaultyRun.run(words, fault: fault, scratch: scratch.path, refusesUnnamed: refusesUnnamed)
    let what = "\(job.name), \(fault): code \(first.code), \(first.errors)"
    #expect(first.wasInjected, "\(what)")
    for name in job.outputs where folder.names.contains(name) {
      #expect(FaultyRun.bytes(folder.path + "/" + name) == reference.files[name], "\(what): \(name) is another")
    }
    for name in folder.names where name.hasSuffix(".checkpoint") || name.hasSuffix(".checkpoint.prev") {
      #expect(throws: Never.self, "\(what): \(name)") { try TensorStream(path: folder.path + "/" + name).verify() }
    }
    let delivered = report(first.output, folder)
    if first.code == 0 {
      #expect(first.errors == "" && job.outputs.isSubset(of: folder.names), "\(what)")
      #expect(delivered == reference.report, "\(what): another report")
    } else if fault.kills {
      #expect(first.code == 137 || !first.wasInjected, "\(what)")
    } else {
      #expect(codes.contains(first.code) && isMessage(first.errors), "\(what)")
      #expect(!folder.names.contains { $0.hasPrefix(".qkd-run.") }, "\(what): \(folder.names)")
    }

    let second = try FaultyRun.run(words, fault: nil, scratch: scratch.path, refusesUnnamed: refusesUnnamed)
    #expect(second.code == 0 && second.errors == "", "\(what), then \(second.code), \(second.errors)")
    let again = report(second.output, folder)
    #expect((again ?? delivered) == reference.report, "\(what): the next run's report is another")
    #expect(
      Set(folder.names) == job.outputs.union(job.journals).union(job.inputs.keys), "\(what): left \(folder.names)")
    for (name, bytes) in reference.files {
      #expect(FaultyRun.bytes(folder.path + "/" + name) == bytes, "\(what): the next run's \(name) is another")
    }
  }

  /// One line, in the program's words.
  private static func isMessage(_ errors: String) -> Bool {
    errors.hasPrefix("qkd-run: ") && errors.hasSuffix("\n") && errors.filter { $0 == "\n" }.count == 1
  }

  /// A JSON report without times, the system's counts, and the folder's name; nil where it is none.
  private static func report(_ output: [UInt8], _ folder: TemporaryFolder) -> NSDictionary? {
    let text = String(decoding: output, as: UTF8.self).replacingOccurrences(of: folder.path, with: "@")
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else { return nil }
    return strip(object) as? NSDictionary
  }

  private static let variable = [
    "second", "fault", "peak", "touched", "latency", "microseconds", "seeds_run", "growth",
  ]

  private static func strip(_ value: Any) -> Any {
    if let object = value as? [String: Any] {
      return object.filter { entry in !variable.contains { entry.key.contains($0) } }.mapValues { strip($0) }
    }
    if let array = value as? [Any] { return array.map { strip($0) } }
    return value
  }
}
