import ArgumentParser
import Batches
import Bench
import Kernel
import Models
import Reports

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    _superCommandName: "qkd-run",
    abstract: "Time the kernel on jobs of known work, beside the processor's own peak; ground states; a process.",
    discussion: """
      A batch's time starts from encoded states and includes preparing the parameters. `standard` counts the flops of \
      plain complex gates: a share above 100 % of the peak means less work for the same result.

      Jobs (ring of CNOTs, one Z a logit, batch 64): J1 7 qubits, 2 layers; J2 10 qubits, 4 layers, 10 logits; \
      J3 15 qubits, 10 layers. J7 is 20 qubits, 4 layers and one state, J8 the same for 8 states: they take up to a \
      gigabyte. --qubits and --layers make one of another size. J4 ground states of 15 qubits, each \
      residual checked; J5 peak memory of this program as a process of its own, loaded, and with 10,000 \
      samples of J2 from a file, and the time that takes; J6 the time of such a process for one batch of J2, beside \
      /bin/true. J5 and J6 take a temporary folder of up to 100 MB in TMPDIR or /tmp.

      EXAMPLES:
        taskset -c 1 qkd-run bench
        qkd-run bench --jobs J2,J3 --precision float32 --threads 2
        qkd-run bench --jobs J4,J5,J6
        qkd-run bench --qubits 12 --layers 3 --format json
        qkd-run bench --inputs FOLDER    compare with FOLDER's JOB_ref_*.npy
      """)

  @Option(help: "Jobs, separated by commas: J1 to J8 (J1 to J6 unless given).") var jobs: String?
  @Option(help: "A job of this many qubits instead.") var qubits: Int?
  @Option(help: "Its layers (2 unless given).") var layers: Int?
  @Option(help: "Its logits, one Z each (2 unless given).") var logits: Int?
  @Option(help: "Its samples (64 unless given).") var batch: Int?
  @Option(help: "float64 or float32 (both unless given).") var precision: String?
  @Option(help: "Threads.") var threads = 1
  @Option(
    help: "Samples side by side: 1, 2, 4, 8, 16 with --precision float32 alone (the processor's own unless given).")
  var lanes: Int?
  @Option(help: "Folder of JOB_theta.npy, JOB_states.npy, JOB_labels.npy, JOB_ref_logits.npy, JOB_ref_grad.npy.")
  var inputs: String?
  @Option(help: "Timed repetitions, of which the median counts.") var repetitions = 11
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws { _ = try settings() }

  private func settings() throws -> BenchSettings {
    var settings = BenchSettings()
    settings.threads = try checked(threads, 1...256, "--threads")
    settings.repetitions = try checked(repetitions, 1...10000, "--repetitions")
    settings.lanes = lanes
    settings.inputs = inputs ?? ""
    if let precision {
      guard let value = Precision(name: precision) else {
        throw ValidationError("--precision is '\(precision)'; allowed: \(Precision.allowedNames)")
      }
      settings.precisions = [value]
    }
    if let lanes, settings.precisions.contains(where: { LaneFormat.find($0, lanes: lanes) == nil }) {
      throw ValidationError("--lanes is \(lanes); allowed: 1, 2, 4, 8, and 16 with --precision float32")
    }
    if let jobs {
      (settings.jobs, settings.hostJobs) = ([], [])
      for name in jobs.split(separator: ",") {
        if let job = BenchJob.named.first(where: { $0.name == name }) {
          settings.jobs.append(job)
        } else if let job = HostJob(rawValue: String(name)) {
          settings.hostJobs.append(job)
        } else {
          throw ValidationError("--jobs has '\(name)'; allowed: \(jobNames)")
        }
      }
      if settings.jobs.isEmpty && settings.hostJobs.isEmpty {
        throw ValidationError("--jobs names no job; allowed: \(jobNames)")
      }
    }
    if let qubits {
      if jobs != nil { throw ValidationError("--jobs and --qubits exclude one another") }
      let qubits = try checked(qubits, 1...22, "--qubits")
      settings.hostJobs = []
      settings.jobs = [
        BenchJob(
          name: "n\(qubits)", qubits: qubits, layers: try checked(layers ?? 2, 1...1000, "--layers"),
          logits: try checked(logits ?? 2, 1...qubits, "--logits"),
          batch: try checked(batch ?? 64, 1...65536, "--batch"))
      ]
    } else {
      for (flag, value) in [("--layers", layers), ("--logits", logits), ("--batch", batch)] {
        guard let value else { continue }
        throw ValidationError(
          "\(flag) is \(value); allowed: none without --qubits, as named jobs have sizes of their own")
      }
    }
    if settings.jobs.isEmpty {
      // Jobs of the host choose both themselves.
      for (flag, value) in [("--lanes", lanes.map(String.init)), ("--inputs", inputs)] {
        guard let value else { continue }
        throw ValidationError("\(flag) is '\(value)'; allowed: none where --jobs names J4, J5 and J6 alone")
      }
    }
    return settings
  }

  private var jobNames: String {
    (BenchJob.named.map(\.name) + HostJob.allCases.map(\.rawValue)).sorted().joined(separator: ", ")
  }

  private func checked(_ value: Int, _ range: ClosedRange<Int>, _ flag: String) throws -> Int {
    if range.contains(value) { return value }
    throw ValidationError("\(flag) is \(value); allowed: \(range.lowerBound) to \(range.upperBound)")
  }

  mutating func run() throws {
    let (settings, output) = (try settings(), output.style)
    try output.perform { () throws(CommandError) in
      let (circuits, host) = try session { () throws(SessionError) in
        (
          try KernelBench.run(settings, progress: output.progress),
          try HostBench.run(settings, progress: output.progress)
        )
      }
      try output.print(
        text: { BenchReport.text(circuits, host) }, json: { BenchReport.json(circuits, host) })
    }
  }
}
