import Foundation
import TemporaryFolders
import Testing

/// A regression as users meet it: training that is stopped, a file in parts, a spool and its history.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct RegressionCommandTests {
  private let folder = TemporaryFolder()
  private static let files = [
    "--input", "x.csv", "--targets", "y.csv", "--encoder", "angle", "--set", "model.qubits=2",
  ]

  /// Two angles a row; the target is the cosine of the first.
  private static func rows(_ count: Int, from first: Int = 0) -> [(features: [Double], target: Double)] {
    (first..<first + count).map { i in
      let x = Double(i * 37 % 100) / 40
      return ([x, Double(i * 53 % 100) / 50], Foundation.cos(x))
    }
  }

  private static func objects(_ count: Int, from first: Int, isTold: Bool = true) -> String {
    rows(count, from: first).map {
      "{\"features\": \($0.features)" + (isTold ? ", \"target\": \($0.target)" : "") + "}\n"
    }.joined()
  }

  init() {
    for (name, rows) in [("", Self.rows(60)), ("test-", Self.rows(23, from: 60))] {
      _ = folder.put(name + "x.csv", Array(rows.map { "\($0.features[0]),\($0.features[1])\n" }.joined().utf8))
      _ = folder.put(name + "y.csv", Array(rows.map { "\($0.target)\n" }.joined().utf8))
    }
  }

  private func train(_ output: String, _ more: [String] = []) -> [String] {
    ["train", "--output", output] + Self.files + [
      "--test-input", "test-x.csv", "--test-targets", "test-y.csv", "--set", "model.task=regression", "--set",
      "model.observables=Z0", "--iterations", "6", "--batch", "20", "--set", "training.readout-fit=end",
    ] + more
  }

  private func run(_ arguments: [String]) throws -> Binary.Result { try Binary.run(arguments, folder: folder.path) }

  @Test func reportsAndMessages() throws {
    let report = try run(train("m", ["--format", "json"]))
    try #require(report.code == 0, "\(report.errors)")
    let json = try EndToEndTests.json(report)
    #expect(json["accuracy"] == nil && json["teacher_accuracy"] == nil && json["samples"] as? Int == 23)
    #expect(try #require(json["r2"] as? Double) > 0.5 && json["rmse_interval"] as? [Double] != nil)
    let shown = try run(train("n"))
    #expect(shown.output.contains("\nRMSE ") && shown.output.contains("\nR²  ") && !shown.output.contains("nats"))
    for text in [shown.output, try run(["--model", "m", "--input", "test-x.csv", "--targets", "test-y.csv"]).output] {
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    }
    #expect(try run(["inspect", "m"]).output.contains("\ntask                  regression\n"))
    let inspected = try EndToEndTests.json(try run(["inspect", "m", "--format", "json"]))
    #expect(inspected["task"] as? String == "regression")

    let smoothed = try run(train("o", ["--set", "training.label-smoothing=0.1"]))
    #expect(smoothed.code == 78 && smoothed.errors.contains("training.label-smoothing = 0.1: allowed is 0: model.task"))
    let cooled = try run(
      ["distill", "--teacher", "m"] + train("o", ["--set", "distillation.temperature=2"]).dropFirst())
    #expect(cooled.code == 78 && cooled.errors.contains("distillation.temperature is not used by distill: model.task"))
    let labelled = try run(["--model", "m", "--input", "test-x.csv", "--labels", "test-y.csv"])
    #expect(labelled.code == 78 && labelled.errors.contains("data.labels = test-y.csv: allowed is nothing: the model"))
    let short = try run(["--model", "m", "--input", "test-x.csv", "--targets", "y.csv"])
    #expect(short.code == 65 && short.errors.contains("targets of"), "\(short.errors)")
    let gated = ["--model", "m", "--input", "test-x.csv", "--set", "evaluation.maximum-rmse=1e-9"]
    #expect(try run(gated + ["--targets", "test-y.csv"]).code == 4)
    let untold = try run(gated)
    #expect(untold.code == 4 && untold.errors.contains("cannot be met without targets: give them with --targets"))
  }

  @Test(.enabled(if: FaultyRun.isPossible)) func stoppedRunsGoOn() throws {
    let (place, scratch, reference) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
    let chain = [
      "--set", "model.qubits=5", "--set", "model.task=regression", "--set", "model.observables=Z0", "--set",
      "training.loss=huber", "--set", "training.huber-threshold=0.1", "--set", "training.readout-fit=each-epoch",
      "--set",
      "training.states=40", "--batch", "20", "--iterations", "6", "--samples", "50", "--set",
      "training.checkpoint-every=0",
    ]
    func arguments(_ folder: TemporaryFolder) -> [String] { ["train", "--output", folder.path + "/m"] + chain }
    #expect(try Binary.run(arguments(reference)).code == 0)
    let fault = FaultyRun.Fault(group: "fsync", number: 5, action: "SIGTERM")
    let stopped = try FaultyRun.run(arguments(place), fault: fault, scratch: scratch.path)
    #expect(stopped.code == 7, "\(stopped.errors)")
    let other = try Binary.run(arguments(place) + ["--set", "training.huber-threshold=0.2"])
    #expect(other.code == 6 && other.errors.contains("training.huber-threshold"), "\(other.errors)")
    #expect(try Binary.run(arguments(place)).code == 0)
    #expect(place.get("m") == reference.get("m") && place.get("m") != nil)
  }

  @Test(arguments: ["csv", "ndjson", "npy"]) func partsMakeTheWhole(_ format: String) throws {
    #expect(try run(train("m")).code == 0)
    func evaluate(_ output: String, _ more: String...) throws -> Binary.Result {
      try run(
        ["--model", "m", "--input", "test-x.csv", "--targets", "test-y.csv", "--predictions", output, "--batch", "4"]
          + more)
    }
    let alone = try EndToEndTests.json(try evaluate("whole.\(format)", "--format", "json"))
    for part in 1...3 { #expect(try evaluate("p.\(format)", "--shard", "\(part)/3", "-q").code == 0) }
    let parts = (1...3).map { "p.\(format).shard-\($0)-of-3.json" }
    let merged = try run(["merge", "p.\(format)"] + parts + ["--format", "json"])
    try #require(merged.code == 0, "\(merged.errors)")
    #expect(folder.get("p.\(format)") != nil && folder.get("p.\(format)") == folder.get("whole.\(format)"))
    let all = try EndToEndTests.json(merged)
    for key in ["rmse", "mae", "r2"] {
      let (one, other) = (try #require(alone[key] as? Double), try #require(all[key] as? Double))
      #expect(abs(one - other) < 1e-12, "\(key)")
    }
    #expect(all["targets"] as? Int == 23 && all["samples"] as? Int == 23)
  }

  @Test func aSpoolAndItsHistory() throws {
    #expect(try run(train("m")).code == 0)
    for name in ["inbox", "results"] { mkdir(folder.path + "/" + name, 0o755) }
    func drop(_ name: String, _ text: String) { _ = folder.put("inbox/" + name, Array(text.utf8)) }
    drop("a.ndjson", Self.objects(12, from: 100))
    drop("b.ndjson", Self.objects(9, from: 200, isTold: false))
    drop("c.csv", Self.rows(8, from: 300).map { "\($0.features[0]),\($0.features[1])\n" }.joined())
    drop("c.csv.targets", Self.rows(8, from: 300).map { "\($0.target)\n" }.joined())
    drop("d.csv", Self.rows(8, from: 300).map { "\($0.features[0]),\($0.features[1])\n" }.joined())
    drop("d.csv.targets", "1\n2\n")
    let spool = [
      "--model", "m", "--inbox", "inbox", "--results", "results", "--set", "evaluation.maximum-rmse=1e-9", "--set",
      "evaluation.drift-significance=1e-9",
    ]
    let first = try run(spool)
    #expect(first.code == 3 && first.errors.contains("targets of 2 samples for"), "\(first.errors)")
    #expect(folder.get("rejected/d.csv.targets") != nil)
    let lines = folder.get("results/metrics.ndjson").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let entries = try lines.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(entries.map { $0["input"] as? String } == ["a.ndjson", "b.ndjson", "c.csv"])
    #expect(entries.map { $0["targets"] as? Int } == [12, 0, 8])
    #expect(entries.map { ($0["gate"] as? [String: Any])?["passed"] as? Bool } == [false, nil, false])
    #expect(entries[0]["accuracy"] == nil && entries[2]["labels_sha256"] as? String != nil)
    let header = folder.get("results/a.ndjson.csv").map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(header.hasPrefix("sample,value_0,target_0\n"))
    // Nothing is left to do.
    #expect(try run(spool).code == 0)
    let history = try run(["history", "results/metrics.ndjson"]).output.split(separator: "\n")
    #expect(history[0].hasPrefix("input     time"))
    #expect(history[0].contains("RMSE (95 % interval)") && history[1].hasSuffix("mean answers"))
    #expect(history[2].hasPrefix("a.ndjson") && history[3].hasPrefix("  missed ") && history[5].hasPrefix("  -  "))
    #expect(history.contains { $0.hasPrefix("RMSE  ") } && history.contains { $0.hasPrefix("answer 0") })

    // Another model is held to the RMSE of all inputs together.
    #expect(try run(train("n", ["--seed", "2"])).code == 0)
    func rollout(_ maximum: String) throws -> Binary.Result {
      try run([
        "rollout", "n", "--model", "m", "--set", "spool.inbox=inbox", "--set", "spool.results=results", "--set",
        "evaluation.maximum-rmse=" + maximum, "--format", "json",
      ])
    }
    let ungated = try rollout("none")
    #expect(ungated.code == 78 && ungated.errors.contains("evaluation.maximum-rmse = none"), "\(ungated)")
    #expect(try rollout("1e-9").code == 4)
    let done = try rollout("5")
    let test = try EndToEndTests.json(done)
    #expect(done.code == 0 && test["inputs"] as? Int == 2 && test["samples"] as? Int == 20, "\(done)")
    #expect(test["rmse"] is Double && test["rmse_interval"] is [Double] && test["accuracy"] == nil)
    #expect(folder.get("m") == folder.get("n") && folder.get("m.previous") != nil)
    let after = try run(["history", "results/metrics.ndjson"]).output.split(separator: "\n")
    #expect(after[8].hasPrefix("(rollout)") && after[8].contains(" 20  ") && after[8].hasSuffix(" *"))
    #expect(after[9].hasPrefix("  met "))
  }
}
