import Files
import Samples

/// Why parts are not joined.
public enum MergeError: Error, Sendable, Equatable {
  case file(FileError)
  case predictions(path: String, SampleError)
  /// No part's file, or a damaged one.
  case notAPart(path: String, reason: String)
  /// Two parts say different things about what all have in common.
  case differs(path: String, what: String, given: String, other: String, otherPath: String)
  /// The same part twice.
  case twice(part: String, paths: [String])
  case missing(parts: [String])
  /// A part with other many results than the whole leaves to it.
  case count(path: String, what: String, given: Int, expected: Int)
  /// Predictions that are not those that their part's file was written for.
  case predictionsChanged(path: String, part: String)
  /// The output is one of the parts.
  case outputIsPart(path: String)
}

extension MergeError {
  /// In words: what was given, what is allowed, what to do.
  package var text: String {
    switch self {
    case .file(let error): ErrorText.text(error)
    case .predictions(let path, let error): ErrorText.text(error, path: path)
    case .notAPart(let path, let reason):
      "\(path): is no part that --shard wrote, or is damaged: \(reason); make or copy it again"
    case .differs(let path, let what, let given, let other, let otherPath):
      "\(path): does not belong to \(otherPath): \(what) is \(given), there \(other); give parts of one command line"
    case .twice(let part, let paths): "part \(part) stands twice: \(paths.joined(separator: ", ")); give each part once"
    case .missing(let parts):
      "\(parts.count == 1 ? "a part is" : "parts are") missing: \(parts.joined(separator: ", ")); run them with --shard"
    case .count(let path, let what, let given, let expected):
      "\(path): \(counted(given, what, what + "s")), its share of the whole is \(expected); run the part again"
    case .predictionsChanged(let path, let part):
      "\(path): is not what \(part) was written for: its SHA-256 is another; run the part again"
    case .outputIsPart(let path): "\(path): is one of the parts; give another output"
    }
  }

  package var status: ExitStatus {
    switch self {
    case .file(let error): ExitStatus(error)
    case .predictions(_, .file(let error)): ExitStatus(error)
    // The output's name asks for another format than the parts have.
    case .predictions(_, .format): .usage
    case .predictions, .notAPart, .predictionsChanged: .badData
    case .differs, .twice, .missing, .count: .otherInputs
    case .outputIsPart: .usage
    }
  }
}
