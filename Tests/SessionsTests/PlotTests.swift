import TemporaryFolders
import Testing

@Suite(.enabled(if: Tool.canPlot, "matplotlib could not be installed: tools/install-dependencies --for-plots"))
struct PlotTests {
  let folder = TemporaryFolder()
  let plot = Tool("plot")

  private func row(
    _ model: String, _ treatment: String, _ mean: Double, layers: Int? = nil, iterations: Int? = nil,
    epoch: Int? = nil, shots: Int? = nil, paper: Double? = nil
  ) -> String {
    func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "null" }
    let tested = shots.map { "\"shots\": \($0), " } ?? ""
    return """
      {"model": "\(model)", "treatment": "\(treatment)", "layers": \(text(layers)), "qubits": 7,
       \(tested)"iterations": \(text(iterations)), "epoch": \(text(epoch)),
       "accuracies": [\(mean - 0.01), \(mean + 0.01)],
       "mean": \(mean), "sd": 0.014, "low": \(mean - 0.02), "high": \(mean + 0.02),
       "paper_low": \(text(paper)), "paper_high": \(text(paper))}
      """
  }

  private func report(_ experiment: String, _ axis: String, _ rows: [String], preset: String = "literal") -> String {
    """
    {"report": "reproduce", "experiment": "\(experiment)", "preset": "\(preset)", "version": "0.1.0", "seeds": 2,
     "first_seed": 1, "axis": "\(axis)", "margin": 0.005, "rows": [\(rows.joined(separator: ","))],
     "comparisons": [{"model": "student (1)", "iterations": 50, "baseline": "none", "treatment": "distilled",
       "difference": 0.012, "low": 0.003, "high": 0.02, "p": 0.01, "better": 2, "equal": 0, "worse": 0,
       "p_holm": 0.01, "verdict": "helps", "seeds_to_decide": null}],
     "fidelity": {"accuracies": [0.98, 0.99], "mean": 0.985, "sd": 0.007, "low": null, "high": null, "paper": 0.897},
     "controls": [{"name": "logistic regression", "accuracy": 0.971}]}
    """
  }

  private var byModel: String {
    report(
      "table-1", "model",
      [
        row("teacher", "none", 0.97, paper: 0.983), row("student (1)", "none", 0.6, iterations: 50, paper: 0.523),
        row("student (1)", "distilled", 0.7, iterations: 50, paper: 0.817), row("student (1)", "other", 0.7),
      ])
  }

  private func put(_ name: String, _ text: String) -> String { folder.put(name, Array(text.utf8)) }

  private func expectPictures(_ prefix: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(
      folder.get(prefix + ".png")?.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) == true,
      sourceLocation: location)
    let text = String(decoding: folder.get(prefix + ".svg") ?? [], as: UTF8.self)
    #expect(text.hasPrefix("<?xml") && text.contains("</svg>"), sourceLocation: location)
  }

  @Test func modelsSideBySide() {
    let path = put("table.json", byModel)
    #expect(plot.run(path) == (0, ""))
    expectPictures("table")
    #expect(folder.names == ["table.json", "table.png", "table.svg"])
  }

  /// The picture's texts stand in its comments.
  private func picture(_ name: String) -> String { String(decoding: folder.get(name + ".svg") ?? [], as: UTF8.self) }

  @Test func aNoisyTeacher() {
    let rows = ["noisy-teacher", "extrapolated-teacher"].flatMap { treatment in
      [row("teacher", treatment, 0.9, iterations: 500), row("student, for device", treatment, 0.95, iterations: 50)]
    }
    #expect(plot.run(put("noisy.json", report("noisy-teacher", "model", rows))) == (0, ""))
    expectPictures("noisy")
    #expect(picture("noisy").contains("<!-- noisy teacher, extrapolated to no noise -->"))
    #expect(picture("noisy").contains("<!-- ideal, for device: what students were trained for"))
  }

  @Test func anotherModelIsNoTreatment() {
    #expect(plot.run(put("own.json", byModel)) == (0, ""))
    #expect(picture("own").contains("<!-- ↑ -->"))
    let other = byModel.replacing("\"baseline\":", with: "\"baseline_model\": \"student (2)\", \"baseline\":")
    #expect(plot.run(put("other.json", other)) == (0, ""))
    #expect(!picture("other").contains("<!-- ↑ -->"))
  }

  private func byShots(_ students: [String]) -> String {
    let tests: [Int?] = [nil, 10, 1000]
    var rows = [row("teacher", "none", 0.99, layers: 2, iterations: 500)]
    for student in students {
      for shots in tests {
        rows.append(row(student, "none", 0.8, iterations: 50, shots: shots))
        rows.append(row(student, "distilled", 0.82, iterations: 50, shots: shots))
      }
      // Before the last step there are tests by exact values alone.
      rows.append(row(student, "none", 0.7, iterations: 20))
    }
    let limits = "\"quantum_limit\": [{\"shots\": 10, \"accuracy\": 0.87}, {\"shots\": 1000, \"accuracy\": 0.99}]"
    return report("shots", "shots", rows)
      .replacing("\"controls\":", with: limits + ", \"controls\":")
      .replacing("\"student (1)\", \"iterations\"", with: "\"\(students[0])\", \"shots\": 10, \"iterations\"")
  }

  @Test func shots() {
    #expect(plot.run(put("shots.json", byShots(["student, exact", "student, 100 shots"]))) == (0, ""))
    expectPictures("shots")
    for text in ["quantum limit", "1,000", "distilled, trained with exact values", "↑", "against no treatment:"] {
      #expect(picture("shots").contains("<!-- \(text) -->"), "\(text)")
    }
    #expect(plot.run(put("one.json", byShots(["student"]))) == (0, ""))
    #expect(picture("one").contains("<!-- distilled -->"))
  }

  @Test func aPanelForEachStudent() {
    let students = ["student, 1 layer, exact", "student, 1 layer, 100 shots", "student, 2 layers, exact"]
    #expect(plot.run(put("panels.json", byShots(students))) == (0, ""))
    expectPictures("panels")
    #expect(picture("panels").contains("<!-- literal, 2 seeds: student, 1 layer -->"))
    #expect(picture("panels").contains("<!-- literal, 2 seeds: student, 2 layers -->"))
  }

  private func metrics(_ count: Int) -> String {
    (0..<count).map { index in
      """
      {"input": "\(index)", "time": "2026-01-01T00:00:0\(index)Z", "samples": 10,
      "accuracy": \(index == 1 ? "null" : "0.9"),
      "accuracy_interval": \(index == 1 ? "null" : "[0.6, 0.98]"), "mean_confidence": 0.8, "low_confidence": 2,
      "confidence_threshold": 0.9, "predicted": [4, 6], "gate": {"passed": \(index != 2), "misses": []}}
      """.split(separator: "\n").joined() + "\n"
    }.joined()
  }

  @Test(arguments: [1, 3]) func metricsOfASpool(count: Int) {
    let events = "{\"event\": \"rollout\", \"samples\": 9, \"accuracy\": 1}\n{\"event\": \"rollback\"}\n"
    let path = put("metrics.ndjson", events + metrics(count) + events + "{\"cut")
    #expect(plot.run(path) == (0, ""))
    expectPictures("metrics")
  }

  @Test func metricsThatAreNone() {
    expectRefusal(put("a.ndjson", "{\"event\": \"rollback\"}\n"), 65, "no input was evaluated yet")
    expectRefusal(put("a.ndjson", "{\"event\": \"other\"}\n"), 65, "a.ndjson:1: input must be a text")
    expectRefusal(put("b.ndjson", metrics(2) + "[]\n"), 65, "b.ndjson:3: must be an object")
    expectRefusal(
      put("c.ndjson", metrics(1).replacing("[4, 6]", with: "4")), 65, "c.ndjson:1: predicted must be a list")
    expectRefusal("\(folder.path)/none.ndjson", 66, "No such file")
    expectRefusal(
      "\(put("d.ndjson", metrics(1))) \(put("e.json", byModel))", 64, "reports of one kind, not of history, reproduce")
  }

  @Test func depths() {
    let rows = (4...5).flatMap { layers in
      [
        row("student", "none", 0.92, layers: layers, paper: 0.92), row("student", "distilled", 0.95, layers: layers),
      ]
    }
    let path = put("depths.json", report("figure-5", "layers", rows + [row("teacher", "none", 0.98, layers: 10)]))
    #expect(plot.run(path) == (0, ""))
    expectPictures("depths")
  }

  @Test func epochsOfTwoPresets() {
    let rows = (1...3).flatMap { epoch in
      [
        row("teacher", "none", 0.6, epoch: epoch, paper: 0.67), row("student", "distilled", 0.65, epoch: epoch),
      ]
    }
    let literal = put("literal.json", report("figure-6", "epoch", rows))
    let calibrated = put("calibrated.json", report("figure-6", "epoch", rows, preset: "calibrated"))
    #expect(plot.run("\(literal) \(calibrated) --output \(folder.path)/both") == (0, ""))
    expectPictures("both")
    // The same reports give the same bytes.
    let first = [folder.get("both.png"), folder.get("both.svg")]
    #expect(plot.run("\(literal) \(calibrated) --output \(folder.path)/both") == (0, ""))
    #expect([folder.get("both.png"), folder.get("both.svg")] == first)
  }

  @Test func aSingleSeedHasNoInterval() {
    let rows = byModel.replacing(/"(low|high)": [^,}]*/) { "\"\($0.1)\": null" }
    #expect(plot.run(put("one.json", rows)) == (0, ""))
    expectPictures("one")
  }

  private func expectRefusal(
    _ arguments: String, _ status: Int32, _ text: String, _ location: SourceLocation = #_sourceLocation
  ) {
    let answer = plot.run(arguments)
    #expect(answer.status == status && answer.text.contains(text), "\(answer)", sourceLocation: location)
    #expect(!answer.text.contains("Traceback"), "\(answer.text)", sourceLocation: location)
    #expect(folder.names.allSatisfy { $0.hasSuffix("json") }, sourceLocation: location)
  }

  @Test func usage() {
    expectRefusal("", 64, "usage: tools/plot")
    let table = put("table.json", byModel)
    let figure = put("figure.json", report("figure-4", "layers", [row("student", "none", 0.9, layers: 1)]))
    expectRefusal("\(table) \(figure)", 64, "figure-4 by layers, table-1 by model")
    expectRefusal("\(table) --colour", 64, "--colour")
  }

  @Test func filesThatAreNoReports() {
    expectRefusal(folder.path + "/none.json", 66, "none.json: No such file")
    expectRefusal(put("a.json", ""), 65, "not JSON")
    for text in ["[1]", "[]", "7", "{\"report\": \"train\"}", "{\"job\": \"plan\"}"] {
      expectRefusal(put("a.json", text), 65, "a.json: not a report of reproduce, train, distill")
    }
    expectRefusal(put("a.json", String(byModel.dropLast(9))), 65, "not JSON")
    _ = folder.put("a.json", Array("\"".utf8) + [0xff, 0x22])
    expectRefusal(folder.path + "/a.json", 65, "not JSON")
    expectRefusal(put("a.json", String(repeating: "[", count: 100_000)), 65, "not JSON")
  }

  @Test(arguments: [
    ("\"mean\": 0.97", "\"mean\": NaN", "NaN is not JSON"),
    ("\"mean\": 0.97", "\"mean\": 1e999", "rows[0].mean must be a number"),
    ("\"mean\": 0.97", "\"mean\": true", "rows[0].mean must be a number"),
    ("\"axis\": \"model\"", "\"axis\": \"depth\"", "axis must be model or layers or labels or epoch or shots"),
    ("\"axis\": \"model\"", "\"axis\": \"layers\"", "rows[1].layers must be a whole number"),
    ("\"axis\": \"model\"", "\"axis\": \"shots\"", "rows must have a student's with shots"),
    ("\"qubits\": 7", "\"shots\": \"10\"", "rows[0].shots must be a whole number or null"),
    ("\"baseline\":", "\"shots\": 1.5, \"baseline\":", "comparisons[0].shots must be a whole number or null"),
    ("\"baseline\":", "\"baseline_model\": 7, \"baseline\":", "comparisons[0].baseline_model must be a text or null"),
    ("\"controls\":", "\"quantum_limit\": 7, \"controls\":", "quantum_limit must be a list"),
    (
      "\"controls\":", "\"quantum_limit\": [{\"shots\": 10}], \"controls\":",
      "quantum_limit[0].accuracy must be a number"
    ),
    ("\"seeds\": 2", "\"seeds\": \"2\"", "seeds must be a whole number"),
    ("\"p\": 0.01", "\"p\": null", "comparisons[0].p must be a number"),
    ("\"low\": 0.003", "\"low\": \"x\"", "comparisons[0].low must be a number or null"),
    ("\"high\": 0.99", "\"high\": null", "rows[0]: low and high must be both there or both null"),
    ("\"accuracy\": 0.971", "\"accuracy\": []", "controls[0].accuracy must be a number"),
    ("\"rows\": [", "\"rows\": [7, ", "rows[0] must be an object"),
  ]) func fieldsThatAreWrong(_ field: String, _ wrong: String, _ text: String) {
    let broken = byModel.replacing(field, with: wrong, maxReplacements: 1)
    #expect(broken != byModel)
    expectRefusal(put("a.json", broken), 65, "a.json: " + text)
  }

  @Test func aFolderThatIsNotThere() {
    expectRefusal("\(put("table.json", byModel)) --output \(folder.path)/none/x", 73, "No such file or directory")
  }
}
