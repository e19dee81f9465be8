import Batches
import Budget
import Evaluation
import Files
import Foundation
import Kernel
import Models
import Reports
import Sessions
import Settings
import Testing
import Training

@Suite struct ReportTests {
  static func plan() throws -> MemoryPlan {
    var planner = Planner()
    _ = planner.reserve(
      "states", [Extent("amplitudes", 128), Extent("re/im", 2), Extent("lanes", 8)], of: Float.self, lifetime: .run,
      owner: "Kernel")
    _ = planner.reserve("snapshots", [Extent("h2", 3)], of: Double.self, lifetime: .whole, owner: "Spectra")
    planner.declareOutside(OutsideMemory(name: "runtime", formula: "measured", bytes: 9 << 20, owner: "Batches"))
    return try planner.layout()
  }

  static func facts() throws -> RunFacts {
    var record = SealRecord()
    (record.allocations, record.releases, record.mappings, record.growthBytes) = (0, 0, 0, 0)
    (record.majorFaults, record.minorFaults) = (0, 1234)
    return RunFacts(
      plan: try plan(), lanes: 8, precision: "float32", threads: 1, history: "none",
      memory: MemoryFacts(
        ramPlannedBytes: 700 << 10, ramPeakBytes: 540 << 10, ramBudgetBytes: 2 << 20, romBytes: 16 << 20,
        romTouchedBytes: 10 << 20, residentPeakBytes: 11 << 20), afterSeal: record, seed: .max, version: "0.1.0")
  }

  static func evaluation(accuracy: Proportion? = Proportion(successes: 994, trials: 1000)) throws -> EvaluationReport {
    EvaluationReport(
      facts: try facts(), accuracy: accuracy,
      calibration: accuracy.map { _ in
        Calibration(
          expectedError: 0.01234, brierScore: 0.5, confusion: [[508, 4], [2, 486]],
          rocArea: ROCArea(value: 0.9999876, error: 2e-7))
      }, samples: 1000, batch: 64, seconds: 0.0125,
      latency: LatencySummary(p50Microseconds: 700.4, p90Microseconds: 12.25, p99Microseconds: 20_000, count: 16),
      modelPath: "m.safetensors", modelSHA256: "abc", predicted: [510, 490], meanConfidence: 0.91,
      largestResidual: 1e-11, largestStateError: 1e-10, predictionsPath: nil,
      lowConfidence: Proportion(successes: 12, trials: 1000),
      confidenceThreshold: 0.9, drift: nil,
      gate: QualityGate(misses: [.accuracy(lower: 0.98701, minimum: 0.99)]))
  }

  @Test func planText() throws {
    let page = ProcessMemory.pageBytes
    let pages = (8216 + page - 1) / page * page
    let lines = PlanReport.text(
      try Self.plan(), romBytes: 16 << 20, budgetBytes: 16 << 20, arenaBudgetBytes: 4 << 10
    ).split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    let ram = pages + 9 << 20
    #expect(
      lines[1...5] == [
        "lifetime, owner: shape", "states 8,192 0", "run, Kernel: amplitudes 128 × re/im 2 × lanes 8 × f32 4 B",
        "snapshots 24 8,192", "load–run, Spectra: h2 3 × f64 8 B",
      ])
    #expect(lines[6] == "arena 8,216" && lines[7].hasPrefix("offsets end here; in whole pages:"))
    #expect(lines[8...9] == ["runtime 9,437,184", "outside, Batches: measured"])
    #expect(lines[10].hasPrefix("RAM ") && lines[11] == "arena's pages and outside: 9.0 MiB")
    #expect(lines[12...13] == ["budget 16,777,216", "RAM: 16.0 MiB"])
    #expect(lines[16...19] == ["arena budget 4,096", "4.0 KiB", "missing 4,120", "arena: 4.0 KiB"])
    #expect(lines[20...21] == ["ROM 16,777,216", "the program's read-only segments, shared: 16.0 MiB"])
    #expect(try Self.plan().ramBytes == ram)
  }

  @Test func evaluationText() throws {
    let text = try Self.evaluation().text
    #expect(
      text == """
        model       m.safetensors
        sha256      abc
        accuracy    0.9940, 95 % interval 0.9870 to 0.9972 (994 of 1,000)
        gate        not met: the accuracy's 95 % interval begins at 0.9870,
                    evaluation.minimum-accuracy is 0.99
        throughput  80,000 samples/s: 1,000 in 12.5 ms
        latency     p50 700 µs, p90 12.2 µs, p99 20.0 ms a batch of 64, n = 16
        predicted   510, 490 a class
        confidence  0.9100 on average; below 0.9: 12 of 1,000
        calibrated  expected error 0.0123, Brier score 0.5000, ROC area 0.999988
        confusion   label 0: 508, 4; label 1: 2, 486
        residual    at most 1.00e-11; ground states are exact to 1.00e-10
        after seal  0 allocations, 0 frees, 0 mappings; 0 major and 1,234 minor faults
        RAM         540.0 KiB held, 700.0 KiB planned, budget 2.0 MiB
        ROM         10.0 MiB touched of 16.0 MiB; resident peak 11.0 MiB
        ran with    float32, 8 lanes, 1 thread
        seed        18446744073709551615
        version     0.1.0

        """)
    #expect(try Self.evaluation(accuracy: nil).text.contains("accuracy    unknown: the data have no labels\n"))
  }

  private func object(_ json: JSON) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any])
  }

  @Test func evaluationJSON() throws {
    let report = try object(try Self.evaluation().json)
    let needed: Set = [
      "accuracy", "accuracy_interval", "samples", "samples_per_second", "latency_microseconds",
      "allocations_after_seal", "arena_bytes", "ram_peak_bytes", "ram_budget_bytes", "rom_bytes",
      "rom_touched_bytes", "resident_peak_bytes", "model_sha256", "seed",
      "version", "precision", "lanes", "threads", "batch", "ram_planned_bytes", "predicted", "mean_confidence",
      "largest_residual", "largest_state_error", "gate", "plan", "expected_calibration_error", "brier_score",
    ]
    #expect(needed.subtracting(report.keys).isEmpty)
    #expect(report["accuracy"] as? Double == 0.994)
    let interval = try #require(report["accuracy_interval"] as? [Double])
    let expected = [0.9869718317581477, 0.9972473308581237]
    #expect(zip(interval, expected).allSatisfy { abs($0 - $1) < 1e-12 } && interval.count == 2)
    #expect(report["confusion"] as? [[Int]] == [[508, 4], [2, 486]] && report["brier_score"] as? Double == 0.5)
    #expect(report["roc_area"] as? Double == 0.9999876 && report["roc_area_error"] as? Double == 2e-7)
    let latency = try #require(report["latency_microseconds"] as? [String: Double])
    #expect(latency == ["p50": 700.4, "p90": 12.25, "p99": 20_000, "n": 16])
    #expect(report["allocations_after_seal"] as? Int == 0)
    #expect(report["arena_bytes"] as? Int == 8216)
    #expect(report["ram_planned_bytes"] as? Int == 700 << 10 && report["ram_peak_bytes"] as? Int == 540 << 10)
    #expect(report["seed"] as? UInt64 == .max)
    let buffers = try #require(report["plan"] as? [[String: Any]])
    #expect(buffers.map { $0["bytes"] as? Int } == [8192, 24])
    #expect(buffers.map { $0["offset"] as? Int } == [0, 8192])

    let unlabelled = try object(try Self.evaluation(accuracy: nil).json)
    for key in ["accuracy", "accuracy_interval", "expected_calibration_error", "brier_score", "confusion", "roc_area"] {
      #expect(unlabelled[key] is NSNull, "\(key)")
    }
  }

  @Test func training() throws {
    let report = TrainingReport(
      facts: try Self.facts(), modelPath: "s.safetensors", modelSHA256: "abc",
      teacher: TeacherReport(
        modelSHA256: "def", logitsPath: "t.tape", logitsSHA256: "fed",
        training: .accuracy(Proportion(successes: 7, trials: 8)),
        test: .accuracy(Proportion(successes: 10, trials: 10))),
      parameters: 46, iterations: 3, seconds: 2, firstLoss: 0.7, lastLoss: .nan,
      test: .accuracy(Proportion(successes: 9, trials: 10)), losses: [0.7, 0.35, .nan])
    let text = report.text
    for line in [
      "model          s.safetensors (written, 46 parameters)", "teacher        def",
      "its logits     t.tape", "their sha256   fed",
      "loss           0.700000 at first, nan at last, nats", "               █▁·",
      "accuracy       0.9000, 95 % interval 0.5958 to 0.9821 (9 of 10)",
      "the teacher's  1.0000, 95 % interval 0.7225 to 1.0000 (10 of 10)", "training       3 iterations in 2.0 s",
    ] {
      #expect(("\n" + text).contains("\n\(line)\n"), "\(line) is missing in\n\(text)")
    }
    let json = try object(report.json)
    #expect((json["losses"] as? [Any])?.count == 3)
    #expect(json["last_loss"] is NSNull)
    #expect(json["teacher_accuracy"] as? Double == 1 && json["teacher_training_accuracy"] as? Double == 0.875)
    #expect(json["teacher_logits"] as? String == "t.tape" && json["teacher_logits_sha256"] as? String == "fed")
    #expect(json["job"] as? String == "distill")
  }

  @Test func planShowsWhereSettingsComeFrom() throws {
    var resolution = Resolution()
    try resolution.apply([
      Assignment(key: "seed", value: .integer(3), origin: .profile(path: "p.toml", line: 2)),
      Assignment(key: "host.threads", value: .text("2"), origin: .flag("--threads")),
      Assignment(key: "host.lanes", value: .text("8"), origin: .environment(variable: "QKD_HOST_LANES")),
    ])
    let planned = PlannedRun(
      job: .distill, plan: try Self.plan(), lanes: 8, precision: "float32", threads: 2, history: "stored",
      memoryBudgetBytes: 1 << 20, arenaBudgetBytes: nil)
    let json = try object(planned.json(resolution))
    #expect(json["fits"] as? Bool == false)
    let settings = try #require(json["settings"] as? [String: [String: Any]])
    #expect(Set(settings.keys).union(["description"]) == Set(SettingKey.all.map(\.name)))
    #expect(settings["seed"]?["origin"] as? String == "profile")
    #expect(settings["seed"]?["place"] as? String == "p.toml:2")
    #expect(settings["host.threads"]?["origin"] as? String == "flag")
    #expect(settings["host.threads"]?["value"] as? Int == 2)
    #expect(settings["host.lanes"]?["place"] as? String == "QKD_HOST_LANES")
    #expect(settings["host.memory"]?["origin"] as? String == "default")
    let lines = planned.text(resolution).split(separator: "\n").map(String.init)
    let threads = lines.first { $0.hasPrefix("host.threads ") }?.split(separator: " ")
    #expect(threads == ["host.threads", "2", "(--threads)"])
    #expect(lines.contains { $0.hasPrefix("missing ") })
  }

  @Test func model() throws {
    let model = Model(
      ansatz: Ansatz(qubits: 2, layers: 1, entangler: .ring, finalRotation: true),
      observables: [try Observable("Z0"), try Observable("Z1")], angles: [Double](repeating: 0.1, count: 12),
      scales: [1.5, 2], biases: [-0.25, 0], encoder: .state, provenance: ["seed": "7", "command": "x \"y\""])
    #expect(
      ModelReport.text(model, path: "m", digest: "abc") == """
        model            m
        sha256           abc
        circuit          2 qubits, 1 layer
        entangler        ring
        entangling gate  cnot
        rotation         half
        qubit order      little-endian
        final rotation   yes
        encoder          state
        angles           [layer 2, qubit 2, axis 3], radians
        logit 0          1.5 * <Z0> + -0.25
        logit 1          2 * <Z1> + 0
        made: command    x "y"
        made: seed       7

        """)
    let json = try object(ModelReport.json(model, path: "m", digest: "abc"))
    #expect(json["provenance"] as? [String: String] == ["seed": "7", "command": "x \"y\""])
    #expect(json["angles_shape"] as? [Int] == [2, 2, 3])
    #expect(json["entangler"] as? String == "ring" && json["entangling_gate"] as? String == "cnot")
    let list = Model(
      ansatz: Ansatz(qubits: 2, layers: 1, entangler: try #require(Entangler(name: "1-0,0-1")), entanglingGate: .cz),
      observables: model.observables, angles: [Double](repeating: 0.1, count: 6), scales: [1, 1], biases: [0, 0],
      encoder: .state)
    let lines = ModelReport.text(list, path: "m", digest: "abc").split(separator: "\n")
    #expect(lines.contains("entangler        1-0, 0-1") && lines.contains("entangling gate  cz"))
    let other = try object(ModelReport.json(list, path: "m", digest: "abc"))
    #expect(other["entangler"] as? String == "1-0, 0-1" && other["entangling_gate"] as? String == "cz")
  }
}
