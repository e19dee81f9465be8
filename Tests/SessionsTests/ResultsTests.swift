import TemporaryFolders
import Testing

/// `tools/results`: reports as one table.
@Suite struct ResultsTests {
  let folder = TemporaryFolder()
  let results = Tool("results")

  private func report(_ preset: String, mean: Double, experiment: String = "table-1") -> String {
    let text = """
      {"report": "reproduce", "experiment": "\(experiment)", "preset": "\(preset)", "version": "0.1.0", "seeds": 2,
       "first_seed": 1, "axis": "model", "margin": 0.005,
       "rows": [
        {"model": "student (1)", "treatment": "none", "layers": 2, "qubits": 2, "iterations": 50, "epoch": null,
         "accuracies": [0.5], "mean": 0.5, "sd": null, "low": null, "high": null, "paper_low": 0.523,
         "paper_high": 0.523},
        {"model": "student (1)", "treatment": "distilled", "layers": 2, "qubits": 2, "iterations": 50, "epoch": null,
         "accuracies": [\(mean)], "mean": \(mean), "sd": 0.01, "low": 0.61, "high": 0.79, "paper_low": 0.67,
         "paper_high": 0.70}],
       "comparisons": [{"model": "student (1)", "iterations": 50, "baseline": "none", "treatment": "distilled",
         "difference": 0.2, "low": 0.1, "high": 0.3, "p": 0.0001, "better": 2, "equal": 0, "worse": 0,
         "p_holm": 0.0002, "verdict": "undecided", "seeds_to_decide": 6}],
       "fidelity": {"accuracies": [0.98], "mean": 0.98, "sd": null, "low": null, "high": null, "paper": 0.897},
       "controls": [{"name": "bits alone", "accuracy": 0.971}]}
      """
    return folder.put(preset + experiment, Array(text.utf8))
  }

  @Test func aColumnForEachReport() {
    let answer = results.run("\(report("literal", mean: 0.7)) \(report("calibrated", mean: 0.75))")
    #expect(answer.status == 0)
    // Columns are as wide as their widest cell; here they stand two blanks apart.
    #expect(
      answer.text.replacing(#/ {2,}/#, with: "  ") == """
        model  after  treatment  paper %  literal, 2 seeds, %  calibrated, 2 seeds, %
        student (1)  50 steps  none  52.3  50.0  50.0
        student (1)  50 steps  distilled  67.0–70.0  70.0 (61.0–79.0)  75.0 (61.0–79.0)
        autoencoder  mean fidelity  89.7  98.0  98.0
        bits alone  97.1  97.1

        model  after  compared  literal, 2 seeds, points  calibrated, 2 seeds, points
        student (1)  50 steps  distilled against none  \
        +20.0 (+10.0 to +30.0), p < .001: undecided (about 6 seeds would tell)  \
        +20.0 (+10.0 to +30.0), p < .001: undecided (about 6 seeds would tell)

        p: Wilcoxon's signed-rank test over paired seeds, corrected by Holm for all comparisons of a report.
        helps, harms: p < .05, and the interval of the mean excludes 0. No difference worth naming: the whole interval
        lies within ±0.5 points. Else undecided.

        """)
  }

  /// Tests with shots have a column of their own; a comparison of two students says what tells them apart.
  @Test func shotsAndOtherStudents() {
    let text = """
      {"report": "reproduce", "experiment": "shots", "preset": "mine", "version": "0.1.0", "seeds": 2,
       "first_seed": 1, "axis": "shots", "margin": 0.005,
       "rows": [
        {"model": "teacher", "treatment": "none", "layers": 2, "qubits": 7, "iterations": 500, "epoch": null,
         "accuracies": [1], "mean": 1, "sd": null},
        {"model": "student, 1 layer, exact", "treatment": "distilled", "layers": 1, "qubits": 7, "iterations": 50,
         "epoch": null, "accuracies": [0.9], "mean": 0.9, "sd": null},
        {"model": "student, 1 layer, 100 shots", "treatment": "distilled", "layers": 1, "qubits": 7, "shots": 1000,
         "iterations": 50, "epoch": null, "accuracies": [0.8], "mean": 0.8, "sd": null, "low": 0.7, "high": 0.9}],
       "comparisons": [
        {"model": "student, 1 layer, 100 shots", "baseline_model": "student, 1 layer, exact", "shots": 1000,
         "iterations": 50, "baseline": "distilled", "treatment": "distilled", "difference": 0.02, "low": 0.01,
         "high": 0.03, "p": 0.0001, "better": 2, "equal": 0, "worse": 0, "p_holm": 0.0002, "verdict": "helps"},
        {"model": "student, 1 layer, exact", "iterations": 50, "baseline": "none", "treatment": "distilled",
         "difference": 0.02, "low": 0.01, "high": 0.03, "p": 0.0001, "better": 2, "equal": 0, "worse": 0,
         "p_holm": 0.0002, "verdict": "helps"}],
       "quantum_limit": [{"shots": 1000, "accuracy": 0.987}]}
      """
    let answer = results.run(folder.put("shots.json", Array(text.utf8)))
    #expect(answer.status == 0)
    #expect(
      answer.text.replacing(#/ {2,}/#, with: "  ") == """
        model  after  tested  treatment  paper %  mine, 2 seeds, %
        teacher  exact  none  100.0; 500 steps
        student, 1 layer, exact  50 steps  exact  distilled  90.0
        student, 1 layer, 100 shots  50 steps  1,000 shots  distilled  80.0 (70.0–90.0)
        quantum limit  1,000 shots  98.7

        model  after  tested  compared  mine, 2 seeds, points
        student, 1 layer, 100 shots  50 steps  1,000 shots  distilled: 100 shots against exact  \
        +2.0 (+1.0 to +3.0), p < .001: helps
        student, 1 layer, exact  50 steps  exact  distilled against none  +2.0 (+1.0 to +3.0), p < .001: helps

        p: Wilcoxon's signed-rank test over paired seeds, corrected by Holm for all comparisons of a report.
        helps, harms: p < .05, and the interval of the mean excludes 0. No difference worth naming: the whole interval
        lies within ±0.5 points. Else undecided.
        tested: by exact values, or from so many shots a sample. Quantum limit: no measurement of so many copies of a
        sample decides better on average.

        """)
  }

  @Test func aFullDisk() {
    let told = folder.path + "/told"
    let answer = results.run(
      "\(report("literal", mean: 0.7)) >/dev/full 2>\(told); status=$?; cat \(told); exit $status")
    #expect(
      answer == (
        74,
        "tools/results: standard output could not be written: No space left on device; the results are incomplete\n"
      ), "\(answer)")
  }

  @Test func refusals() {
    let table = report("literal", mean: 0.7)
    #expect(results.run("").status == 64)
    #expect(results.run("\(table) \(report("literal", mean: 0.7, experiment: "figure-4"))").status == 64)
    #expect(results.run(folder.put("a.json", Array("{}".utf8))).status == 65)
    #expect(results.run(folder.path + "/nowhere.json").status == 66)
  }
}
