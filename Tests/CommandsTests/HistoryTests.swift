import Foundation
import Testing

@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct HistoryTests {
  @Test func historyOfASpool() throws {
    let spool = SpoolFixture(settings: "[evaluation]\nmaximum-low-confidence = 0.5")
    let early = try Binary.run(["history", "--profile", spool.path + "/station.toml"])
    #expect(early.code == 66 && early.output == "")
    #expect(early.errors == "qkd-run: nothing was evaluated yet: there is no \(spool.path)/results/metrics.ndjson\n")
    for index in 0..<3 {
      spool.drop("\(index).ndjson", SpoolFixture.rows(4, seed: index), changed: 1_700_000_000 + 3600 * index)
    }
    #expect(try spool.run().code == 0)
    let shown = try Binary.run(["history", "--profile", spool.path + "/station.toml"])
    #expect(shown.code == 0 && shown.errors == "")
    let lines = shown.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("input     time                  samples  accuracy (95 % interval)"))
    #expect(lines[1].hasPrefix("  gate  confidence ") && lines.allSatisfy { $0.count <= 80 })
    #expect(lines[2].hasPrefix("0.ndjson  2023-11-14T22:13:20Z        4  ") && lines[3].hasPrefix("  met  "))
    #expect(lines[6].hasPrefix("2.ndjson  2023-11-15T00:13:20Z"))
    #expect(lines.contains { $0.hasPrefix("accuracy    ") } && lines.contains { $0.hasPrefix("class 1 ") })
    let file = spool.path + "/results/metrics.ndjson"
    #expect(try Binary.run(["history", file]).output == shown.output)
    let last = try Binary.run(["history", file, "--last", "1", "--format", "json"])
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(last.output.utf8)) as? [[String: Any]])
    #expect(entries.count == 1 && entries[0]["input"] as? String == "2.ndjson")
    // A line that is being written.
    spool.put("cut", spool.get("results/metrics.ndjson") + "{\"input\": \"3")
    #expect(try Binary.run(["history", spool.path + "/cut"]).output == shown.output)
    spool.put("other", spool.get("results/metrics.ndjson") + "{\"input\": 3}\n")
    let other = try Binary.run(["history", spool.path + "/other"])
    #expect(other.code == 65 && other.errors.contains("line 4 is none of the metrics"))
    #expect(try Binary.run(["history"]).code == 64)
    #expect(try Binary.run(["history", spool.path + "/nothing"]).code == 66)
    #expect(try EndToEndTests.run("history", "--profile", "small-device").code == 64)
  }

  /// Curves over many inputs, and what is marked below them.
  @Test(arguments: ["C.UTF-8", "POSIX"]) func curves(_ locale: String) throws {
    let spool = SpoolFixture(settings: "")
    let lines = (0..<96).map { index in
      let (model, p) = (index < 48 ? "a" : "b", index < 48 ? 0.5 : 1e-9)
      return """
        {"input": "\(index)", "time": "2026-01-05T06:00:00Z", "samples": 100, "accuracy": \(index < 48 ? 0.9 : 0.8), \
        "accuracy_interval": [0.7, 0.95], "mean_confidence": 0.9, "low_confidence": 3, "predicted": [50, 50], "drift": \
        {"statistic": 1, "degrees": 1, "p": \(p)}, "gate": {"passed": \(index != 95), "misses": []}, \
        "model_sha256": "\(String(repeating: model, count: 64))"}

        """
    }
    spool.put("results/metrics.ndjson", lines.joined())
    let shown = try Binary.run(
      ["history", spool.path + "/results/metrics.ndjson", "--last", "0"], environment: ["LC_ALL": locale])
    let rows = shown.output.split(separator: "\n")
    let isUnicode = locale == "C.UTF-8"
    let (low, high) = isUnicode ? ("▁", "█") : ("_", "@")
    let curve = String(repeating: high, count: 24) + String(repeating: low, count: 24)
    #expect(rows.contains("accuracy    \(curve)  0.8000 to 0.9000"), "\(shown.output)")
    #expect(rows.contains("drift p     \(curve)  1.00e-9 to 0.5000"))
    func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
    #expect(rows.contains("model       \(blanks(24))*\(blanks(25))* another model"))
    #expect(rows.contains("gate        \(blanks(47))x  x missed"))
    #expect(rows.allSatisfy { $0.count <= 80 } && rows.contains { $0.contains("bbbbbbbb *") })
    #expect(isUnicode || shown.output.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func gatesGiveTheirReasons() throws {
    let settings = "[evaluation]\nminimum-accuracy = 0.9\ndrift-significance = 0.01\nmaximum-low-confidence = 0.1"
    let spool = SpoolFixture(settings: settings)
    // A hundred times one state is one class, of which the model's own test had about half.
    spool.drop("drifted", (0..<100).map { _ in SpoolFixture.rows(1, seed: 0, label: "1") }.joined())
    // Without labels, and too few to say anything of their distribution.
    spool.drop("unlabelled", SpoolFixture.rows(2, seed: 1, label: nil))
    let result = try spool.run()
    #expect(result.code == 4 && result.output == "")
    #expect(result.errors.contains("/inbox/drifted: the quality gate is not met: "))
    #expect(result.errors.contains("the predicted classes have drifted"))
    #expect(result.errors.hasSuffix("1 file misses the quality gate; 2 files evaluated\n"))
    let gate = try #require(try spool.report("drifted.json")["gate"] as? [String: Any])
    #expect(gate["passed"] as? Bool == false)
    #expect((gate["misses"] as? [String])?.contains("evaluation.drift-significance") == true)
    let drift = try #require(try spool.report("drifted.json")["drift"] as? [String: Any])
    #expect(drift["degrees"] as? Int == 1)
    let other = try spool.report("unlabelled.json")
    #expect((other["gate"] as? [String: Any])?["passed"] as? Bool == true && other["drift"] is NSNull)
    #expect(spool.names("inbox").isEmpty && spool.metrics.count == 2)
    // It was told once.
    #expect(try spool.run().code == 0)
  }

  /// An input without labels is not held to an accuracy, nor so few answers to drift.
  @Test func whatIsNotJudgedMeetsNoGate() throws {
    let spool = SpoolFixture(settings: "[evaluation]\nminimum-accuracy = 0.9\ndrift-significance = 0.01")
    spool.drop("unlabelled", SpoolFixture.rows(2, seed: 1, label: nil))
    #expect(try spool.run().code == 0)
    #expect(try spool.report("unlabelled.json")["gate"] is NSNull && spool.metrics[0]["gate"] is NSNull)
    let shown = try Binary.run(["history", "--profile", spool.path + "/station.toml"]).output.split(separator: "\n")
    #expect(shown[3].hasPrefix("  -  "), "\(shown)")
  }

  @Test func theGateOfOneFile() throws {
    let run = { (key: String) in try EndToEndTests.run("--profile", "small-device", "--set", "evaluation." + key) }
    let drift = try run("drift-significance=0.01")
    #expect(drift.code == 0 && drift.output.contains("drift       chi-squared 0.00, 1 degree of freedom, p = 1.0000"))
    let low = try run("maximum-low-confidence=0.001")
    #expect(low.code == 4 && low.output.contains("gate        not met: a share of ") && low.errors.contains("0.001"))
    #expect(try run("maximum-low-confidence=0.9").code == 0)
  }
}
