import Foundation
import Glibc
import Testing

/// What others see of a profile's runs: metrics for Prometheus, and the answer to a monitoring system.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct MonitoringTests {
  private static let report = "[report]\nprometheus = \"qkd.prom\""

  private func check(_ spool: SpoolFixture, _ more: String...) throws -> Binary.Result {
    try Binary.run(["check", "--profile", spool.path + "/station.toml"] + more)
  }

  /// Values of the metrics by name, labels aside.
  private func metrics(_ spool: SpoolFixture) -> [String: Double] {
    var values: [String: Double] = [:]
    for line in spool.get("qkd.prom").split(separator: "\n") where !line.hasPrefix("#") {
      values[String(line.prefix { $0 != "{" }).replacing("qkd_run_", with: "")] = Double(
        line.split(separator: " ").last!)
    }
    return values
  }

  @Test func metricsOfRuns() throws {
    let spool = SpoolFixture(settings: "[evaluation]\ndrift-significance = 0.000001\n" + Self.report)
    spool.drop("a.ndjson", SpoolFixture.rows(20, seed: 1))
    spool.drop("b.ndjson", SpoolFixture.rows(20, seed: 2))
    let before = Date().timeIntervalSince1970
    #expect(try spool.run().code == 0)
    let first = metrics(spool)
    let moment = try #require(first["last_success_timestamp_seconds"])
    #expect(moment >= before - 1 && moment <= Date().timeIntervalSince1970 + 1)
    #expect(first["last_attempt_timestamp_seconds"] == moment && first["success"] == 1 && first["exit_code"] == 0)
    #expect(first["files_done_total"] == 2 && first["files_rejected_total"] == 0 && first["samples_total"] == 40)
    // The two inputs together.
    let correct = spool.metrics.compactMap { $0["correct"] as? Int }.reduce(0, +)
    #expect(first["accuracy_ratio"] == Double(correct) / 40 && first["low_confidence_ratio"] == 0)
    #expect(first["accuracy_lower_ratio"]! < first["accuracy_ratio"]!)
    #expect(first["accuracy_upper_ratio"]! > first["accuracy_ratio"]! && (0...1).contains(first["drift_p_value"]!))
    #expect(first["ram_held_bytes"]! > 0 && first["ram_held_bytes"]! <= first["ram_planned_bytes"]!)
    #expect(first["ram_budget_bytes"] == 2_097_152 && first["duration_seconds"]! > 0)
    let text = spool.get("qkd.prom")
    let sha256 = try #require(spool.metrics[0]["model_sha256"] as? String)
    #expect(text.contains("\nqkd_run_model_info{profile=\"\(spool.path)/station.toml\",sha256=\"\(sha256)\",version="))
    #expect(text.contains("\n# TYPE qkd_run_samples_total counter\nqkd_run_samples_total{profile=\""))
    var status = stat()
    #expect(stat(spool.path + "/qkd.prom", &status) == 0 && status.st_mode & 0o777 == 0o644)
    #expect(!spool.names("").contains { $0.hasPrefix(".qkd-run.") })

    // Nothing to do is a success; what was found out stays.
    #expect(try spool.run().code == 0)
    let second = metrics(spool)
    #expect(second["last_success_timestamp_seconds"]! >= moment && second["samples_total"] == 40)
    #expect(second["accuracy_ratio"] == first["accuracy_ratio"])
    // Failures leave the last success.
    spool.drop("bad", "1 2 3\n")
    #expect(try spool.run().code == 3)
    #expect(try spool.run("--model", spool.path + "/nothing").code == 66)
    let third = metrics(spool)
    #expect(third["last_success_timestamp_seconds"] == second["last_success_timestamp_seconds"])
    #expect(third["last_attempt_timestamp_seconds"]! >= second["last_attempt_timestamp_seconds"]!)
    #expect(third["success"] == 0 && third["exit_code"] == 66 && third["failures_since_success"] == 2)
    #expect(third["failures_total"] == 2 && third["files_rejected_total"] == 1 && third["files_done_total"] == 2)
    #expect(try spool.run().code == 0)
    #expect(metrics(spool)["failures_since_success"] == 0 && metrics(spool)["failures_total"] == 2)
    #expect(metrics(spool).count == 20)
  }

  /// A run that leaves its work to another is no run.
  @Test func anothersSpool() throws {
    let spool = SpoolFixture(settings: Self.report)
    #expect(try spool.run().code == 0)
    let text = spool.get("qkd.prom")
    let descriptor = open(spool.path + "/results", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(descriptor, LOCK_EX) == 0)
    #expect(try spool.run().code == 75 && spool.run("--if-locked", "skip").code == 0)
    #expect(spool.get("qkd.prom") == text)
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  @Test func oneFile() throws {
    let spool = SpoolFixture()
    let arguments = [
      "--model", SpoolFixture.model, "--samples", "64", "--set", "report.prometheus=" + spool.path + "/qkd.prom",
    ]
    #expect(try Binary.run(arguments, environment: ["QKD_HOST_AUDIT": "true"]).code == 0)
    #expect(metrics(spool)["samples_total"] == 64 && metrics(spool)["accuracy_ratio"]! > 0.9)
    #expect(spool.get("qkd.prom").contains("qkd_run_success{profile=\"\"} 1\n"))
    let gate = try Binary.run(arguments + ["--set", "evaluation.minimum-accuracy=1"])
    #expect(gate.code == 4 && metrics(spool)["exit_code"] == 4 && metrics(spool)["files_gate_missed_total"] == 1)
  }

  @Test func placesThatAreNone() throws {
    let spool = SpoolFixture()
    spool.put("other.prom", "node_load1 0.5\n")
    spool.drop("a", SpoolFixture.rows(1, seed: 1))
    let other = try spool.run("--set", "report.prometheus=\(spool.path)/other.prom")
    #expect(other.code == 78 && other.errors.contains("a file that qkd-run wrote, or a name that nothing has"))
    #expect(spool.get("other.prom") == "node_load1 0.5\n")
    #expect(try spool.run("--set", "report.prometheus=\(spool.path)/no/x.prom").code == 73)
    #expect(try spool.run("--set", "report.prometheus=x.txt").code == 64)
    // Before anything was touched.
    #expect(spool.names("inbox") == ["a"] && spool.names("results").isEmpty)
    let alone = try Binary.run(["--model", SpoolFixture.model, "--set", "report.keep=by-model"])
    #expect(alone.code == 78 && alone.errors.contains("latest without spool.inbox"))
  }

  @Test func promtoolIsContent() throws {
    let promtool = "/usr/bin/promtool"
    guard FileManager.default.isExecutableFile(atPath: promtool) else {
      print("promtool is not installed: it did not look at the metrics (tools/install-dependencies --for-metrics)")
      return
    }
    let spool = SpoolFixture(settings: "[evaluation]\ndrift-significance = 0.000001\n" + Self.report)
    spool.drop("a.ndjson", SpoolFixture.rows(40, seed: 1))
    #expect(try spool.run().code == 0)
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: promtool)
    process.arguments = ["check", "metrics"]
    process.standardInput = FileHandle(forReadingAtPath: spool.path + "/qkd.prom")
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && said == "", "\(said)")
  }

  /// Skipped, with a message, where there is no node_exporter.
  @Test func aRealExporterReads() throws {
    let (process, output) = (Process(), Pipe())
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    process.executableURL = URL(fileURLWithPath: root + "/tools/scrape")
    process.arguments = ["20"]
    process.environment = ProcessInfo.processInfo.environment.merging(["QKD_RUN_BINARY": Binary.path]) { $1 }
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    print(said, terminator: "")
  }

  @Test func checkSaysHowItGoes() throws {
    let spool = SpoolFixture(ownsModel: true, settings: "[evaluation]\nminimum-accuracy = 0.1\n" + Self.report)
    func expect(
      _ code: Int32, _ start: String, _ parts: String..., max age: String = "1h",
      _ location: SourceLocation = #_sourceLocation
    ) throws {
      let state = spool.state
      let result = try check(spool, "--max-age", age)
      #expect(result.code == code && result.errors == "", "\(result)", sourceLocation: location)
      #expect(result.output.hasPrefix(start) && result.output.hasSuffix("\n"), "\(result)", sourceLocation: location)
      #expect(result.output.split(separator: "\n").count == 1, "\(result)", sourceLocation: location)
      for part in parts { #expect(result.output.contains(part), "\(result)", sourceLocation: location) }
      #expect(spool.state == state, "it changed something", sourceLocation: location)
    }
    try expect(2, "QKD CRITICAL - no success yet; ")
    spool.drop("a.ndjson", SpoolFixture.rows(20, seed: 1))
    #expect(try spool.run().code == 0)
    try expect(
      0, "QKD OK - last success ",
      " s ago; no failure since; no file rejected; accuracy 0.2500 (0.1119 to 0.4687), "
        + "at least 0.1 expected; model 95e90a4f, not pinned | age=",
      "s;;3600;0 failures=0;0;;0 waiting=0;;;0 "
        + "rejected=0;0;;0 accuracy=0.25;;;0;1 accuracy_lower=0.1118", ";0.1:;;0;1 low_confidence=0;;;0;1 ram_held=")
    // Too old: the clock ticks in seconds.
    usleep(1_100_000)
    try expect(2, "QKD CRITICAL - last success ", " ago, allowed are at most 0 s; ", max: "0s")
    spool.drop("bad", "1 2 3\n")
    #expect(try spool.run().code == 3)
    try expect(
      1, "QKD WARNING - 1 failure since (the last with exit code 3); 1 file rejected, in \(spool.path)/rejected; ",
      " failures=1;0;;0 ", " rejected=1;0;;0 ")
    unlink(spool.path + "/rejected/bad")
    unlink(spool.path + "/rejected/bad.reason.json")
    #expect(try spool.run().code == 0)
    try expect(0, "QKD OK - ")
    // What waits is told of; a run at work is not disturbed, and does not disturb.
    spool.drop("c.ndjson", SpoolFixture.rows(2, seed: 1, label: nil))
    let descriptor = open(spool.path + "/results", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #expect(flock(descriptor, LOCK_EX) == 0)
    try expect(0, "QKD OK - ", "; 1 file waits; ", " waiting=1;;;0 ")
    flock(descriptor, LOCK_UN)
    close(descriptor)
    spool.put("model.safetensors", "none")
    try expect(2, "QKD CRITICAL - ", "/model.safetensors: ")
  }

  /// With a clock that was set back.
  @Test func checkOfASuccessToCome() throws {
    let spool = SpoolFixture(settings: Self.report)
    #expect(try spool.run().code == 0)
    let text = spool.get("qkd.prom")
    let name = "qkd_run_last_success_timestamp_seconds{"
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name) })
    for (ahead, start) in [
      (30.0, "QKD OK - last success 0 s ago; "),
      (259_300, "QKD WARNING - last success 3 d in the future: is the clock right?; "),
      (7300, "QKD WARNING - last success 2 h in the future: is the clock right?; "),
    ] {
      let moment = Date().timeIntervalSince1970 + ahead
      spool.put("qkd.prom", text.replacing(line, with: name + "profile=\"\"} \(moment)"))
      let result = try check(spool)
      #expect(result.code == (ahead > 60 ? 1 : 0) && result.output.hasPrefix(start), "\(result)")
      #expect(result.output.contains(" | age=0s;"), "\(result)")
    }
  }

  @Test func checkKnowsTheModel() throws {
    let pin = String(repeating: "0a", count: 32)
    let spool = SpoolFixture(pin: pin, settings: Self.report)
    #expect(try spool.run().code == 65)
    let other = try check(spool)
    #expect(other.code == 2 && other.output.contains("; model 95e90a4f is not the pinned one, 0a0a0a0a; "))
    let digest = "95e90a4ff4f63e09132d1e9c6dd0c55d4e72202277a83965a49b922d27a125f6"
    #expect(try spool.run("--model-sha256", digest).code == 0)
    let right = try check(spool, "--set", "model.sha256=" + digest)
    #expect(right.code == 0 && right.output.contains("; model 95e90a4f, as pinned | "), "\(right)")
  }

  /// Without the file of metrics: what the spool alone says.
  @Test func checkOfASpoolAlone() throws {
    let spool = SpoolFixture(settings: "[evaluation]\nminimum-accuracy = 0.9")
    #expect(try check(spool).output.hasPrefix("QKD CRITICAL - no evaluation yet; "))
    spool.drop("a.ndjson", SpoolFixture.rows(20, seed: 1))
    #expect(try spool.run().code == 4)
    let missed = try check(spool)
    #expect(missed.code == 1 && missed.output.hasPrefix("QKD WARNING - a.ndjson misses evaluation.minimum-accuracy; "))
    #expect(missed.output.contains("; last evaluation ") && !missed.output.contains("failure"))
    let json = try EndToEndTests.json(check(spool, "--format", "json"))
    #expect(json["status"] as? String == "WARNING" && (json["problems"] as? [String])?.count == 2)
  }

  @Test func checkThatCannotSay() throws {
    let spool = SpoolFixture(settings: Self.report)
    let station = ["--profile", spool.path + "/station.toml"]
    for (arguments, part) in [
      ([], "check needs a profile (--profile)"), (["--profile", "nope"], "no profile \"nope\""),
      (station + ["--max-age", "2"], "--max-age is '2'; allowed is a whole number with s, m, h or d behind it"),
      (station + ["--bogus"], "Unknown option '--bogus'"),
      (station + ["--set", "spool.inbox=/no|where"], "/no/where: could not be opened"),
      (["--set", "spool.inbox=i"], "needs model.path: give it with --set model.path=FILE, or in a profile"),
      (
        ["--set", "model.path=m", "--set", "spool.inbox=i"],
        "needs spool.results: give it with --set spool.results=FOLDER"
      ),
      (["--set", "model.path=m"], "report.prometheus = nothing: allowed is a file that runs leave"),
    ] {
      let result = try Binary.run(["check"] + arguments)
      #expect(result.code == 3 && result.errors == "", "\(arguments): \(result)")
      #expect(result.output.hasPrefix("QKD UNKNOWN - ") && result.output.contains(part), "\(arguments): \(result)")
      #expect(result.output.split(separator: "\n").count == 1)
    }
    #expect(try Binary.run(["check", "--help"]).code == 0)
  }

  /// Values that no run writes, and files of others.
  @Test func checkOfDamagedMetrics() throws {
    let spool = SpoolFixture(settings: Self.report)
    #expect(try spool.run().code == 0 && check(spool).code == 0)
    let lines = spool.get("qkd.prom").split(separator: "\n")
    func expectUnknown(_ text: String, _ part: String, _ location: SourceLocation = #_sourceLocation) throws {
      spool.put("qkd.prom", text)
      let result = try check(spool)
      #expect(result.code == 3 && result.errors == "", "\(result)", sourceLocation: location)
      #expect(result.output.hasPrefix("QKD UNKNOWN - "), "\(result)", sourceLocation: location)
      #expect(result.output.contains("\(spool.path)/qkd.prom" + part), "\(result)", sourceLocation: location)
    }
    for (name, values) in [
      ("exit_code", ["NaN", "+Inf", "-Inf", "1e30", "1.5", "256", "-1", "abc", ""]),
      ("failures_since_success", ["NaN", "+Inf", "1e30", "0.5", "-1"]), ("files_done_total", ["x", "1e300"]),
      ("last_success_timestamp_seconds", ["NaN", "1e300", "-1", "soon"]),
    ] {
      let index = try #require(lines.firstIndex { $0.hasPrefix("qkd_run_\(name){") })
      for value in values {
        var damaged = lines
        damaged[index] = "qkd_run_\(name){profile=\"x\"} \(value)"
        try expectUnknown(
          damaged.joined(separator: "\n") + "\n",
          ": line \(index + 1) has a value that no run writes: the file is damaged. The next run writes it anew")
      }
    }
    // It does.
    #expect(try spool.run().code == 0 && check(spool).code == 0)
    try expectUnknown("node_load1 0.5\n", ": allowed is a file that qkd-run wrote, or a name that nothing has")
    try expectUnknown("\u{7}\u{1b}\u{2}", ": allowed is a file that qkd-run wrote")
  }

  @Test func logsOfObjectsSaySuccess() throws {
    let spool = SpoolFixture()
    let done = #"{"level": "info", "message": "done", "exit_code": 0}"# + "\n"
    #expect(try spool.run("--log-format", "json").errors == done)
    #expect(try spool.run("--log-format", "json", "--quiet").errors == "" && spool.run().errors == "")
    spool.drop("bad", "1 2 3\n")
    #expect(try !spool.run("--log-format", "json").errors.contains("info"))
  }
}
