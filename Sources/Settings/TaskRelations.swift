import Kernel
import Models
import Spectra

extension Settings {
  /// What goes together with a model's task; of an evaluation the model's file says it.
  func taskContradiction(_ job: Job) -> SettingProblem? {
    guard let task = task(of: job) else { return nil }
    if let problem = contradiction(of: task, for: job) { return problem }
    let outputs = model.observables.count
    if outputs < task.fewestOutputs {
      return SettingProblem(
        key: "model.observables", given: "\(outputs)",
        allowed: "2 to \(Model.largestLogitCount) observables, one a class; a regression (model.task) has 1 or more")
    }
    if task == .classification { return nil }
    if outputs > 1 && data.source == .spinChain {
      return SettingProblem(
        key: "model.observables", given: "\(outputs)",
        allowed: "1 for a regression on ground states, which have one target (data.target)")
    }
    if job != .reproduce && training.labelSmoothing != 0 {
      return SettingProblem(
        key: "training.label-smoothing", given: "\(training.labelSmoothing)",
        allowed: "0: model.task is regression, and smoothed targets are a control of experiments")
    }
    if training.loss != .huber && training.huberThreshold != TrainingSettings().huberThreshold {
      return SettingProblem(
        key: "training.huber-threshold", given: "\(training.huberThreshold)",
        allowed: "\(TrainingSettings().huberThreshold), where training.loss is \(training.loss.rawValue)")
    }
    return nil
  }

  /// What a regression is trained to tell of ground states; nil for classes and files.
  public var chainTarget: ChainTarget? {
    model.task == .regression && data.source == .spinChain ? data.target ?? .h2 : nil
  }
}

extension Settings {
  /// What outputs are held against.
  public var lossKind: LossKind {
    switch (model.task, training.loss) {
    case (.classification, _): .classes
    case (.regression, .squaredError): .squaredError
    case (.regression, .huber): .huber(threshold: training.huberThreshold)
    }
  }
}
