import Batches
import Budget
import Kernel
import Spectra
import Training

/// Everything that an experiment holds: what all trials share, and a slot for each trial that runs at the same time.
struct ExperimentMemory {
  /// The samples of files.
  struct Files {
    let memory: FileTrainingMemory
    let test: StoredSetMemory
    let labels, testLabels: Reservation<Int32>
    /// Of a regression: `[sample][output]`.
    let values, testValues: Reservation<Double>?
    /// For a logistic regression on the stored bits; nil where there are none, or more than two classes.
    let regression: (coefficients: Reservation<Double>, workspace: Reservation<Double>)?
  }

  /// The samples of ground states, and their basis.
  let chain: (memory: ChainMemory, basis: BasisMemory)?
  let files: Files?
  let slots: [TrialMemory]

  init(_ plan: ExperimentPlan, layout: Layout, slots count: Int, in planner: inout Planner) throws(SessionError) {
    let settings = plan.settings
    let format = layout.format
    // Data of the round, and three a slot.
    RandomStream.declare(1 + 3 * count, in: &planner)
    ProcessMemory.declare(threads: count, in: &planner)
    plan.shape.declareModel(copies: NetworkShape.copiesMade, in: &planner)
    if plan.hasJudges {
      plan.judged(plan.design.contestants[1]).declareModel(copies: NetworkShape.copiesMade, in: &planner)
    }
    ExperimentJournal.declare(rows: plan.design.rowCount, seeds: settings.experiment.seeds, in: &planner)
    if let input = plan.files {
      chain = nil
      files = Files(input, plan, format: format, slots: count, in: &planner)
    } else {
      let memory = try ChainMemory(
        settings.data, qubits: settings.model.qubits, target: settings.chainTarget, format: format, threads: count,
        in: &planner)
      let basis = BasisMemory(
        "basis states", qubits: settings.model.qubits, states: memory.coefficientLimit, format: format,
        lifetime: Lifetime(.teach, through: .run), in: &planner)
      chain = (memory, basis)
      files = nil
    }
    var slots: [TrialMemory] = []
    for slot in 0..<count {
      slots.append(
        try TrialMemory(
          "slot \(slot + 1) ", plan, chain: chain?.memory,
          sampleWidth: files?.memory.set.width, layout: layout, in: &planner))
    }
    self.slots = slots
  }
}

extension ExperimentMemory.Files {
  fileprivate init(
    _ files: TrainingFiles, _ plan: ExperimentPlan, format: LaneFormat, slots: Int, in planner: inout Planner
  ) {
    let padded = Extent("batch, whole groups", roundUp(plan.batch, to: format.lanes))
    memory = FileTrainingMemory(files, plan.shape, plan.settings, format: format, padded: padded, in: &planner)
    test = StoredSetMemory(
      "test set", samples: plan.testSamples, file: memory.test, facts: files.test, threads: 1, padded: padded,
      in: &planner)
    func labels(_ name: String, _ count: Int, _ planner: inout Planner) -> Reservation<Int32> {
      planner.reserve(
        name, [Extent("samples", count)], of: Int32.self, lifetime: Lifetime(.reduction, through: .run),
        owner: "Experiments")
    }
    self.labels = labels("training labels", plan.trainingSamples, &planner)
    testLabels = labels("test labels", plan.testSamples, &planner)
    func values(_ name: String, _ count: Int, _ planner: inout Planner) -> Reservation<Double>? {
      if !plan.isRegression { return nil }
      return planner.reserve(
        name, [Extent("samples", count), Extent("outputs", plan.logits)], of: Double.self,
        lifetime: Lifetime(.reduction, through: .run), owner: "Experiments")
    }
    self.values = values("training targets", plan.trainingSamples, &planner)
    testValues = values("test targets", plan.testSamples, &planner)
    func doubles(_ name: String, _ count: Int, _ planner: inout Planner) -> Reservation<Double> {
      planner.reserve(
        name, [Extent("numbers", count)], of: Double.self, lifetime: Lifetime(.teach, through: .teach),
        owner: "Experiments")
    }
    if memory.set.form == .bits && plan.logits == 2 && !plan.isRegression {
      regression = (
        doubles(
          "regression coefficients", LogisticRegression.coefficientCount(features: memory.set.width), &planner),
        doubles("regression workspace", LogisticRegression.workspaceCount(features: memory.set.width), &planner)
      )
    } else {
      regression = nil
    }
  }
}

/// The memory of one trial: each slot runs one seed after another.
struct TrialMemory {
  let networks: [NetworkMemory]
  /// One of two ways to compute batches.
  let span: SpanMemory?
  let workspace: WorkspaceMemory?
  let autoencoder: AutoencoderTrainingMemory?
  let compressedBasis: BasisMemory?
  /// Ground states: `[sample][coefficient]`, their labels, and a batch.
  let training, test, batch: Reservation<Double>?
  let trainingLabels, testLabels: Reservation<Int32>?
  /// Of a regression: targets of ground states, those of a batch, and those of the training set drawn to their mean.
  let trainingValues, testValues, batchValues, smoothedValues: Reservation<Double>?
  /// Files: which samples a batch has, and the row from which one is encoded.
  let samples: Reservation<Int32>?
  let rows: Reservation<Double>?
  let loop: LoopMemory
  let batchLabels: Reservation<Int32>
  let batchTeacher, batchLogits: Reservation<Double>
  let tape: Reservation<Double>
  let shuffledTape: Reservation<Double>?
  /// `[sample][output]`: as in `RelationalHints`; nil: no treatment has them.
  let pulls: Reservation<Double>?
  /// `[sample]`: labels of the first alone; nil: all are seen.
  let hiddenLabels: Reservation<Int32>?
  let ownLogits, testLogits: Reservation<Double>
  let fit: (coefficients: Reservation<Double>, workspace: Reservation<Double>)?
  let sums, values: Reservation<Double>
  /// nil: readouts are not solved.
  let readoutFit: ReadoutFitMemory?
  /// `[contestant]`: of those that are trained on the device, and of those that are tested there or from shots.
  let devices: [FoldMemory?]
  let judges: [Judge.Memory?]
  let judged: Judge.SharedMemory?
  let noisyTeacher: NoisyTeacher.Memory?
  /// Of the sums, as in `GroupSums`: a single thread evolves all groups of the basis.
  let blocks: Int

  /// - Parameters:
  ///   - prefix: stands before the buffers' names in the plan.
  ///   - chain: of ground states; nil: samples are stored.
  ///   - sampleWidth: the numbers of a stored sample.
  init(
    _ prefix: String, _ plan: ExperimentPlan, chain: ChainMemory?, sampleWidth: Int?, layout: Layout,
    in planner: inout Planner
  ) throws(SessionError) {
    let coefficients = chain?.coefficientLimit
    let settings = plan.settings
    let format = layout.format
    let m = plan.outputs
    func doubles(
      _ name: String, _ shape: [Extent], _ planner: inout Planner, _ lifetime: Lifetime = .run
    ) -> Reservation<Double> {
      planner.reserve(prefix + name, shape, of: Double.self, lifetime: lifetime, owner: "Experiments")
    }
    func integers(_ name: String, _ shape: [Extent], _ planner: inout Planner) -> Reservation<Int32> {
      planner.reserve(prefix + name, shape, of: Int32.self, lifetime: .run, owner: "Experiments")
    }
    let contestants = plan.design.contestants
    var networks: [NetworkMemory] = []
    let circuits = plan.circuits
    for (contestant, circuit) in zip(contestants, circuits) {
      networks.append(
        NetworkMemory(
          prefix + contestant.name, ansatz: circuit, format: format, logits: m, terms: plan.shape.terms,
          lifetime: .run, in: &planner))
    }
    self.networks = networks
    let (set, testSet) = (Extent("samples", plan.trainingSamples), Extent("samples", plan.testSamples))
    let logits = Extent("logits", m)
    let padded = Extent("batch, whole groups", roundUp(plan.batch, to: format.lanes))
    func targets(_ name: String, _ samples: Extent, _ planner: inout Planner, where isUsed: Bool = true)
      -> Reservation<Double>?
    {
      plan.isRegression && isUsed ? doubles(name, [samples, logits], &planner) : nil
    }
    trainingValues = targets("training targets", set, &planner, where: coefficients != nil)
    testValues = targets("test targets", testSet, &planner, where: coefficients != nil)
    batchValues = targets("batch targets", padded, &planner)
    smoothedValues = targets(
      "smoothed targets", set, &planner, where: settings.experiment.treatments.contains(.labelSmoothing))
    if let coefficients {
      let numbers = Extent("coefficients", coefficients)
      span = SpanMemory(
        prefix, contestants.map { plan.spanUse($0, dimension: coefficients, format: format) }, logits: m,
        history: layout.history, in: &planner)
      workspace = nil
      training = doubles("training set", [set, numbers], &planner)
      test = doubles("test set", [testSet, numbers], &planner)
      batch = doubles("batch states", [padded, numbers], &planner)
      trainingLabels = integers("training labels", [set], &planner)
      testLabels = integers("test labels", [testSet], &planner)
      (samples, rows) = (nil, nil)
    } else {
      span = nil
      workspace = WorkspaceMemory(
        prefix + "network", ansatz: plan.largestCircuit, format: format, logits: m, history: layout.history,
        threads: 1, lifetime: .run, in: &planner)
      (training, test, batch, trainingLabels, testLabels) = (nil, nil, nil, nil, nil)
      samples = integers("batch samples", [padded], &planner)
      rows = doubles("sample row", [Extent("re/im", 2), Extent("numbers", sampleWidth!)], &planner)
    }
    if contestants.contains(where: \.isCompressed), let coefficients {
      autoencoder = AutoencoderTrainingMemory(
        prefix, plan.autoencoder, format: format, batch: plan.batch, threads: 1, in: &planner)
      compressedBasis = BasisMemory(
        prefix + "compressed basis", qubits: settings.model.qubits, states: coefficients, format: format,
        lifetime: .run, in: &planner)
    } else {
      (autoencoder, compressedBasis) = (nil, nil)
    }
    batchLabels = integers("batch labels", [padded], &planner)
    batchTeacher = doubles("batch teacher logits", [padded, logits], &planner)
    batchLogits = doubles("batch logits", [padded, logits], &planner)
    tape = doubles("teacher logits", [set, logits], &planner)
    shuffledTape =
      settings.experiment.treatments.contains(.shuffledTeacher)
      ? doubles("shuffled teacher logits", [set, logits], &planner) : nil
    pulls =
      settings.experiment.treatments.contains(.relations)
      ? doubles("batch relations", [padded, logits], &planner) : nil
    hiddenLabels = settings.experiment.labels.isEmpty ? nil : integers("labels, others hidden", [set], &planner)
    let fits = plan.fits
    let fitted = Extent("samples", fits ? plan.trainingSamples : 0)
    ownLogits = doubles("training logits", [fitted, logits], &planner)
    testLogits = doubles("test logits", [testSet, logits], &planner)
    fit =
      fits
      ? (
        doubles("fit coefficients", [Extent("numbers", TwoParameterFit.coefficientCount)], &planner),
        doubles("fit workspace", [Extent("numbers", TwoParameterFit.workspaceCount)], &planner)
      ) : nil
    let angles = circuits.map(\.parameterCount).max()!
    blocks = coefficients == nil ? padded.count / format.lanes : 1
    sums = doubles(
      "gradient sums",
      [Extent("groups", blocks), Extent("sums", GradientTask.sumsPerGroup(moments: angles, logits: m))], &planner)
    loop = LoopMemory(
      prefix, parameters: max(angles + 2 * m, autoencoder?.circuit.ansatz.parameterCount ?? 0),
      samples: plan.trainingSamples, in: &planner)
    readoutFit =
      settings.training.readoutFit == .none
      ? nil : ReadoutFitMemory(prefix, samples: plan.trainingSamples, logits: m, in: &planner)
    values = doubles("results", [Extent("rows", plan.design.rowCount)], &planner)
    var (devices, judges): ([FoldMemory?], [Judge.Memory?]) = ([], [])
    for contestant in contestants {
      devices.append(
        plan.device == nil || contestant.trainedFor == .ideal
          ? nil
          : try FoldMemory(
            prefix + contestant.name, plan.trained(contestant, onDevice: true), format: format, gradient: true,
            chain: chain, groups: padded.count / format.lanes, lifetime: .run, in: &planner))
      judges.append(
        !plan.hasJudges || contestant.isTeacher
          ? nil : try Judge.Memory(prefix, plan, contestant, format: format, chain: chain, in: &planner))
    }
    (self.devices, self.judges) = (devices, judges)
    judged = plan.hasJudges ? Judge.SharedMemory(prefix, plan, padded: padded, in: &planner) : nil
    noisyTeacher = try NoisyTeacher.Memory(prefix, plan, format: format, chain: chain, in: &planner)
  }
}
