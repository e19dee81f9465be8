import Batches
import Evaluation
import Training

extension RegressionScore {
  /// RMSE, MAE and R² of all outputs; of several outputs, a line each below.
  package var rows: [[String]] {
    let count = " (n = \(groupedText(samples)))"
    var rows = [
      ["RMSE", Self.text(all.rmse, shortText) + count], ["MAE", Self.text(all.mae, shortText)],
      ["R²", all.r2.map { Self.text($0) { fixedText($0, digits: 4) } } ?? "unknown: all targets are the same"],
    ]
    if outputs.count > 1 {
      for (index, output) in outputs.enumerated() {
        rows.append([
          "output \(index)",
          "RMSE \(shortText(output.rmse.value)), MAE \(shortText(output.mae.value)), R² "
            + (output.r2.map { fixedText($0.value, digits: 4) } ?? "unknown"),
        ])
      }
    }
    return rows
  }

  /// `0.0123, 95 % interval 0.0119 to 0.0127`
  private static func text(_ estimate: Estimate, _ text: (Double) -> String) -> String {
    text(estimate.value)
      + (estimate.interval.map { ", 95 % interval \(text($0.lower)) to \(text($0.upper))" } ?? "")
  }
}

extension NumberReport {
  package var rows: [[String]] {
    (score?.rows ?? [["RMSE", "unknown: the data have no targets"]])
      + [["answers", means.map { fixedText($0, digits: 4) }.joined(separator: ", ") + " on average"]]
  }
}

extension TrainingReport {
  /// What a regression's test came to, and its teacher's.
  package func rows(_ score: RegressionScore) -> [[String]] {
    let taught = teacher?.test?.numbers ?? teacher?.training.numbers
    return score.rows
      + (taught.map {
        [["the teacher's", "RMSE \(shortText($0.all.rmse.value))" + (teacher?.test == nil ? ", training set" : "")]]
      } ?? [])
  }
}
