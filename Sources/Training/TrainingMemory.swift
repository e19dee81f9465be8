import Batches
import Budget
import Kernel
import Settings

/// Everything that `train` and `distill` hold, reserved in one planner. A teacher's network lives in the phase `teach`
/// alone; the student's takes its place.
package struct TrainingMemory: TrainingJobMemory {
  package let run: RunMemory
  package let student: BatchMemory
  package let compressor: GroupCompressorMemory?
  /// Of a teacher that computes its logits.
  package let teacher: BatchMemory?
  /// Of a teacher whose values are estimated from measurements, or extrapolated.
  package let estimate: TeacherEstimate?
  /// What a file of teacher logits is read through.
  package let teacherBuffer: Reservation<UInt8>?
  /// One of the two sources of samples.
  package let chain: ChainSetMemory?
  package let files: FileTrainingMemory?
  /// Of the training set: `[sample]`, `[sample][logit]`.
  package let stateLabels: Reservation<Int32>
  package let teacherLogits: Reservation<Double>?
  /// Of a regression: targets of the training set and of a batch, `[sample][output]`, and what its test comes to.
  package let stateValues, batchValues: Reservation<Double>?
  package let testTally: RegressionTally.Memory?
  /// `[output][least, largest]` of the training targets.
  package let testBounds: Reservation<Double>?
  /// The batch: the same, for whole groups.
  package let batchLabels: Reservation<Int32>
  package let batchTeacher: Reservation<Double>?
  package let logits: Reservation<Double>
  /// Of a batch: the derivatives of what depends on several samples; nil: nothing does.
  package let pulls: Reservation<Double>?
  /// `[group]`
  package let sums: Reservation<Double>
  package let groups: Int
  /// nil: the readout is not solved.
  package let readoutFit: ReadoutFitMemory?

  package init(
    _ shape: NetworkShape, teacher teacherShape: TeacherShape?, _ settings: Settings, files: TrainingFiles?,
    layout: Layout, batch: Int, metadataBytes: Int, in planner: inout Planner
  ) throws(SessionError) {
    let threads = settings.host.threads
    let format = layout.format
    let padded = Extent("batch, whole groups", roundUp(batch, to: format.lanes))
    let logitExtent = Extent("logits", shape.logits)
    let fromTeach = Lifetime(.teach, through: .run)
    let parameters = shape.circuit.parameterCount
    run = RunMemory(
      [("angles", parameters), ("readout", 2 * shape.logits)], iterations: settings.training.iterations, settings,
      outputs: shape.logits, metadataBytes: metadataBytes, in: &planner)
    shape.declareModel(copies: NetworkShape.copiesMade, in: &planner)
    if case .network(let shape) = teacherShape { shape.declareModel(copies: NetworkShape.copiesRead, in: &planner) }
    if let files {
      chain = nil
      self.files = FileTrainingMemory(files, shape, settings, format: format, padded: padded, in: &planner)
    } else {
      chain = try ChainSetMemory(
        settings, qubits: shape.samples.qubits, target: settings.chainTarget, format: format, padded: padded,
        in: &planner)
      self.files = nil
    }
    groups = padded.count / format.lanes
    student = try BatchMemory(
      "student", shape, layout: layout, history: layout.history, chain: chain?.chain, groups: groups, threads: threads,
      lifetime: .run, in: &planner)
    compressor = shape.compressor.map {
      GroupCompressorMemory(
        "compressor", $0, format: format, threads: threads,
        lifetime: teacherShape?.compressor == nil ? .run : fromTeach,
        in: &planner)
    }
    let whileTeaching = Lifetime(.teach, through: .teach)
    if case .network(let asked) = teacherShape {
      teacher = try BatchMemory(
        "teacher", asked, layout: layout, history: .none, chain: chain?.chain, groups: 1, threads: threads,
        lifetime: whileTeaching, in: &planner)
      estimate = TeacherEstimate(
        settings, outputs: shape.logits, asked, padded: padded, lifetime: whileTeaching, in: &planner)
    } else {
      (teacher, estimate) = (nil, nil)
    }
    if case .logits(let outsideBytes) = teacherShape {
      teacherBuffer = planner.reserve(
        "teacher logits buffer", [Extent("bytes", LogitsFile.bufferBytes)], of: UInt8.self, lifetime: whileTeaching,
        owner: "Samples")
      if outsideBytes > 0 {
        planner.declareOutside(
          OutsideMemory(
            name: "teacher logits decompression", formula: "gzip window, state, input", bytes: outsideBytes,
            owner: "zlib"))
      }
    } else {
      teacherBuffer = nil
    }
    let set = Extent("samples", settings.training.states)
    func doubles(
      _ name: String, _ shape: [Extent], _ lifetime: Lifetime, _ planner: inout Planner
    ) -> Reservation<Double> {
      planner.reserve(name, shape, of: Double.self, lifetime: lifetime, owner: "Training")
    }
    stateLabels = planner.reserve(
      "training labels", [set], of: Int32.self, lifetime: Lifetime(.reduction, through: .run), owner: "Training")
    let isRegression = settings.model.task == .regression
    stateValues =
      isRegression
      ? doubles("training targets", [set, logitExtent], Lifetime(.reduction, through: .run), &planner) : nil
    batchValues = isRegression ? doubles("batch targets", [padded, logitExtent], fromTeach, &planner) : nil
    testTally =
      isRegression
      ? RegressionTally.Memory(
        "test sums", outputs: shape.logits, lifetime: fromTeach, owner: "Training", in: &planner) : nil
    testBounds =
      isRegression ? doubles("test bounds", [logitExtent, Extent("least/largest", 2)], fromTeach, &planner) : nil
    let teaches = teacherShape != nil
    teacherLogits = teaches ? doubles("teacher logits", [set, logitExtent], fromTeach, &planner) : nil
    batchLabels = planner.reserve("batch labels", [padded], of: Int32.self, lifetime: fromTeach, owner: "Training")
    batchTeacher = teaches ? doubles("batch teacher logits", [padded, logitExtent], .run, &planner) : nil
    logits = doubles("logits", [padded, logitExtent], fromTeach, &planner)
    pulls =
      settings.distillation.relationWeight > 0 && teaches
      ? doubles("batch relations", [padded, logitExtent], .run, &planner) : nil
    sums = doubles(
      "gradient sums",
      [
        Extent("groups", groups),
        Extent("sums", GradientTask.sumsPerGroup(moments: parameters, logits: shape.logits)),
      ], .run, &planner)
    readoutFit =
      settings.training.readoutFit == .none
      ? nil : ReadoutFitMemory(samples: settings.training.learnt, logits: shape.logits, in: &planner)
  }
}
