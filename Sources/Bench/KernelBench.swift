import Batches
import Budget
import CSupport
import Kernel
import Models

/// The kernel's part of the benchmark.
public enum KernelBench {
  /// Times the kernel on jobs of known work. A benchmark, not a test: it fails on wrong input, never on slow results.
  public static func run(
    _ settings: BenchSettings, progress: Progress = .none
  ) throws(SessionError) -> [BenchResult] {
    var results: [BenchResult] = []
    for job in settings.jobs {
      let inputs =
        settings.inputs.isEmpty
        ? try BenchInputs(job, seed: settings.seed) : try BenchInputs(job, folder: settings.inputs)
      for precision in settings.precisions {
        // Lanes without a sample only cost.
        var lanes = settings.lanes ?? LaneFormat.fastestLanes(precision, qubits: job.qubits)
        while settings.lanes == nil && lanes > 1 && lanes / 2 >= job.batch { lanes /= 2 }
        guard let format = LaneFormat.find(precision, lanes: lanes) else {
          throw .setting(name: "lanes", given: "\(lanes)", allowed: "1, 2, 4, 8, and 16 for float32")
        }
        let peak = qkd_peak_flops(precision == .float32 ? 1 : 0, 0.1)
        // Each part with the memory that it has in use: inference keeps no history of states.
        results.append(try JobBench(job, inputs, settings, .none, format: format, peak: peak).forward())
        results.append(try JobBench(job, inputs, settings, .stored, format: format, peak: peak).gradient())
        progress.update("bench", done: results.count, of: 2 * settings.jobs.count * settings.precisions.count)
      }
    }
    progress.clear()
    return results
  }
}

/// One job in one precision: everything encoded, ready to be timed again and again.
private final class JobBench {
  let job: BenchJob
  let inputs: BenchInputs
  let settings: BenchSettings
  let format: LaneFormat
  let peak: Double
  let student: BoundNetwork
  let runner: GroupRunner
  let states: UnsafeMutableRawPointer
  let batch: BatchSource
  let logits: UnsafeMutablePointer<Double>
  let gradientValues: UnsafeMutablePointer<Double>
  let task: GradientTask
  /// Keeps the memory.
  private let arena: ArenaBox

  private final class ArenaBox {
    let arena: Arena
    init(_ arena: consuming Arena) { self.arena = arena }
  }

  init(
    _ job: BenchJob, _ inputs: BenchInputs, _ settings: BenchSettings, _ history: HistoryKind, format: LaneFormat,
    peak: Double
  ) throws(SessionError) {
    (self.job, self.inputs, self.settings, self.format, self.peak) = (job, inputs, settings, format, peak)
    let ansatz = Ansatz(qubits: job.qubits, layers: job.layers, entangler: .ring)
    var observables: [Observable] = []
    for j in 0..<job.logits {
      do { observables.append(try Observable("Z\(j)")) } catch { preconditionFailure("Z and a number is one") }
    }
    let groups = roundUp(job.batch, to: format.lanes) / format.lanes
    let stateBytes = 2 * ansatz.amplitudes * format.vectorBytes
    var planner = Planner()
    let network = NetworkMemory(
      "student", ansatz: ansatz, format: format, logits: job.logits, terms: job.logits, lifetime: .whole, in: &planner)
    let workspace = WorkspaceMemory(
      "student", ansatz: ansatz, format: format, logits: job.logits, history: history, threads: settings.threads,
      lifetime: .run, in: &planner)
    func doubles(_ name: String, _ count: Int, _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(name, [Extent("numbers", count)], of: Double.self, lifetime: .run, owner: "Bench")
    }
    let statesMemory = planner.reserve(
      "states", [Extent("groups", groups), Extent("bytes", stateBytes)], of: UInt8.self, lifetime: .run,
      owner: "Bench")
    let logitsMemory = doubles("logits", groups * format.lanes * job.logits, &planner)
    let gradientMemory = doubles("gradient", ansatz.parameterCount, &planner)
    let perGroup = GradientTask.sumsPerGroup(moments: ansatz.parameterCount, logits: job.logits)
    let sumsMemory = doubles("gradient sums", groups * perGroup, &planner)
    let labelsMemory = planner.reserve(
      "labels", [Extent("samples", groups * format.lanes)], of: Int32.self, lifetime: .run, owner: "Bench")
    let box = ArenaBox(try mapArena(planner))
    arena = box
    states = UnsafeMutableRawPointer(box.arena.pointer(statesMemory))
    logits = box.arena.pointer(logitsMemory)
    gradientValues = box.arena.pointer(gradientMemory)
    let labels = box.arena.pointer(labelsMemory)
    for i in 0..<(groups * format.lanes) { labels[i] = i < job.batch ? inputs.labels[i] : -1 }
    let model = Model(
      ansatz: ansatz, observables: observables, angles: inputs.angles,
      scales: [Double](repeating: 1, count: job.logits), biases: [Double](repeating: 0, count: job.logits),
      encoder: .state)
    student = network.bind(model, box.arena)
    runner = try GroupRunner(student.network, workspace, inputForm: .state, logits: logits, box.arena)
    batch = .states(states, stateBytes: stateBytes)
    task = GradientTask(
      student.network, .crossEntropy, labels: labels, teacherLogits: nil, weight: 1,
      sums: box.arena.pointer(sumsMemory), blocks: groups)
    encode()
  }

  private func encode() {
    let ansatz = student.network.tables.ansatz
    let encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: .amplitudeUnnormalized)
    let (amplitudes, lanes) = (ansatz.amplitudes, format.lanes)
    let groups = runner.groupCount(job.batch)
    inputs.real.withUnsafeBufferPointer { real in
      inputs.imaginary.withUnsafeBufferPointer { imaginary in
        for sample in 0..<(groups * lanes) {
          let state = states + (sample / lanes) * 2 * amplitudes * format.vectorBytes
          if sample >= job.batch {
            encoder.clearLane(sample % lanes, of: state)
            continue
          }
          let row = sample * amplitudes
          encoder.setLane(
            sample % lanes, of: state, real: real.baseAddress! + row, imaginary: imaginary.baseAddress! + row,
            count: amplitudes)
        }
      }
    }
  }

  func forward() -> BenchResult {
    let run = { [self] in
      student.network.tables.prepare(angles: student.angles)
      runner.forward(batch, samples: job.batch)
    }
    let times = time(run)
    let error = inputs.logits.map { difference(logits, $0, count: $0.count) }
    return result("forward", times, error)
  }

  func gradient() -> BenchResult {
    let run = { [self] in
      student.network.tables.prepare(angles: student.angles)
      runner.gradient(batch, samples: job.batch, task)
      student.network.finishGradient(
        angles: student.angles, moments: task.groupSums(0).moments, gradient: gradientValues)
    }
    let times = time(run)
    let error = inputs.gradient.map { difference(gradientValues, $0, count: $0.count) }
    return result("gradient", times, error)
  }

  private func difference(_ values: UnsafePointer<Double>, _ reference: [Double], count: Int) -> Double {
    (0..<count).reduce(0) { max($0, (values[$1] - reference[$1]).magnitude) }
  }

  /// Median seconds of one run, without and with encoding.
  private func time(_ run: () -> Void) -> (plain: Double, encoded: Double) {
    run()
    let estimate = seconds { run() }
    // Each repetition lasts about 20 ms, so that the clock does not count.
    let inner = max(1, Int(0.02 / max(estimate, 1e-7)))
    let plain = median { for _ in 0..<inner { run() } } / Double(inner)
    let encoded = median { encode() }
    return (plain, plain + encoded)
  }

  private func median(_ body: () -> Void) -> Double {
    let times = (0..<max(1, settings.repetitions)).map { _ in seconds(body) }
    return times.sorted()[times.count / 2]
  }

  private func seconds(_ body: () -> Void) -> Double {
    // With one thread CPU time, which other work on the machine does not disturb as much.
    let clock = settings.threads == 1 ? qkd_thread_cpu_nanoseconds : qkd_monotonic_nanoseconds
    let start = clock()
    body()
    return Double(clock() - start) * 1e-9
  }

  private func result(_ part: String, _ times: (plain: Double, encoded: Double), _ error: Double?) -> BenchResult {
    let work = 14.0 * Double(job.batch << job.qubits) * Double(job.qubits * job.layers)
    return BenchResult(
      job: job.name, part: part, precision: format.precision.name, threads: settings.threads, lanes: format.lanes,
      milliseconds: times.plain * 1e3, encodedMilliseconds: times.encoded * 1e3, peakGigaflops: peak * 1e-9,
      standardGigaflops: work / times.plain * 1e-9, samplesPerSecond: Double(job.batch) / times.plain,
      largestError: error)
  }
}
