import Batches
import Files

/// Inputs that do not fit the model, while it is not known whether they or the model are at fault: a profile whose
/// model was exchanged for one of another shape must not have every good input set aside.
///
/// A model is known to fit once an input was evaluated with it and these settings: now, by the run that wrote the last
/// line of the metrics, or where an input stays in the inbox with its report.
struct SpoolMisfits {
  /// So many are remembered; the rest stay in the inbox for the next run, which knows more.
  private static let limit = 512

  private var isKnown: Bool
  private var held: [(FileName, SessionError)] = []
  private var count = 0

  init(model: String, settings: String, metrics: borrowing OwnFile) {
    let last = (try? LineLog.lastLine(of: metrics)).flatMap { $0 }.flatMap { JSON($0) }
    isKnown = last?["model_sha256"]?.asString == model && last?["settings_sha256"]?.asString == settings
  }

  /// Keeps an input's error until it is known whom it concerns.
  /// - Returns: false where that is known: the input.
  mutating func holds(_ name: FileName, _ error: SessionError) -> Bool {
    guard !isKnown, error.isMisfit else { return false }
    count += 1
    if held.count < Self.limit { held.append((name, error)) }
    return true
  }

  /// An input was evaluated.
  /// - Returns: those that are at fault, then.
  mutating func fits() -> [(FileName, SessionError)] {
    defer { (held, count) = ([], 0) }
    isKnown = true
    return held
  }

  /// For a run that came to its end; nil: nothing is held.
  var error: SessionError? { held.first.map { .nothingFits(inputs: count, $0.1) } }
}

extension SessionError {
  /// Whether samples are sound, as far as they were read, and another model would take them.
  var isMisfit: Bool {
    switch self {
    case .samples(_, .columns), .samples(_, .complex), .samples(_, .label), .samples(_, .targetShape): true
    case .row(_, _, .targetCount): true
    case .row(_, 0, .unreadable(.count)), .row(_, 0, .norm), .row(_, 0, .notBinary), .row(_, _, .label): true
    default: false
    }
  }
}
