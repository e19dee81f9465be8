import Batches
import Settings

/// What a run over a spool came to.
public struct SpoolSummary: Sendable {
  public internal(set) var evaluated = 0
  /// Inputs whose results of the same digests were there.
  public internal(set) var skipped = 0
  /// Inputs that cannot be evaluated, set aside with the reason.
  public internal(set) var rejected = 0
  /// Inputs that were changed while they were read: they stay for the next run.
  public internal(set) var left = 0
  /// Inputs that this user may not move from the inbox: done or not, they stay there.
  public internal(set) var unmoved = 0
  /// Evaluated inputs that miss the quality gate.
  public internal(set) var gatesMissed = 0
  /// Samples of the evaluated inputs.
  public internal(set) var samples = 0
  public let inboxPath: String
  public let resultsPath: String
  public let rejectedPath: String
  /// Of the input that took the most; without any, of a run that finds nothing to do.
  public internal(set) var memory: MemoryFacts

  public init(_ settings: Settings, memory: MemoryFacts) {
    self.memory = memory
    inboxPath = settings.spool.inboxPath
    resultsPath = settings.spool.resultsPath
    rejectedPath = settings.spool.rejectedFolder
  }
}

/// What an operator is told of at once. Inputs are named as messages show them.
public enum SpoolEvent: Sendable {
  /// It cannot be evaluated, and lies in the folder of rejected inputs now.
  case rejected(input: String, SessionError, place: String)
  /// It should have been moved, and could not be.
  case unmoved(input: String, SessionError)
  case gateMissed(input: String, QualityGate)
  /// Labels lie in the inbox that are no input's, and some input had none: the first and how many more, and what their
  /// names end with.
  case strayLabels(String, others: Int, suffix: String)
}

/// How the session turns errors into text, and where it tells what happens.
public struct SpoolObserver {
  let text: (SessionError) -> String
  let tell: (SpoolEvent) -> Void
  let evaluated: (EvaluationReport, _ expected: [Int]?) -> Void

  /// - Parameter evaluated: gets the report of each input whose results were written down, and what the model
  ///   predicted in its own test where drift from it is looked for.
  public init(
    text: @escaping (SessionError) -> String, tell: @escaping (SpoolEvent) -> Void,
    evaluated: @escaping (EvaluationReport, _ expected: [Int]?) -> Void = { _, _ in }
  ) {
    self.text = text
    self.tell = tell
    self.evaluated = evaluated
  }
}

/// Whom an error concerns, where an input is evaluated.
enum Blame {
  /// The input, or its labels: the same again next time.
  case input
  /// Nobody: the input was changed while it was read, and is for the next run.
  case nobody
  /// The host, the profile, or a signal: no other input would fare better.
  case host

  init(_ error: SessionError) {
    self =
      switch error {
      case .overBudget, .memoryRefused(.tooLarge): .input
      case .changed: .nobody
      case .row(_, _, .unreadable(.failed)), .samples(_, .file(.system)): .host
      // A name that no result may take.
      case .samples(_, .format(_, let allowed)) where allowed.isEmpty: .input
      case .samples(_, .format), .samples(_, .rows): .host
      case .samples, .row: .input
      default: .host
      }
  }
}
