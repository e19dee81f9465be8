/// What is done to a student besides training it on labels.
public enum Treatment: String, Sendable, CaseIterable {
  /// Labels alone.
  case none
  /// Labels and the teacher's logits (paper, Eq. 7).
  case distilled
  /// Labels alone, smoothed: the control that distillation must beat.
  case labelSmoothing = "label-smoothing"
  /// As distilled, but each sample gets the teacher's logits of another one of its class: what is left of a teacher
  /// that knows nothing of the single sample.
  case shuffledTeacher = "shuffled-teacher"

  /// Whether the teacher's logits are used.
  public var needsTeacher: Bool { self == .distilled || self == .shuffledTeacher }
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
  /// Where the JSON report goes; empty: NAME-PRESET.json.
  public var reportPath = ""

  public init() {}

  public var reportFile: String {
    reportPath.isEmpty ? "\(name.isEmpty ? "experiment" : name)-\(preset).json" : reportPath
  }
}
