import Settings

/// What the paper reports, in single runs (arXiv 2603.21586; PAPER.md section 5), for the sizes that it was found at:
/// an experiment of the same name with other sizes has none.
struct PaperFigures {
  private enum Experiment {
    case tableI, figure5, figure6
  }

  private let experiment: Experiment?
  private let settings: Settings

  init(_ plan: ExperimentPlan) {
    settings = plan.settings
    let (model, data) = (plan.settings.model, plan.settings.data)
    let isChain =
      data.source == .spinChain && data.h1 == 0 && data.j == 1 && data.h2Minimum == 0.8 && data.h2Maximum == 1.2
    let isWhole = data.source == .file && plan.files?.isWhole == true && plan.settings.evaluation.samples == 0
    experiment =
      switch plan.isRegression ? "" : plan.settings.experiment.name {
      case "table-1" where isChain && model.qubits == 7 && plan.settings.experiment.epochs == 0: .tableI
      case "figure-5" where isWhole && model.qubits == 15 && data.classes == [1, 5] && data.features == .pca: .figure5
      case "figure-6" where isWhole && model.qubits == 10 && plan.logits == 10 && plan.settings.experiment.epochs == 31:
        .figure6
      default: nil
      }
  }

  /// The autoencoder's mean fidelity.
  var fidelity: Double? { experiment == .tableI && settings.compression.latent == 2 ? 0.897 : nil }

  func accuracy(_ contestant: ExperimentDesign.Contestant, _ row: ExperimentDesign.Row) -> ClosedRange<Double>? {
    let layers = contestant.ansatz.layers
    switch experiment {
    case .tableI:
      if contestant.isTeacher { return layers == 2 ? 0.983...0.983 : nil }
      if row.iterations != 50 { return nil }
      switch (contestant.isCompressed, contestant.ansatz.qubits, layers, row.treatment) {
      case (true, 2, 2, .none): return 0.523...0.523
      case (true, 2, 2, .distilled): return 0.817...0.817
      case (false, 7, 1, .none): return 0.860...0.860
      case (false, 7, 1, .distilled): return 0.998...0.998
      default: return nil
      }
    case .figure5:
      // Without distillation flat at 0.92 up to 7 layers, after 350 iterations.
      let isFlat = row.treatment == .none && row.iterations == 350 && (4...7).contains(layers)
      return isFlat && !contestant.isTeacher ? 0.92...0.92 : nil
    case .figure6: return row.epoch == 31 && layers == 4 ? 0.67...0.70 : nil
    case nil: return nil
    }
  }
}
