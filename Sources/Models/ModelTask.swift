/// What a model's outputs are.
public enum ModelTask: String, Sendable, CaseIterable {
  /// Logits of classes, of which there are two or more.
  case classification
  /// Numbers, one or more: output_j = scale_j ⟨O_j⟩ + bias_j is the answer itself.
  case regression

  /// The fewest outputs that say anything.
  public var fewestOutputs: Int { self == .classification ? 2 : 1 }
}

extension Model {
  /// Where the metadata say what the outputs are; files of classification do not have it.
  static let taskKey = "task"
  /// The entry of the provenance that holds what a regression on a spin chain was trained to tell (`ChainTarget`).
  public static let targetKey = "target"
  /// The largest magnitude of a number that outputs are trained or tested on: its fourth power is finite.
  public static let largestTarget = 1e12
}
