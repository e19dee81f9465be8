import Batches
import Files
import Reports
import Sessions
import Settings

/// A subcommand that trains a model and writes it as a file.
protocol TrainingCommand: JobCommand {}

extension TrainingCommand {
  static func run(_ request: JobRequest) throws(CommandError) {
    let (kind, resolution, output) = (request.job, try request.resolve(), request.style)
    let settings = resolution.settings
    try settings.checkRequirements(kind)
    if try isFinished(kind, settings, output) { return }
    try resolution.checkSpoolModel(kind)
    var failure: CommandError?
    func deliver(_ text: @autoclosure () -> String, _ json: @autoclosure () -> JSON) -> Bool {
      failure = output.failure(text: text, json: json)
      return failure == nil
    }
    try job(settings.host) { () throws(SessionError) in
      let progress = output.progress
      switch kind {
      case .train: _ = try Session.train(settings, progress: progress) { deliver($0.text, $0.json) }
      case .distill: _ = try Session.distill(settings, progress: progress) { deliver($0.text, $0.json) }
      case .compress: _ = try Session.compress(settings, progress: progress) { deliver($0.text, $0.json) }
      case .evaluate, .reproduce: preconditionFailure("no job that trains a model")
      }
    }
    if let failure { throw failure }
  }
}

extension Resolution {
  /// A model that a spool evaluates is replaced by a rollout, which tests the new one, and between two runs.
  /// - Throws: `CommandError.setting`.
  fileprivate func checkSpoolModel(_ job: Job) throws(CommandError) {
    let (key, output) = settings.output(of: job)
    guard let spoolModel, fileExists(output), isSameFile(output, spoolModel) else { return }
    throw .setting(
      .value(
        key: key, given: output,
        allowed: "another file (--output) than the model that the profile's spool evaluates; qkd-run rollout puts the "
          + "new one in its place", origin: origin(key)))
  }
}
