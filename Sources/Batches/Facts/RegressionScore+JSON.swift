import Files

/// A regression's score as the members of reports and metrics.
extension RegressionScore {
  /// `rmse`, `mae`, `r2`, each with its interval: of a score that is not there, null.
  package static func members(_ errors: Errors?) -> [(String, JSON)] {
    func interval(_ estimate: Estimate?) -> JSON {
      estimate?.interval.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null
    }
    return [
      ("rmse", .optional(errors?.rmse.value)), ("rmse_interval", interval(errors?.rmse)),
      ("mae", .optional(errors?.mae.value)), ("mae_interval", interval(errors?.mae)),
      ("r2", .optional(errors?.r2?.value)), ("r2_interval", interval(errors?.r2)),
    ]
  }
}
