import Batches
import Budget
import Kernel
import Models
import Samples
import Settings
import Spectra

/// What training's files say before they are planned for.
package struct TrainingFiles {
  package let train: DataFacts
  package let test: DataFacts
  /// Samples of the training set: of the selected classes, and no more than asked for.
  package let samples: Int
  /// Samples of the selected classes in the file to test on.
  package let testSamples: Int
  /// Whether these are all samples of the selected classes.
  package let isWhole: Bool
  /// Columns of the principal components that are to be fitted; nil: none are.
  package let fittedColumns: Int?

  /// Opens the files, and counts the labels of the selected classes.
  /// - Throws: `SessionError.samples`, `.setting`, `.spectrum` for more components than the data have.
  package init(_ settings: Settings, logits: Int, fits: Bool) throws(SessionError) {
    let data = settings.data
    let isRegression = settings.model.task == .regression
    let (answers, testAnswers) = (
      data.answers(isRegression: isRegression), data.testAnswers(isRegression: isRegression)
    )
    let outputs = isRegression ? logits : nil
    if !isRegression { try data.checkClasses(logits: logits) }
    train = try Self.facts(data.path, "data.path", answers, data, outputs)
    test = try Self.facts(data.testPath, "data.test-path", testAnswers, data, outputs)
    let kept = try Self.count(data.path, answers.path, train, settings, logits: logits)
    let asked = settings.training.states
    if asked > kept { throw .samples(path: data.path, .fewer(given: kept, asked: asked, setting: "training.states")) }
    samples = asked > 0 ? asked : kept
    isWhole = samples == kept
    testSamples = try Self.count(data.testPath, testAnswers.path, test, settings, logits: logits)
    let tests = settings.evaluation.samples
    if tests > testSamples {
      throw .samples(path: data.testPath, .fewer(given: testSamples, asked: tests, setting: "evaluation.samples"))
    }
    if fits {
      guard let columns = train.columns else {
        throw .setting(
          name: "data.path", given: data.path,
          allowed: "NPY, IDX or text with a line of names, where data.features is pca")
      }
      if settings.model.qubits > min(samples, columns) {
        throw .spectrum(
          .componentsOutOfRange(given: settings.model.qubits, rows: samples, columns: columns))
      }
      fittedColumns = columns
    } else {
      fittedColumns = nil
    }
  }

  /// The least number of qubits that the rows of the files can be encoded into.
  package func fewestQubits(_ settings: Settings) -> Int {
    if settings.data.features == .pca { return 1 }
    switch settings.data.encoder {
    case .state, .phase, .angle, .basis: return settings.model.qubits
    case .amplitude, .amplitudeUnnormalized:
      let columns = train.columns ?? 1
      return Int.bitWidth - max(columns - 1, 0).leadingZeroBitCount
    }
  }

  private static func facts(
    _ path: String, _ setting: String, _ answers: (path: String, setting: String), _ settings: DataSettings,
    _ outputs: Int?
  ) throws(SessionError) -> DataFacts {
    let data = try OpenedData(
      path: path, setting: setting, labelsPath: answers.path, settings, outputs: outputs)
    if !data.canRewind {
      throw .setting(
        name: setting, given: path, allowed: "a regular file: it is read more than once")
    }
    if answers.path == "-" {
      throw .setting(
        name: answers.setting, given: "-", allowed: "a regular file: it is read more than once")
    }
    return data.facts
  }

  /// How many samples are of the selected classes, or have targets.
  private static func count(
    _ path: String, _ labelsPath: String, _ facts: DataFacts, _ settings: Settings, logits: Int
  ) throws(SessionError) -> Int {
    let selected = settings.data.classes
    if let targets = facts.targets { return targets }
    if !labelsPath.isEmpty {
      do { return try LabelFile(path: labelsPath).count(classes: logits, selected: selected) } catch {
        throw .samples(path: labelsPath, error)
      }
    }
    // Of the samples' qubits nothing is known here where they pass an autoencoder.
    let qubits = settings.data.compressorPath.isEmpty ? settings.model.qubits : max(settings.model.qubits, 12)
    let lineBytes = FileMemory.lineBytes(max(1 << qubits, facts.fields ?? 0))
    do {
      let stream = try SampleStream(path: path, settings.data.text)
      if settings.model.task == .regression {
        return try stream.countTargets(outputs: logits, lineBytes: lineBytes)
      }
      return try stream.countLabels(classes: logits, selected: selected, lineBytes: lineBytes)
    } catch { throw .samples(path: path, error) }
  }
}

/// The memory of a training set from a file, and of the file to test on.
package struct FileTrainingMemory {
  package let train: FileMemory
  package let test: FileMemory
  package let set: StoredSetMemory
  package let features: FeatureMemory?
  package let principal: PrincipalComponentsReservations?
  private let isWhole: Bool
  /// One a row of the files; nil: they stand beside the samples.
  package let labels: Reservation<Int32>?
  package let testLabels: Reservation<Int32>?
  /// The same of a regression: `[row][output]`.
  private let targets, testTargets: Reservation<Double>?

  package init(
    _ files: TrainingFiles, _ shape: NetworkShape, _ settings: Settings, format: LaneFormat,
    padded: Extent,
    in planner: inout Planner
  ) {
    let outputs = settings.model.task == .regression ? shape.logits : nil
    func file(_ name: String, _ facts: DataFacts, _ lifetime: Lifetime, _ planner: inout Planner)
      -> FileMemory
    {
      FileMemory(
        name, ansatz: shape.samples, encoder: shape.encoder,
        rawColumns: shape.rawColumns, outputs: outputs, facts: facts,
        lifetime: lifetime, in: &planner)
    }
    func labels(_ name: String, _ facts: DataFacts, _ lifetime: Lifetime, _ planner: inout Planner)
      -> Reservation<Int32>?
    {
      facts.labels.map {
        planner.reserve(name, [Extent("rows", $0)], of: Int32.self, lifetime: lifetime, owner: "Samples")
      }
    }
    let (filling, testing) = (Lifetime(.load, through: .reduction), Lifetime(.teach, through: .run))
    train = file("training input", files.train, filling, &planner)
    test = file("test input", files.test, testing, &planner)
    self.labels = labels("labels of the training file", files.train, filling, &planner)
    testLabels = labels("labels of the test file", files.test, testing, &planner)
    func targets(_ name: String, _ facts: DataFacts, _ lifetime: Lifetime, _ planner: inout Planner)
      -> Reservation<Double>?
    {
      facts.targets.map {
        planner.reserve(
          name, [Extent("rows", $0), Extent("outputs", shape.logits)], of: Double.self, lifetime: lifetime,
          owner: "Samples")
      }
    }
    self.targets = targets("targets of the training file", files.train, filling, &planner)
    testTargets = targets("targets of the test file", files.test, testing, &planner)
    set = StoredSetMemory(
      "training set", samples: settings.training.states, file: train, facts: files.train,
      threads: settings.host.threads,
      padded: padded, in: &planner)
    features = shape.rawColumns.map {
      FeatureMemory(
        columns: $0, count: shape.ansatz.qubits, lifetime: Lifetime(.spectrum, through: .run),
        in: &planner)
    }
    isWhole = files.isWhole
    principal = files.fittedColumns.map { PrincipalComponents.reserve(columns: $0, in: &planner) }
  }

  /// Fits the features where they are not the teacher's, and fills the training set.
  /// - Parameters:
  ///   - known: the teacher's features; nil: they are fitted, or there are none.
  ///   - stateLabels, stateValues: `[sample]`, `[sample][output]` of a regression, filled.
  package func fill(
    _ settings: Settings, logits: Int, known: PrincipalFeatures?,
    stateLabels: UnsafeMutablePointer<Int32>, stateValues: UnsafeMutablePointer<Double>?,
    arena: borrowing Arena, progress: Progress
  ) throws(SessionError) -> (set: StoredSet, features: FeatureMap?, range: ClosedRange<Double>?) {
    let data = settings.data
    let answers = data.answers(isRegression: settings.model.task == .regression)
    var map: FeatureMap?
    if let features {
      map =
        known.map { features.bind($0, arena) } ?? features.bind(threshold: data.threshold, arena)
    }
    let feed = try open(
      train, data.path, "data.path", answers.path, labels, targets, map, settings, logits: logits, arena)
    let samples = settings.training.states
    if let principal, let map {
      var components: PrincipalComponents
      do { components = try PrincipalComponents(principal, arena: arena) } catch {
        throw .spectrum(error)
      }
      for sample in 0..<samples {
        switch feed.nextRow() {
        case .sample: components.add(feed.row)
        case .end: break
        case .failed(let failure): throw feed.error(failure, labelsPath: answers.path)
        }
        if sample % 1024 == 0 { progress.update("components", done: sample, of: samples) }
      }
      do { try components.fit(map.count, mean: map.mean, components: map.components) } catch {
        throw .spectrum(error)
      }
      feed.rewind()
    }
    let stored = set.bind(arena)
    var range = RowRange()
    var sample = 0
    while sample < samples {
      switch feed.next() {
      case .sample(let label):
        range.add(feed.row, feed.columns)
        if let imaginary = feed.imaginary { range.add(imaginary, feed.columns) }
        stored.store(sample, real: feed.real, imaginary: feed.imaginary)
        stateLabels[sample] = label
        if let stateValues { feed.copyTarget(into: stateValues, sample: sample) }
        sample += 1
      case .end:
        // The labels were counted before; a file that changed since has fewer.
        throw .samples(path: answers.path, .labelCount(given: sample, expected: samples))
      case .failed(let failure): throw feed.error(failure, labelsPath: answers.path)
      }
    }
    // What is wrong behind the last sample, a checksum for one, is wrong with the samples too.
    if isWhole, case .failed(let failure) = feed.nextRow() {
      throw feed.error(failure, labelsPath: answers.path)
    }
    let dependsOnScale = map != nil || train.encoder == .angle || train.encoder == .amplitudeUnnormalized
    return (stored, map, dependsOnScale ? range.lower...range.upper : nil)
  }

  package func openTest(
    _ settings: Settings, logits: Int, features: FeatureMap?, _ arena: borrowing Arena
  ) throws(SessionError) -> FileFeed {
    let answers = settings.data.testAnswers(isRegression: settings.model.task == .regression)
    return try open(
      test, settings.data.testPath, "data.test-path", answers.path, testLabels, testTargets, features, settings,
      logits: logits, arena)
  }

  private func open(
    _ memory: FileMemory, _ path: String, _ setting: String, _ labelsPath: String,
    _ labels: Reservation<Int32>?, _ targets: Reservation<Double>?,
    _ features: FeatureMap?, _ settings: Settings, logits: Int, _ arena: borrowing Arena
  ) throws(SessionError) -> FileFeed {
    var opened = try OpenedData(
      path: path, setting: setting, labelsPath: labelsPath, settings.data,
      outputs: settings.model.task == .regression ? logits : nil)
    let values = targets.map { arena.buffer($0) }
    if let values { try opened.readTargets(into: values) }
    let buffer = labels.map { arena.buffer($0) }
    if let buffer { try opened.readLabels(into: buffer, classes: logits, selected: settings.data.classes) }
    return try memory.bind(
      opened.stream.take()!, labels: buffer, targets: values, features: features, classes: logits,
      selected: settings.data.classes,
      needsLabels: true, arena)
  }
}

/// The least and the largest of all numbers of rows.
private struct RowRange {
  var lower = Double.infinity
  var upper = -Double.infinity

  mutating func add(_ numbers: UnsafePointer<Double>, _ count: Int) {
    for index in 0..<count {
      lower = min(lower, numbers[index])
      upper = max(upper, numbers[index])
    }
  }
}
