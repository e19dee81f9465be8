/// What the paper reports, in single runs (arXiv 2603.21586; PAPER.md section 5).
struct PaperFigures {
  private let experiment: String

  init(_ experiment: String) { self.experiment = experiment }

  /// The autoencoder's mean fidelity.
  var fidelity: Double? { experiment == "table-1" ? 0.897 : nil }

  /// - Parameter epochs: of the whole training; 0 where steps count.
  func accuracy(
    _ contestant: ExperimentDesign.Contestant, _ row: ExperimentDesign.Row, epochs: Int
  ) -> ClosedRange<Double>? {
    switch experiment {
    case "table-1":
      if contestant.isTeacher { return 0.983...0.983 }
      // The paper trains for 50 iterations.
      if row.iterations != 50 { return nil }
      switch (contestant.isCompressed, row.treatment) {
      case (true, .none): return 0.523...0.523
      case (true, .distilled): return 0.817...0.817
      case (false, .none): return 0.860...0.860
      case (false, .distilled): return 0.998...0.998
      default: return nil
      }
    case "figure-5":
      // Without distillation flat at 0.92 up to 7 layers, after 350 iterations.
      let isFlat = row.treatment == .none && row.iterations == 350 && contestant.ansatz.layers <= 7
      return isFlat && !contestant.isTeacher ? 0.92...0.92 : nil
    case "figure-6":
      return row.epoch == epochs ? 0.67...0.70 : nil
    default: return nil
    }
  }
}
