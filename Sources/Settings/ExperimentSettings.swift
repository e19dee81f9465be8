import Files
import Models

/// What is done to a student besides training it on labels.
public enum Treatment: String, Sendable, CaseIterable {
  /// Labels alone.
  case none
  /// Labels and the teacher's logits (paper, Eq. 7).
  case distilled
  /// Labels alone, smoothed: the control that distillation must beat. Targets of a regression are drawn to their mean.
  case labelSmoothing = "label-smoothing"
  /// As distilled, but each sample gets the teacher's logits of another one of its class (in a regression, of any other
  /// one): what is left of a teacher that knows nothing of the single sample.
  case shuffledTeacher = "shuffled-teacher"
  /// As distilled, and the teacher's values of `distillation.hints` too.
  case hints
  /// As distilled, and how samples lie to one another by those values.
  case relations
  /// As distilled, from the logits that the teacher has on the device.
  case noisyTeacher = "noisy-teacher"
  /// As distilled, from the logits that the teacher has on the device at several strengths of its noise, extrapolated
  /// to none (`distillation.teacher-zne`).
  case extrapolatedTeacher = "extrapolated-teacher"

  /// Whether the teacher's logits are used.
  public var needsTeacher: Bool { self != .none && self != .labelSmoothing }
  /// Whether the teacher runs on the device.
  public var needsDevice: Bool { self == .noisyTeacher || self == .extrapolatedTeacher }
}

/// What a student's values come from while it is trained.
public enum Circumstance: String, Sendable, CaseIterable {
  case ideal, device
}

/// A paired experiment over many seeds: a teacher, and students that are trained with and without it. Circuit, data,
/// batch and rates are those of the other settings; `model.layers` is not used.
public struct ExperimentSettings: Sendable, Equatable {
  /// `table-1`, `figure-4`, `figure-5`, `figure-6` are compared with the paper; any other name stands for itself.
  public var name = ""
  /// What sets this experiment apart from others of its name.
  public var preset = "custom"
  /// Trials; trial i has the run's seed + i for its data, angles and shuffling.
  public var seeds = 20
  public var teacherLayers = 2
  public var teacherIterations = 500
  /// Students that see what the teacher sees: the layers of each.
  public var studentLayers = [1]
  /// Students that see the states that an autoencoder leaves: the layers of each.
  public var compressedLayers: [Int] = []
  /// After how many steps students are tested, ascending; they are trained up to the last.
  public var iterations = [50]
  /// Above 0: teacher and students are trained so many epochs instead, and tested after each.
  public var epochs = 0
  public var treatments: [Treatment] = [.none, .distilled]
  /// How many samples of the training set have labels that students see: each student is trained for each number. The
  /// others are there for those who learn from the teacher's logits alone. Empty: all have.
  public var labels: [Int] = []
  /// Each student is trained under each of them, and judged on the device, if there is one. Empty: on the device, or
  /// ideally without one.
  public var trainedFor: [Circumstance] = []
  /// Each student is trained under so many shots, 0: with exact values. Empty: under `training.shots`.
  public var trainedShots: [Int] = []
  /// Students are tested with so many shots too, ascending.
  public var testShots: [Int] = []
  /// Differences of accuracy, or of a regression's RMSE, within ± this are not worth naming.
  public var margin = 0.005
  /// Where the JSON report goes; empty: NAME-PRESET.json.
  public var reportPath = ""

  public init() {}

  public var reportFile: String {
    reportPath.isEmpty ? "\(name.isEmpty ? "experiment" : name)-\(preset).json" : reportPath
  }
}

extension SettingKey {
  static var experiment: [SettingKey] {
    [
      SettingKey(
        "experiment.name", \.experiment.name, .text("text", placeholder: "name"), for: [.reproduce], .nothing,
        "table-1, figure-4, figure-5 and figure-6 are compared with the paper"),
      SettingKey(
        "experiment.preset", \.experiment.preset, .text("text", placeholder: "name"), for: [.reproduce], .nothing,
        "What sets the experiment apart from others of its name"),
      SettingKey(
        "experiment.seeds", \.experiment.seeds, .integer(1...10_000), flags: ["seeds"], for: [.reproduce], .nothing,
        "Trials, each with a seed of its own from the run's seed on"),
      SettingKey(
        "experiment.teacher-layers", \.experiment.teacherLayers, .integer(Model.layerRange), for: [.reproduce], .value,
        "Layers of the teacher"),
      SettingKey(
        "experiment.teacher-iterations", \.experiment.teacherIterations, .integer(1...10_000_000), for: [.reproduce],
        .value, "Steps of Adam of the teacher"),
      SettingKey(
        "experiment.student-layers", \.experiment.studentLayers, .integers(Model.layerRange), for: [.reproduce], .value,
        "Students that see what the teacher sees: the layers of each"),
      SettingKey(
        "experiment.compressed-layers", \.experiment.compressedLayers, .integers(Model.layerRange), for: [.reproduce],
        .value, "Students that see an autoencoder's states: the layers of each"),
      SettingKey(
        "experiment.iterations", \.experiment.iterations, .integers(1...10_000_000), for: [.reproduce], .value,
        "Steps after which students are tested, ascending"),
      SettingKey(
        "experiment.epochs", \.experiment.epochs, .integer(0...10_000), flags: ["epochs"], for: [.reproduce], .value,
        "Above 0: all are trained so many epochs instead, and tested after each"),
      SettingKey(
        "experiment.treatments", \.experiment.treatments, .treatments, for: [.reproduce], .value,
        "What is done to students"),
      SettingKey(
        "experiment.labels", \.experiment.labels, .integers(1...1 << 30), for: [.reproduce], task: .classification,
        .valueUnlessDefault,
        "Students are trained with so many labels, the teacher with all"),
      SettingKey(
        "experiment.trained-for", \.experiment.trainedFor, .circumstances, for: [.reproduce], .valueUnlessDefault,
        "What each student is trained for; none: the device, if there is one"),
      SettingKey(
        "experiment.trained-shots", \.experiment.trainedShots, .integers(0...1 << 30), for: [.reproduce],
        task: .classification, .valueUnlessDefault,
        "Each student is trained under so many shots, 0: exact values"),
      SettingKey(
        "experiment.test-shots", \.experiment.testShots, .integers(1...1 << 30), for: [.reproduce],
        task: .classification, .valueUnlessDefault, "Students are tested with so many shots too"),
      SettingKey(
        "experiment.margin", \.experiment.margin, .number(0...1e12), for: [.reproduce], .nothing,
        "Differences that are not worth naming: of accuracy 0.005 is half a point, of RMSE in the targets' unit"),
      SettingKey(
        "experiment.report", \.experiment.reportPath, .path, flags: [SettingFlag("output", [.reproduce])],
        for: [.reproduce], .nothing,
        "The JSON report that reproduce writes, beside its journal of finished seeds"),
    ]
  }
}

extension ValueKind where Value == [Treatment] {
  fileprivate static var treatments: Self {
    ValueKind(
      "some of " + Treatment.allCases.map(\.rawValue).joined(separator: ", "), placeholder: "name,name…",
      read: { value in
        guard let given = value.asArray?.map(\.asString) else { return nil }
        let known = given.compactMap { $0.flatMap(Treatment.init(rawValue:)) }
        return known.count == given.count ? known : nil
      },
      holds: { !$0.isEmpty && Set($0).count == $0.count }, json: { .array($0.map { .string($0.rawValue) }) })
  }
}

extension ValueKind where Value == [Circumstance] {
  fileprivate static var circumstances: Self {
    ValueKind(
      "some of " + Circumstance.allCases.map(\.rawValue).joined(separator: ", ") + "; none: []",
      placeholder: "name,name…",
      read: { value in
        if case .text("") = value { return [] }
        guard let given = value.asArray?.map(\.asString) else { return nil }
        let known = given.compactMap { $0.flatMap(Circumstance.init(rawValue:)) }
        return known.count == given.count ? known : nil
      }, holds: { Set($0).count == $0.count }, json: { .array($0.map { .string($0.rawValue) }) })
  }
}
