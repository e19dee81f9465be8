/// What a metrics file says of runs. Names follow Prometheus: base units at their ends, `_total` of what only grows.
package enum RunMetric: String, CaseIterable {
  case lastAttempt = "qkd_run_last_attempt_timestamp_seconds"
  case lastSuccess = "qkd_run_last_success_timestamp_seconds"
  case success = "qkd_run_success"
  case exitCode = "qkd_run_exit_code"
  case failuresSince = "qkd_run_failures_since_success"
  case failures = "qkd_run_failures_total"
  case duration = "qkd_run_duration_seconds"
  case done = "qkd_run_files_done_total"
  case rejected = "qkd_run_files_rejected_total"
  case gatesMissed = "qkd_run_files_gate_missed_total"
  case samples = "qkd_run_samples_total"
  case accuracy = "qkd_run_accuracy_ratio"
  case accuracyLower = "qkd_run_accuracy_lower_ratio"
  case accuracyUpper = "qkd_run_accuracy_upper_ratio"
  case rmse = "qkd_run_rmse"
  case rmseLower = "qkd_run_rmse_lower"
  case rmseUpper = "qkd_run_rmse_upper"
  case lowConfidence = "qkd_run_low_confidence_ratio"
  case drift = "qkd_run_drift_p_value"
  case ramHeld = "qkd_run_ram_held_bytes"
  case ramPlanned = "qkd_run_ram_planned_bytes"
  case ramBudget = "qkd_run_ram_budget_bytes"
  /// Always 1; its labels say which model.
  case model = "qkd_run_model_info"

  package static let prefix = "qkd_run_"

  var isCounter: Bool {
    switch self {
    case .failures, .done, .rejected, .gatesMissed, .samples: true
    default: false
    }
  }

  /// What a run writes of it lies here. Sums of errors may overflow.
  private var range: ClosedRange<Double> {
    switch self {
    case .exitCode: 0...255
    case .success, .model: 0...1
    case .rmse, .rmseLower, .rmseUpper: 0...(.infinity)
    // Rounding leaves shares a little outside of 0 to 1.
    case .accuracy, .accuracyLower, .accuracyUpper, .lowConfidence, .drift: -1...2
    default: 0...0x1p53
    }
  }

  private var isWhole: Bool {
    switch self {
    case .success, .exitCode, .failuresSince, .ramHeld, .ramPlanned, .ramBudget, .model: true
    default: isCounter
    }
  }

  /// The value that a line of the file has; nil: none that a run writes.
  func value(_ text: Substring) -> Double? {
    guard let value = Double(text), range.contains(value), !isWhole || value == value.rounded() else { return nil }
    return value
  }

  /// What it is, in a sentence without its full stop; the file's HELP lines, and its page's.
  var help: String {
    switch self {
    case .lastAttempt: "When the last run ended, well or not, in seconds since 1970"
    case .lastSuccess: "When the last run ended that ended with 0, in seconds since 1970; 0: none has yet"
    case .success: "Whether the last run ended with 0"
    case .exitCode: "What the last run ended with"
    case .failuresSince: "Runs since the last one that ended with 0"
    case .failures: "Runs that ended with another code than 0"
    case .duration: "How long the last run took"
    case .done: "Files that were evaluated"
    case .rejected: "Files that could not be evaluated"
    case .gatesMissed: "Evaluated files that missed the quality gate"
    case .samples: "Samples that were evaluated"
    case .accuracy: "Share of labelled samples whose class is the label, in the last run that had any"
    case .accuracyLower: "Where the 95 % interval of the accuracy begins"
    case .accuracyUpper: "Where the 95 % interval of the accuracy ends"
    case .rmse: "Root mean square error of a regression, in the targets' unit, in the last run that had targets"
    case .rmseLower: "Where the 95 % interval of the RMSE begins"
    case .rmseUpper: "Where the 95 % interval of the RMSE ends"
    case .lowConfidence: "Share of answers whose probability is below the threshold, in the last run that had any"
    case .drift: "Chi-squared p of the predicted classes against the model's own test, in the last run that had one"
    case .ramHeld: "RAM that only the process held, at its most, in the last run that evaluated a file"
    case .ramPlanned: "RAM that was planned for that run"
    case .ramBudget: "RAM that was allowed to that run"
    case .model: "The model of the last run that evaluated a file"
    }
  }
}
