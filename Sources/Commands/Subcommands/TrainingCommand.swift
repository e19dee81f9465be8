import Batches
import Files
import Reports
import Sessions

/// A subcommand that trains a model and writes it as a file.
protocol TrainingCommand: JobCommand {}

extension TrainingCommand {
  static func run(_ request: JobRequest) throws(CommandError) {
    let (kind, settings, output) = (request.job, try request.resolve().settings, request.style)
    try settings.checkRequirements(kind)
    if try isFinished(kind, settings, output) { return }
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
