import Batches
import Evaluation
import Samples

extension ErrorText {
  static func text(_ miss: QualityGate.Miss) -> String {
    switch miss {
    case .accuracy(let lower?, let minimum):
      "the accuracy's 95 % interval begins at \(fixedText(lower, digits: 4)), evaluation.minimum-accuracy is "
        + shortestText(minimum)
    case .accuracy(nil, let minimum):
      "evaluation.minimum-accuracy = \(shortestText(minimum)) cannot be met without labels: give them with --labels, "
        + "or set the gate to \"none\""
    case .rmse(let upper?, let maximum):
      "the RMSE's 95 % interval ends at \(shortestText(upper)), evaluation.maximum-rmse is \(shortestText(maximum))"
    case .rmse(nil, let maximum):
      "evaluation.maximum-rmse = \(shortestText(maximum)) cannot be met without targets: give them with --targets, or "
        + "set the gate to \"none\""
    case .lowConfidence(let share, let maximum, let threshold):
      "a share of \(fixedText(share, digits: 4)) of the answers has a confidence below \(shortestText(threshold)), "
        + "evaluation.maximum-low-confidence is \(shortestText(maximum))"
    case .drift(let test, let significance):
      "the predicted classes have drifted from those of the model's own test: chi-squared is "
        + "\(fixedText(test.statistic, digits: 2)) with \(counted(test.degrees, "degree", "degrees")) of freedom, "
        + "p = \(shortText(test.p)), evaluation.drift-significance is \(shortestText(significance))"
    }
  }

  package static func text(_ event: SpoolEvent) -> String {
    switch event {
    case .rejected(_, let error, let place): "\(text(error)); set aside as \(place)"
    case .unmoved(let input, .file(.system(_, _, let errno))):
      "\(input): could not be moved: \(systemText(errno)); it stays in the inbox"
    case .unmoved(_, let error): "\(text(error)); the input stays in the inbox"
    case .gateMissed(let input, let gate):
      "\(input): the quality gate is not met: " + gate.misses.map(text).joined(separator: "; ")
    case .strayLabels(let labels, let others, let suffix):
      labels + (others > 0 ? " and \(groupedText(others)) more" : "")
        + ": of no input, and an input had none; those of NAME are NAME\(suffix)"
    }
  }

  static func text(_ summary: SpoolSummary) -> String {
    var parts: [String] = []
    if summary.rejected > 0 {
      parts.append("\(counted(summary.rejected, "file", "files")) set aside in \(summary.rejectedPath)")
    }
    if summary.unmoved > 0 { parts.append("\(counted(summary.unmoved, "file", "files")) that could not be moved") }
    if summary.left > 0 { parts.append("\(counted(summary.left, "file", "files")) left for the next run") }
    if summary.gatesMissed > 0 {
      parts.append("\(counted(summary.gatesMissed, "file misses", "files miss")) the quality gate")
    }
    let done = counted(summary.evaluated, "file", "files")
    return "\(summary.inboxPath): \(parts.joined(separator: ", ")); \(done) evaluated"
  }

  static func text(_ problem: RolloutProblem) -> String {
    switch problem {
    case .input(let candidate, let error):
      "\(candidate): an input of the spool does not fit it: \(text(error)); the model in place stays"
    case .unlike(let candidate, let given, let inPlace):
      "\(candidate): is a model of \(given), the one in place of \(inPlace); give it a spool of its own, or move the "
        + "one in place away"
    case .noLabels(let inputs, let folders, let suffix):
      "\(folders.joined(separator: ", ")): none of \(counted(inputs, "input", "inputs")) has labels to test a model "
        + "by; put them beside an input as NAME\(suffix), or into its rows"
    case .changed(let candidate): "\(candidate): was changed meanwhile; nothing was put in place: try again"
    case .noPrevious(let path): "\(path): there is no previous model; a rollout keeps one"
    }
  }

  static func text(_ part: JSONPart) -> String {
    switch part {
    case .number: "a number is expected; a line is one whole array or object"
    case .label: "a whole number is expected, or null"
    case .string: "a member's name in quotation marks is expected"
    case .stringEnd: "a string has no end on this line"
    case .value: "a value is expected"
    case .colon: "a colon is expected"
    case .array: "an array of numbers is expected"
    case .arrayEnd: "a comma or ] is expected"
    case .objectEnd: "a comma or } is expected"
    case .features: "the object has no \"features\""
    case .end: "one array or object a line is expected"
    case .once: "\"features\", \"label\" or \"target\" stands twice"
    }
  }
}
