import TemporaryFolders
import Testing

/// What `tools/plot` draws besides experiments: reports of training, evaluation, devices, and a spool's history.
@Suite(.enabled(if: Tool.canPlot, "matplotlib could not be installed: tools/install-dependencies --for-plots"))
struct PlotReportTests {
  let folder = TemporaryFolder()
  let plot = Tool("plot")

  private func put(_ name: String, _ text: String) -> String { folder.put(name, Array(text.utf8)) }

  /// The picture's texts stand in its comments, folded as in the picture.
  private func texts(_ name: String) -> String {
    #expect(folder.get(name + ".png")?.starts(with: [0x89, 0x50, 0x4e, 0x47]) == true)
    return String(decoding: folder.get(name + ".svg") ?? [], as: UTF8.self)
  }

  private func expect(_ name: String, _ shown: [String], _ location: SourceLocation = #_sourceLocation) {
    let svg = texts(name)
    for text in shown { #expect(svg.contains("<!-- \(text) -->"), "\(text)", sourceLocation: location) }
  }

  private func expectRefusal(
    _ arguments: String, _ status: Int32, _ text: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let answer = plot.run(arguments)
    #expect(answer.status == status && answer.text.contains(text), "\(answer)", sourceLocation: location)
    #expect(!answer.text.contains("Traceback"), "\(answer.text)", sourceLocation: location)
    #expect(!folder.names.contains { $0.hasSuffix(".png") }, sourceLocation: location)
  }

  private func training(_ job: String, model: String, losses: [String], more: String = "") -> String {
    """
    {"job": "\(job)", "accuracy": 0.95, "accuracy_interval": [0.9, 0.97], "samples": 1000, "teacher_accuracy": 0.96,
     "losses": [\(losses.joined(separator: ","))], "model": "/models/\(model)", "seed": 3, "version": "0.1.0"\(more)}
    """
  }

  private func falling(_ count: Int) -> [String] { (1...count).map { "\(10 / Double($0))" } }

  @Test func aLearningCurve() {
    // Long enough for means, with a loss that was not finite.
    let losses = falling(200) + ["null", "0.04"]
    #expect(plot.run(put("t.json", training("distill", model: "s.safetensors", losses: losses))) == (0, ""))
    expect(
      "t",
      [
        "distill: s.safetensors", "iteration", "mean loss of a batch, nats",
        "accuracy 0.9500 (0.9000 to 0.9700) on 1,000 unseen samples; its teacher's 0.9600",
        "Faint: each batch; bold: means of up to 4 batches. qkd-run 0.1.0, seed 3",
      ])
  }

  @Test func restarts() {
    let selection = """
      , "selection": {"kept": 1, "validation_samples": 9, "restarts": [
      {"seed": 3, "validation_loss": 0.2, "best_iteration": 4, "iterations": 5},
      {"seed": 4, "validation_loss": 0.1, "best_iteration": 3, "iterations": 5}]}
      """
    let report = training("train", model: "t", losses: falling(5), more: selection)
    let broken = report.replacing("\"kept\": 1", with: "\"kept\": 2")
    expectRefusal(put("b.json", broken), 65, "selection.kept must be one of the restarts")
    #expect(plot.run(put("r.json", report)) == (0, ""))
    expect("r", ["kept: iteration 3", "seed 3", "seed 4", "validation loss (full: kept)"])
  }

  @Test func curvesTogether() {
    let first = put("a.json", training("train", model: "m", losses: falling(9)))
    let second = put("b.json", training("distill", model: "s", losses: falling(7)))
    let compress = put(
      "c.json",
      """
      {"job": "compress", "mean_fidelity": 0.99, "first_percentile_fidelity": 0.98, "minimum_fidelity": 0.97,
       "samples": 100, "losses": [0.9, 0.1], "autoencoder": "a.safetensors", "seed": 1, "version": "0.1.0"}
      """)
    expectRefusal("\(first) \(compress)", 64, "one figure takes losses of one unit")
    expectRefusal("\(first) --predictions \(second)", 64, "--predictions is for a report of evaluate")
    #expect(plot.run("\(first) \(second) --output \(folder.path)/both") == (0, ""))
    expect("both", ["Learning curves", "m", "s"])
    #expect(plot.run(compress) == (0, ""))
    expect("c", ["compress: a.safetensors", "mean infidelity of a batch"])
  }

  @Test(arguments: [
    ("\"losses\": [10", "\"losses\": [true", "losses must be a list of numbers"),
    ("[0.9, 0.97]", "[0.9]", "accuracy_interval must be two numbers or null"),
    ("\"samples\": 1000", "\"samples\": -1", "samples must be a whole number"),
    ("\"model\"", "\"other\"", "model must be a text"),
  ]) func fieldsOfATraining(_ field: String, _ wrong: String, _ text: String) {
    let broken = training("train", model: "m", losses: ["10", "9"]).replacing(field, with: wrong)
    expectRefusal(put("a.json", broken), 65, "a.json: " + text)
  }

  private func evaluation(_ more: String = "\"predictions\": null") -> String {
    """
    {"job": "evaluate", "accuracy": 0.75, "accuracy_interval": [0.3, 0.95], "samples": 4, "predicted": [2, 2],
     "mean_confidence": 0.8, "confusion": [[2, 1], [0, 1]], "roc_area": 1, "expected_calibration_error": 0.2,
     "model": "m.safetensors", "version": "0.1.0", \(more)}
    """
  }

  private let predictions = """
    sample,class,label,hit,probability_0,probability_1,logit_0,logit_1
    0,0,0,1,0.9,0.1,2.2,0
    1,0,0,1,0.8,0.2,1.4,0
    2,1,0,0,0.4,0.6,0,0.4
    3,1,1,1,0.1,0.9,0,2.2

    """

  @Test func anEvaluation() {
    let file = put("p.csv", predictions)
    let report = put("e.json", evaluation("\"predictions\": \"\(file)\""))
    #expect(plot.run(report) == (0, ""))
    expect(
      "e",
      [
        "evaluate: m.safetensors", "accuracy 0.7500, 95 % interval 0.3000 to 0.9500", "ROC", "area 1.000000",
        "confusion: samples, and shares of a label", "66.67 %", "expected error 0.2000", "right: 3", "wrong: 1",
      ])
    // A spool's report names the file beside it; the flag any other.
    let spool = evaluation("\"predictions\": \"p.csv\", \"report\": \"spool\", \"input\": \"monday.npy\"")
    #expect(plot.run(put("s.json", spool.replacing("\"job\": \"evaluate\", ", with: ""))) == (0, ""))
    expect("s", ["evaluate: monday.npy", "area 1.000000"])
    #expect(plot.run("\(put("f.json", evaluation())) --predictions \(file)") == (0, ""))
    expect("f", ["ROC", "reliability: size by samples, 95 % intervals (Wilson)"])
    #expect(folder.get("f.png") == folder.get("e.png"))
  }

  @Test func anEvaluationWithoutPredictions() {
    let report = put("e.json", evaluation())
    let answer = plot.run(report)
    #expect(answer.status == 0 && answer.text.contains("e.json names no predictions: ROC"), "\(answer)")
    expect("e", ["confusion: samples, and shares of a label"])
    #expect(!texts("e").contains("<!-- ROC -->"))
  }

  @Test func predictionsThatAreNone() {
    let report = put("e.json", evaluation())
    expectRefusal("\(report) --predictions \(folder.path)/none.csv", 66, "none.csv: No such file or directory")
    expectRefusal("\(report) --predictions \(put("x.csv", "a,b\n1,2\n"))", 65, "x.csv: the first line is")
    let other = put("o.csv", predictions.replacing("2,1,0,0", with: "2,1,1,1"))
    expectRefusal("\(report) --predictions \(other)", 65, "o.csv: predictions of another evaluation than")
    for (right, wrong, text) in [
      ("\n2,1,", "\n2,7,", "w.csv: line 4: a class that is none of 0 to 1"),
      ("\n2,1,", "\n2,-1,", "w.csv: line 4: a class that is none of 0 to 1"),
      ("2.2,0\n1,", "2.2,nan\n1,", "w.csv: line 2: a logit or value that is not finite"),
    ] {
      let damaged = put("w.csv", predictions.replacing(right, with: wrong))
      expectRefusal("\(report) --predictions \(damaged)", 65, text)
    }
    let line = "{\"sample\":0,\"class\":2,\"label\":0,\"hit\":0,\"probabilities\":[1,0],\"logits\":[1,0]}\n"
    expectRefusal("\(report) --predictions \(put("w.ndjson", line))", 65, "w.ndjson: line 1: a class that is none")
    let fewer = put("p.csv", String(predictions.split(separator: "\n").dropLast().joined(separator: "\n")) + "\n")
    expectRefusal("\(report) --predictions \(fewer)", 65, "predictions of another evaluation than")
    expectRefusal(
      put("c.json", evaluation().replacing("[0, 1]", with: "[0]")), 65, "c.json: confusion must be a list of lists")
    expectRefusal("\(report) \(report)", 64, "a report of evaluate is drawn alone")
  }

  @Test func severalClasses() {
    let rows = (0..<30).map { index -> String in
      let (label, answer) = (index % 3, index % 10 == 0 ? (index + 1) % 3 : index % 3)
      let shares = (0..<3).map { $0 == answer ? "0.6" : "0.2" }.joined(separator: ",")
      let logits = (0..<3).map { $0 == answer ? "1.1" : "0" }.joined(separator: ",")
      return "\(index),\(answer),\(label),\(label == answer ? 1 : 0),\(shares),\(logits)\n"
    }
    let names = (0..<3).map { "probability_\($0)" } + (0..<3).map { "logit_\($0)" }
    let file = put("p.csv", "sample,class,label,hit,\(names.joined(separator: ","))\n" + rows.joined())
    let report = """
      {"job": "evaluate", "samples": 30, "version": "0.1.0", "model": "m", "predictions": "\(file)"}
      """
    #expect(plot.run(put("e.json", report)) == (0, ""))
    expect("e", ["ROC, each class against all others"])
    #expect(texts("e").contains("<!-- class 2: 0.9"))
  }

  @Test func aRegression() {
    let file = put("p.csv", "sample,value_0,target_0\n0,0.5,0.4\n1,0.1,0.2\n2,0.3,\n")
    let report = """
      {"job": "evaluate", "samples": 3, "version": "0.1.0", "model": "m", "rmse": 0.1, "rmse_interval": [0.05, 0.2],
       "r2": 0.9, "outputs": [{}], "predictions": null}
      """
    expectRefusal(put("e.json", report), 66, "evaluate with --predictions FILE")
    #expect(plot.run("\(folder.path)/e.json --predictions \(file)") == (0, ""))
    expect("e", ["RMSE 0.1000, 95 % interval 0.0500 to 0.2000; R² 0.9000", "target", "answer − target"])
  }

  private func device(_ name: String, never: String = "0.01") -> String {
    """
    {"file": "f.json", "device": {"name": "\(name)", "sha256": null, "layout": [3, 4], "findings": []},
     "accuracy": 0.9, "accuracy_interval": [0.8, 0.95], "samples": 100, "shots": {"shots": 100,
     "exact_accuracy": 0.95, "exact_accuracy_interval": [0.9, 0.98], "never_decided": \(never),
     "shots_to_decide": {"p50": null, "p90": null, "p99": null}}}
    """
  }

  @Test func devices() {
    expectRefusal(put("d.json", "[\(device("a", never: "[]"))]"), 65, "[0].shots.never_decided must be a number")
    #expect(plot.run(put("d.json", "[\(device("ibm_one")),\(device("ibm_two"))]")) == (0, ""))
    expect("d", ["Devices by accuracy", "ibm_one", "ibm_two", "from 100 shots a sample", "3-4", "1.0 %", "never"])
  }

  private func input(_ day: Int, model: String, p: String = "0.5") -> String {
    """
    {"input": "day-\(day)", "time": "2026-01-0\(day)T00:00:00Z", "samples": 10, "accuracy": 0.9,
     "accuracy_interval": [0.6, 0.98], "mean_confidence": 0.8, "low_confidence": 2, "confidence_threshold": 0.9,
     "predicted": [4, 6], "drift": {"statistic": 1, "degrees": 1, "p": \(p)}, "model_sha256": "\(model)",
     "gate": {"passed": false, "misses": ["evaluation.drift-significance"]}}
    """
  }

  @Test func aHistory() {
    let event = "{\"event\": \"rollout\", \"time\": \"2026-01-02T12:00:00Z\", \"to_sha256\": \"b\"}"
    let lines = [
      input(1, model: "a"), input(2, model: "a"), event, input(3, model: "b", p: "1e-300"), input(4, model: "c"),
    ]
    let broken = lines.joined(separator: ",").replacing("\"p\": 0.5", with: "\"p\": null")
    expectRefusal(put("b.json", "[\(broken)]"), 65, "b.json:1: drift.p must be a number")
    #expect(plot.run(put("h.json", "[\(lines.joined(separator: ","))]")) == (0, ""))
    expect(
      "h",
      [
        "History of a spool", "4 inputs 2026-01-01T00:00:00Z to 2026-01-04T00:00:00Z", "rollout", "another model",
        "drift, p", "gate missed", "2026-01-03", "class 1",
      ])
  }

  @Test func aHistoryOfNumbers() {
    let lines = (1...3).map { day in
      """
      {"input": "d\(day)", "time": null, "samples": 10, "rmse": 0.1, "rmse_interval": [0.05, 0.2], "predicted": [1],
       "outputs": [{"mean": 0.3}, {"mean": 0.5}], "drift": null, "gate": null, "model_sha256": "a"}
      """.split(separator: "\n").joined()
    }
    #expect(plot.run(put("h.ndjson", lines.joined(separator: "\n") + "\n")) == (0, ""))
    expect("h", ["RMSE", "mean answer", "output 1", "d2"])
  }
}
