import Batches
import Budget
import Kernel
import Measurement
import Models
import Samples
import Settings
import Spectra

/// Everything that evaluating holds, reserved in one planner.
struct EvaluationMemory {
  let network: NetworkMemory
  /// Of an ideal circuit, or of one on a device.
  let workspace: WorkspaceMemory?
  let folded: FoldMemory?
  let trajectories: TrajectoryMemory?
  let compressor: GroupCompressorMemory?
  let chain: ChainMemory?
  let file: FileMemory?
  let features: FeatureMemory?
  let fileLabels: Reservation<Int32>?
  let coefficients: Reservation<Double>?
  let labels: Reservation<Int32>
  /// Numbers of the batch's rows in the file.
  let rows: Reservation<Int>?
  let logits: Reservation<Double>
  /// Of classes.
  let probabilities: Reservation<Double>?
  let histogram: Reservation<UInt64>
  /// Of classes.
  let calibration: CalibrationTally.Memory?
  /// Of a regression.
  let numbers: NumberScoring.Memory?
  let fileTargets: Reservation<Double>?
  /// `[sample of the batch][output]`
  let values: Reservation<Double>?
  let predictions: Reservation<UInt8>?
  /// nil: values are exact.
  let shots: ShotScoring.Memory?
  let batch: Int
  let groups: Int

  /// - Parameters:
  ///   - target: of ground states; nil: of a file, or of classes.
  ///   - measurement: whose strings stand behind the shape's logits; nil: values are exact.
  init(
    _ shape: NetworkShape, _ task: ModelTask, _ target: ChainTarget?, _ measurement: Measurement?,
    _ settings: Settings, _ facts: DataFacts, layout: Layout, batch: Int, in planner: inout Planner
  ) throws(SessionError) {
    let (threads, format) = (settings.host.threads, layout.format)
    let padded = roundUp(batch, to: format.lanes)
    self.batch = batch
    groups = padded / format.lanes
    if settings.data.source == .spinChain { RandomStream.declare(1, in: &planner) }
    ProcessMemory.declare(threads: threads, in: &planner)
    shape.declareModel(copies: NetworkShape.copiesRead, in: &planner)
    if settings.spool.isUsed { SpoolListing.declare(in: &planner) }
    if !settings.report.prometheusPath.isEmpty { RunTally.declare(in: &planner) }
    let circuit = shape.circuit
    network = NetworkMemory(
      "student", ansatz: circuit, format: format, logits: shape.logits, terms: shape.terms, lifetime: .whole,
      scratchLifetime: Lifetime(.load, through: .load), in: &planner)
    workspace =
      shape.device != nil
      ? nil
      : WorkspaceMemory(
        "student", ansatz: circuit, format: format, logits: shape.logits, history: .none, threads: threads,
        lifetime: .run, in: &planner)
    let classes = measurement?.constants.count ?? shape.logits
    shots = measurement.map { ShotScoring.Memory($0, classes: classes, in: &planner) }
    compressor = shape.compressor.map {
      GroupCompressorMemory("compressor", $0, format: format, threads: threads, lifetime: .run, in: &planner)
    }
    let samples = Extent("batch, whole groups", padded)
    if settings.data.source == .spinChain {
      let chain = try ChainMemory(
        settings.data, qubits: shape.samples.qubits, target: target, format: format, threads: threads, in: &planner)
      coefficients = planner.reserve(
        "ground states", [samples, Extent("coefficients", chain.coefficientLimit)], of: Double.self, lifetime: .run,
        owner: "Spectra")
      (self.chain, file, features, fileLabels) = (chain, nil, nil, nil)
    } else {
      chain = nil
      coefficients = nil
      // Raw samples are read, and checked, as they are; features that no observable sees are not made.
      let sample = shape.rawColumns == nil ? shape.samples : circuit
      file = FileMemory(
        "input", ansatz: sample, encoder: shape.encoder,
        rawColumns: shape.rawColumns, outputs: task == .regression ? shape.logits : nil,
        facts: facts, lifetime: .run, in: &planner)
      features = shape.rawColumns.map {
        FeatureMemory(columns: $0, count: sample.qubits, lifetime: .run, in: &planner)
      }
      fileLabels = facts.labels.map {
        planner.reserve(
          "labels of the file", [Extent("samples", $0)], of: Int32.self, lifetime: .whole, owner: "Samples")
      }
    }
    let isDrawn = shape.device != nil && settings.device.trajectories > 0
    trajectories =
      isDrawn
      ? TrajectoryMemory(
        "student", shape, classes: classes, format: format, batch: padded, lifetime: .run, in: &planner) : nil
    folded =
      shape.device == nil || isDrawn
      ? nil
      : try FoldMemory(
        "student", shape, format: format, gradient: false, chain: chain, groups: 1, lifetime: .run, in: &planner)
    let outputs = Extent("outputs", shape.logits)
    fileTargets = facts.targets.map {
      planner.reserve(
        "targets of the file", [Extent("samples", $0), outputs], of: Double.self, lifetime: .whole, owner: "Samples")
    }
    labels = planner.reserve("labels", [samples], of: Int32.self, lifetime: .run, owner: "Evaluation")
    rows =
      settings.data.source == .file
      ? planner.reserve("rows", [samples], of: Int.self, lifetime: .run, owner: "Evaluation") : nil
    logits = planner.reserve(
      "logits", [samples, Extent("logits", shape.logits)], of: Double.self, lifetime: .run, owner: "Evaluation")
    switch task {
    case .classification:
      probabilities = planner.reserve(
        "probabilities", [Extent("logits", classes)], of: Double.self, lifetime: .run, owner: "Evaluation")
      histogram = LogHistogram.reserve("latency histogram", in: &planner)
      calibration = CalibrationTally.Memory(classes: classes, in: &planner)
      (numbers, values) = (nil, nil)
    case .regression:
      (probabilities, calibration) = (nil, nil)
      histogram = LogHistogram.reserve("latency histogram", in: &planner)
      numbers = NumberScoring.Memory(outputs: shape.logits, in: &planner)
      values = planner.reserve("targets", [samples, outputs], of: Double.self, lifetime: .run, owner: "Evaluation")
    }
    predictions =
      facts.predictions
      ? planner.reserve(
        "output buffer",
        [Extent("bytes", max(16 << 10, PredictionWriter.smallestBuffer(classes: classes)))], of: UInt8.self,
        lifetime: .run, owner: "Samples") : nil
  }
}
