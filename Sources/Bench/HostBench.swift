import Batches

/// Jobs of the benchmark that are about a process and its host rather than about the kernel.
public enum HostJob: String, Sendable, CaseIterable {
  /// Ground states of the chain.
  case groundStates = "J4"
  /// Peak memory of a process.
  case memory = "J5"
  /// Time of a cold process.
  case coldProcess = "J6"
}

/// One line of such a job; nil is what the job does not measure, or the system does not tell.
public struct HostBenchResult: Sendable {
  public let job: String
  public let part: String
  /// `float64` or `float32`; nil where no statevector is computed.
  public let precision: String?
  public let threads: Int
  /// Median elapsed time of the part; of a process, from starting it to its end.
  public var milliseconds: Double?
  /// Peak resident memory (VmHWM) of the process at its end, MiB.
  public var peakMebibytes: Double?
  /// Time by the time of the job's first line, an empty process.
  public var ratio: Double?
  /// Energy of the ground state at h2 = 0.9, in units of J.
  public var energy: Double?
  /// The largest ‖Hψ − Eψ‖ of the part's ground states, in units of J.
  public var largestResidual: Double?

  init(_ job: HostJob, _ part: String, precision: String? = nil, threads: Int = 1) {
    self.job = job.rawValue
    self.part = part
    self.precision = precision
    self.threads = threads
  }
}

/// The part of the benchmark that is about a process and its host.
public enum HostBench {
  /// Runs `settings.hostJobs`.
  /// - Throws: `SessionError` when a temporary folder cannot be made, a child process fails, or a ground state misses
  ///   its tolerance; never for slow results.
  public static func run(
    _ settings: BenchSettings, progress: Progress = .none
  ) throws(SessionError) -> [HostBenchResult] {
    var results: [HostBenchResult] = []
    for (done, job) in settings.hostJobs.enumerated() {
      progress.update("bench", done: done, of: settings.hostJobs.count)
      switch job {
      case .groundStates: results += try GroundStateBench.run(settings)
      case .memory: results += try ProcessBench.memory(settings)
      case .coldProcess: results += try ProcessBench.coldProcess(settings)
      }
    }
    progress.clear()
    return results
  }
}
