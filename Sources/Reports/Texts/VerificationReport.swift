import Files
import Models

/// What `tools/verify-student --store` left beside a model (`docs/formats.md`, Verification).
enum VerificationReport {
  /// Longer files are none.
  private static let largestBytes = 1 << 20

  private enum Found {
    case nothing
    case verification(JSON)
    /// What stands there cannot be read, or is something else.
    case unfit(String)
  }

  /// A line a library; or why the file says nothing of this model; none where there is no file.
  static func lines(model path: String, digest: String) -> [String] {
    switch read(path) {
    case .nothing: return []
    case .unfit(let problem): return ["no: " + problem]
    case .verification(let json):
      guard json["model_sha256"]?.asString == digest else {
        return ["no: \(file(path)) is of another model; run tools/verify-student --store again"]
      }
      guard case .array(let peers)? = json["peers"] else { return ["no: \(file(path)) names no library"] }
      return peers.map { peer in
        let differences = [peer["expectation_difference"], peer["logit_difference"]].compactMap {
          $0?.asNumber?.magnitude
        }
        let largest = differences.max().map(shortText) ?? "unknown"
        let verdict = peer["verdict"]?.asString == "agree" ? "agrees" : "DIFFERS"
        return "\(printed(peer["peer"])) \(printed(peer["version"])) \(verdict), by at most \(largest)"
      }
    }
  }

  /// The file's own object; nil where there is none of this model.
  static func json(model path: String, digest: String) -> JSON? {
    guard case .verification(let json) = read(path), json["model_sha256"]?.asString == digest else { return nil }
    return json
  }

  private static func file(_ model: String) -> String { model + ".verified.json" }

  private static func read(_ model: String) -> Found {
    do {
      let bytes = try readFile(file(model), atMost: largestBytes)
      guard let json = JSON(bytes), json["format"]?.asString == "qkd-verification",
        json["format_version"]?.asString == "1"
      else { return .unfit("\(file(model)) is no verification of tools/verify-student") }
      return .verification(json)
    } catch {
      return error.kind == .noInput ? .nothing : .unfit(ErrorText.text(error))
    }
  }

  /// Text from outside, as a terminal may have it.
  private static func printed(_ value: JSON?) -> String { String((value?.asString ?? "?").prefix(40)).printed }
}
