import Batches
import CSupport
import Glibc
import Kernel
import Models

/// J5 and J6: this very program as child processes that evaluate J2's circuit on states from an NPY file.
enum ProcessBench {
  private static let job = BenchJob.named[1]
  private static let streamed = 10_000
  /// Starting a process is noisy: this many of each for every repetition, in turn.
  private static let processesPerRepetition = 10
  /// Streams take a hundred times as long as one batch.
  private static let mostStreams = 5
  private static let emptyProgram = "/bin/true"
  private static let program = "/proc/self/exe"

  static func memory(_ settings: BenchSettings) throws(SessionError) -> [HostBenchResult] {
    let folder = try BenchFolder(job, samples: streamed, seed: settings.seed)
    var loaded = HostBenchResult(.memory, "load only (--version)")
    loaded.peakMebibytes = try peak([program, "--version"])
    var results = [loaded]
    for precision in settings.precisions {
      var result = HostBenchResult(
        .memory, "stream \(streamed) samples of J2", precision: precision.name, threads: settings.threads)
      let command = evaluate(folder, precision, settings)
      result.peakMebibytes = try peak(command)
      var times: [Double] = []
      for _ in 0..<max(1, min(settings.repetitions, mostStreams)) { times.append(try milliseconds(command)) }
      result.milliseconds = times.sorted()[times.count / 2]
      results.append(result)
    }
    return results
  }

  static func coldProcess(_ settings: BenchSettings) throws(SessionError) -> [HostBenchResult] {
    let folder = try BenchFolder(job, samples: job.batch, seed: settings.seed)
    var results = [
      HostBenchResult(.coldProcess, "empty process (\(emptyProgram))"),
      HostBenchResult(.coldProcess, "load only (--version)"),
    ]
    var commands = [[emptyProgram], [program, "--version"]]
    for precision in settings.precisions {
      results.append(
        HostBenchResult(
          .coldProcess, "evaluate one batch of J2", precision: precision.name, threads: settings.threads))
      commands.append(evaluate(folder, precision, settings))
    }
    var times = [[Double]](repeating: [], count: commands.count)
    for _ in 0..<(processesPerRepetition * settings.repetitions) {
      for (index, command) in commands.enumerated() {
        times[index].append(try milliseconds(command))
      }
    }
    let medians = times.map { $0.sorted()[$0.count / 2] }
    for index in results.indices {
      results[index].milliseconds = medians[index]
      results[index].ratio = medians[index] / medians[0]
    }
    return results
  }

  private static func evaluate(_ folder: BenchFolder, _ precision: Precision, _ settings: BenchSettings) -> [String] {
    [
      program, "evaluate", "--model", folder.model, "--input", folder.states, "--batch", "\(job.batch)",
      "--precision", precision.name, "--threads", "\(settings.threads)",
    ]
  }

  private static func milliseconds(_ command: [String]) throws(SessionError) -> Double {
    var nanoseconds: Int64 = 0
    try check(withArguments(command) { qkd_time_child($0, &nanoseconds) }, command)
    return Double(nanoseconds) * 1e-6
  }

  private static func peak(_ command: [String]) throws(SessionError) -> Double? {
    var bytes: Int64 = -1
    try check(withArguments(command) { qkd_peak_of_child($0, &bytes) }, command)
    return bytes < 0 ? nil : Double(bytes) / Double(1 << 20)
  }

  private static func check(_ code: Int32, _ command: [String]) throws(SessionError) {
    if code == 0 { return }
    let given = code < 0 ? String(cString: strerror(-code)) : "exit code \(code)"
    throw .setting(
      name: "a child process of bench", given: "\(given): \(command.joined(separator: " "))", allowed: "exit code 0")
  }

  private static func withArguments(
    _ arguments: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
  ) -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { body(UnsafePointer($0.baseAddress!)) }
  }
}
