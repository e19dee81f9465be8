import Files

/// An error as it stands on standard error.
public enum ErrorReport {
  /// `qkd-run: message`, or one JSON object with the numbers of a refusal beside the message; without a line break.
  public static func line(_ error: CommandError, json: Bool) -> String {
    let message = ErrorText.text(error)
    if !json { return "qkd-run: " + message.printed }
    var members: [(String, JSON)] = [
      ("level", .string("error")), ("message", .string(message)),
      ("exit_code", .integer(Int(ExitStatus(error).rawValue))),
    ]
    if case .session(.overBudget(let refusal)) = error {
      members += [
        ("needed_bytes", .integer(refusal.neededBytes)), ("available_bytes", .integer(refusal.availableBytes)),
        ("missing_bytes", .integer(refusal.missingBytes)), ("largest_batch", .optional(refusal.largestBatch)),
        ("largest_qubits", .optional(refusal.largestQubits)),
        ("fitting_precision", .optional(refusal.fittingPrecision)),
      ]
    }
    if case .board(_, _, let needed, let available) = error {
      members += [
        ("needed_bytes", .integer(needed)), ("available_bytes", .integer(available)),
        ("missing_bytes", .integer(needed - available)),
      ]
    }
    if case .importing(let error) = error { members += error.members }
    return JSON.object(members).text
  }
}
