import Files
import Imports
import Settings

extension ImportError {
  /// In words: what was given, what is allowed, what to do.
  package var text: String {
    switch self {
    case .file(let error): ErrorText.text(error)
    case .array(let path, let error): ErrorText.text(.npy(error), path: path)
    case .tensors(_, .file(let error)): ErrorText.text(error)
    case .tensors(let path, let error):
      "\(path): is no safetensors file that is read here, or is damaged: \(ErrorText.damage(error)); angles are "
        + "saved by numpy.save, or by safetensors in F32 or F64"
    case .like(let path, let error), .written(let path, let error): ErrorText.text(error, path: path)
    case .noTensor(let path, let name, let there):
      "\(path): has no tensor \"\(name)\"; name one with --angles-name: "
        + (there.isEmpty ? "it has none" : there.prefix(20).joined(separator: ", ") + (there.count > 20 ? ", …" : ""))
    case .notFinite(let path, let index): "\(path): number \(index) (from 0) is not finite"
    case .metadata(let path, let key, let given, let allowed):
      "\(path): its metadata have \(key) = \"\(given)\", allowed is \(allowed)"
    case .contradiction(let convention, let path, let one, let other):
      "\(path): \(convention.rawValue) is \(one.text) by \(Self.place(one.origin, convention)), and \(other.text) by "
        + "\(Self.place(other.origin, convention)); which of them the angles were trained with, only their maker "
        + "knows: correct the other"
    case .unstated(let path, let missing, let outcome):
      "\(path): nobody says what its numbers mean, and nothing is guessed; state "
        + missing.map { "\($0.flag) (in metadata \($0.rawValue): \($0.allowed))" }.joined(separator: "; ")
        + "; or all of them by a model file, with --like"
        + (outcome.map { ". " + Self.text($0) } ?? "; with --observables, --probe, --expect those that fit are named")
    case .unfit(let path, let what, let given, let allowed, let outcome):
      "\(path): \(what) is \(given), allowed is \(allowed)" + (outcome.map { ". " + Self.text($0) } ?? "")
    case .unproven(let path, let result, let outcome):
      "\(path): with the conventions stated, logits differ from those expected by \(shortText(result.difference)) "
        + "(row \(result.row), logit \(result.logit), from 0), allowed is \(shortText(result.allowed)); nothing was "
        + "written. " + Self.text(outcome)
    case .expected(let path, let given, let rows, let logits):
      "\(path): expected logits of shape \(given), allowed is [\(rows), \(logits)]: a row a row of the probe, a column "
        + "an observable"
    case .session(let error, let outcome): ErrorText.text(error) + (outcome.map { ". " + Self.text($0) } ?? "")
    case .overBudget(let needed, let available):
      "the proof needs \(ByteSize.text(needed)), it may have \(ByteSize.text(available)): raise --memory"
    }
  }

  package var status: ExitStatus {
    switch self {
    case .file(let error), .tensors(_, .file(let error)): ExitStatus(error)
    case .like(_, let error), .written(_, let error): ExitStatus(error)
    case .session(let error, _): ExitStatus(error)
    case .overBudget: .overBudget
    case .array, .tensors, .noTensor, .notFinite, .metadata, .contradiction, .unstated, .unfit, .unproven, .expected:
      .badData
    }
  }

  /// What programs are told beside the message.
  var members: [(String, JSON)] {
    switch self {
    case .unstated(_, let missing, let outcome):
      [("missing", .array(missing.map { .string($0.rawValue) }))] + (outcome.map { $0.members } ?? [])
    case .unfit(_, _, _, _, let outcome?), .session(_, let outcome?): outcome.members
    case .unproven(_, let result, let outcome): [("proof", result.json)] + outcome.members
    default: []
    }
  }

  private static func place(_ origin: Statements.Origin, _ convention: Convention) -> String {
    switch origin {
    case .flag: convention.flag
    case .metadata: "its metadata"
    case .like: "the model of --like"
    case .absent: "default"
    }
  }

  private static func text(_ outcome: ConventionSearch.Outcome) -> String {
    let end = outcome.isComplete ? "" : " (not all were tried: there are many, or the circuit is large)"
    guard let first = outcome.fits.first else {
      guard let nearest = outcome.nearest else {
        return "No other convention makes a model that takes the probe's rows"
      }
      return "None of \(counted(outcome.tried, "combination", "combinations")) that the shape allows fits\(end); the "
        + "nearest is \(text(nearest.changes)), which differs by \(shortText(nearest.difference)): is it the same "
        + "circuit with the same observables, are scales and biases given?"
    }
    // Of the others what is not as in the first.
    let others = outcome.fits.dropFirst().map { fit in
      let own = fit.changes.filter { !first.changes.contains($0) }
      return own.isEmpty ? text(fit.changes) : text(own)
    }
    let more = outcome.more > 0 ? ", and \(groupedText(outcome.more)) more" : ""
    let also = others.isEmpty ? "" : ", as it does with \(others.joined(separator: ", or "))\(more)"
    let fixed = first.changes.filter { $0.instead?.origin == .metadata || $0.instead?.origin == .like }
    let elsewhere = fixed.map {
      "\($0.convention.rawValue) is stated by \(place($0.instead!.origin, $0.convention)): correct it there"
    }
    return "By the probe \(text(first.changes)) fits to \(shortText(first.difference))\(also)\(end); state what the "
      + "angles were trained with" + (elsewhere.isEmpty ? "" : " (\(elsewhere.joined(separator: ", ")))")
  }

  /// `--rotation full --entangler "0-1, 1-2"`
  private static func text(_ changes: [ConventionSearch.Change]) -> String {
    changes.map { change in
      let plain = change.text.utf8.allSatisfy { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: ";") }
      return change.convention.flag + " " + (plain ? change.text : "\"\(change.text)\"")
    }.joined(separator: " ")
  }
}

extension ConventionSearch.Outcome {
  fileprivate var members: [(String, JSON)] {
    [("fits", .array(fits.map(\.json))), ("nearest", nearest?.json ?? .null), ("tried", .integer(tried))]
  }
}

extension ConventionSearch.Fit {
  fileprivate var json: JSON {
    .object([
      ("conventions", .object(changes.map { ($0.convention.rawValue, .string($0.text)) })),
      ("difference", .number(difference)),
    ])
  }
}
