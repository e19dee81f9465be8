import Batches
import Files
import Settings

/// What became of a model that was to be put in the place of a spool's, or back there.
public struct RolloutReport: Sendable {
  public enum Outcome: Sendable {
    /// It is in place now, or back.
    case done
    /// It was in place already; nothing was changed.
    case inPlace
    /// It passed the quality gate, and was only to be tested.
    case passed
    /// It missed the quality gate; nothing was changed.
    case missed
    /// An exchange that was cut off was brought to its end.
    case completed
  }

  public enum Event: String, Sendable, CaseIterable { case rollout, rollback }

  /// How many inputs there were.
  public struct Inputs: Sendable {
    public internal(set) var evaluated = 0
    /// Of the evaluated ones, those with labels or targets.
    public internal(set) var labelled = 0
    /// Not yet seen by the spool, and no model could evaluate them.
    public internal(set) var unreadable = 0
    /// Samples with labels or targets.
    public internal(set) var samples = 0
  }

  /// A candidate on the inputs that have labels, all together.
  public struct Test: Sendable {
    public let inputs: Inputs
    /// nil of a regression.
    public let accuracy: Proportion?
    /// nil of classes.
    public let score: RegressionScore?
    public let gate: QualityGate
  }

  public let event: Event
  public internal(set) var outcome: Outcome
  /// The candidate's file, or that of the model that was brought back.
  public let candidatePath: String
  public let modelPath: String
  public let previousPath: String
  /// The digest of the model that was in place; nil: there was none that could be read.
  public let fromSHA256: String?
  public let toSHA256: String
  /// nil where nothing was tested.
  public internal(set) var test: Test?

  /// One object in one line, for the metrics.
  func metricsLine(time: String?) -> String {
    JSON.object(
      [("event", .string(event.rawValue)), ("time", .optional(time))] + digests + testMembers + [
        ("version", .string(programVersion))
      ]
    ).text + "\n"
  }

  /// Whether a line of the metrics is of this very change, with whatever time.
  func isSameChange(_ line: String) -> Bool {
    guard let json = JSON(Array(line.utf8)) else { return false }
    return json["event"]?.asString == event.rawValue && json["to_sha256"]?.asString == toSHA256
      && json["from_sha256"]?.asString == fromSHA256
  }

  public var digests: [(String, JSON)] {
    [("from_sha256", .optional(fromSHA256)), ("to_sha256", .string(toSHA256))]
  }

  /// None where nothing was tested.
  public var testMembers: [(String, JSON)] {
    guard let test else { return [] }
    var members: [(String, JSON)] = [
      ("inputs", .integer(test.inputs.labelled)), ("samples", .integer(test.inputs.samples)),
    ]
    if let accuracy = test.accuracy {
      let interval = accuracy.interval
      members += [
        ("accuracy", .number(accuracy.value)),
        ("accuracy_interval", .array([.number(interval.lower), .number(interval.upper)])),
        ("correct", .integer(accuracy.successes)),
      ]
    } else {
      members += RegressionScore.members(test.score?.all)
    }
    return members + [("gate", test.gate.json)]
  }
}
