import Files
import Kernel
import Models

public struct DistillationSettings: Sendable, Equatable {
  /// The teacher's model file.
  public var teacherPath = ""
  /// Instead of a model: an NPY of any teacher's logits, `[sample][logit]`, a row a sample of the training set in its
  /// order.
  public var logitsPath = ""
  /// The teacher's logits of the training set: read where the file exists, written where it does not; empty: neither.
  public var tapePath = ""
  public var temperature = 2.0
  /// α, the weight of the distillation loss.
  public var alpha = 0.8
  public var direction = DistillationDirection.studentFirst
  /// Whether the divergence compares logits of mean 0 and standard deviation 1; takes three logits or more.
  public var standardizesLogits = false

  /// Further observables, whose values the student is to have as the teacher has them.
  public var hints: [String] = []
  /// β: of the mean squared difference between the teacher's values and an affine map of the student's.
  public var hintWeight = 1.0
  /// Of the difference between how far a batch's samples lie from one another by teacher's and student's values.
  public var relationWeight = 0.0
  /// The calibration of the device that the teacher runs on; empty: none of its own.
  public var teacherDevicePath = ""
  /// Whether the teacher runs on the student's device.
  public var sharesDevice = false
  /// Measurements of each of the teacher's settings a sample; 0: its values are exact.
  public var teacherShots = 0
  /// Noise scale factors from which the teacher's values are extrapolated to none; empty: they are not.
  public var noiseFactors: [Double] = []
  public var extrapolation = Extrapolation.linear

  public init() {}
}

/// How values at several strengths of the noise are extrapolated to none.
public enum Extrapolation: String, Sendable, CaseIterable {
  /// By the straight line of least squares.
  case linear
  /// By the exponential a·e^(bλ), of least squares in the logarithm.
  case exponential
}

extension SettingKey {
  /// A teacher's file is no content of a result by itself: a tape of its logits stands for it (`Teacher.provenance`).
  static var distillation: [SettingKey] {
    [
      SettingKey(
        "distillation.teacher", \.distillation.teacherPath, .path, flags: ["teacher"], for: [.distill], .nothing,
        "The teacher's model file"),
      SettingKey(
        "distillation.teacher-logits", \.distillation.logitsPath, .path,
        flags: [
          SettingFlag(
            "teacher-logits", implied: [.init("distillation.teacher", ""), .init("distillation.tape", "")])
        ], for: [.distill], .nothing, "NPY of any teacher's logits instead: a row a sample of the training set"),
      SettingKey(
        "distillation.tape", \.distillation.tapePath, .path, flags: ["tape"], for: [.distill], .nothing,
        "The teacher's logits of the training set: read where the file is, else written"),
      SettingKey(
        "distillation.temperature", \.distillation.temperature, .number(1e-6...1e6), for: .distilling,
        task: .classification, .value,
        "Softens both softmaxes"),
      SettingKey(
        "distillation.alpha", \.distillation.alpha, .number(0...1), for: .distilling, .value,
        "Weight of the distillation loss"),
      SettingKey(
        "distillation.direction", \.distillation.direction, .convention, for: .distilling, task: .classification,
        .value,
        "Which side of the divergence stands first"),
      SettingKey(
        "distillation.standardize", \.distillation.standardizesLogits, .boolean, for: .distilling,
        task: .classification,
        .value,
        "Compares logits of mean 0 and deviation 1; takes three logits or more"),
      SettingKey(
        "distillation.hints", \.distillation.hints, .furtherObservables, for: .distilling, task: .classification,
        .valueUnlessDefault,
        "Further observables that the student learns from the teacher"),
      SettingKey(
        "distillation.hint-weight", \.distillation.hintWeight, .number(0...1e6), for: .distilling,
        task: .classification,
        .valueUnlessDefault,
        "Weight of the hints' mean squared difference"),
      SettingKey(
        "distillation.relation-weight", \.distillation.relationWeight, .number(0...1e6), for: .distilling,
        task: .classification, .valueUnlessDefault, "Weight of the difference of a batch's distances by the hints"),
      SettingKey(
        "distillation.teacher-device", \.distillation.teacherDevicePath, .path, flags: ["teacher-device"],
        for: [.distill], .content, "Calibration of a device of the teacher's own, on its best qubits"),
      SettingKey(
        "distillation.teacher-shares-device", \.distillation.sharesDevice, .boolean, for: [.distill],
        .valueUnlessDefault, "Whether the teacher runs on the student's device"),
      SettingKey(
        "distillation.teacher-shots", \.distillation.teacherShots, .integer(0...1 << 30), for: [.distill],
        .valueUnlessDefault, "Measurements a sample and setting that the teacher's values come from; 0: exact"),
      SettingKey(
        "distillation.teacher-zne", \.distillation.noiseFactors, .factors, for: .distilling, .valueUnlessDefault,
        "Noise scale factors from which the teacher is extrapolated to no noise"),
      SettingKey(
        "distillation.teacher-zne-fit", \.distillation.extrapolation, .rawText, for: .distilling, .valueUnlessDefault,
        "How: by a straight line, or an exponential"),
    ]
  }
}

extension ValueKind where Value == [Double] {
  /// Strengths of a noise.
  fileprivate static var factors: Self {
    ValueKind(
      "2 to 8 different numbers from 1 to 10, ascending, e.g. [1, 2, 3]; none: []", placeholder: "x,x…",
      read: { value in
        if case .text("") = value { return [] }
        return value.asArray.flatMap { elements in
          let numbers = elements.compactMap(\.asNumber)
          return numbers.count == elements.count ? numbers : nil
        }
      },
      holds: { factors in
        (factors.isEmpty || (2...8).contains(factors.count)) && factors.allSatisfy((1...10).contains)
          && zip(factors, factors.dropFirst()).allSatisfy { $0 < $1 }
      }, json: { .array($0.map { .number($0) }) })
  }
}
