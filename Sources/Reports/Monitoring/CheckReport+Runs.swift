import Batches
import Evaluation
import Files
import Glibc
import Settings

extension CheckReport {
  /// How the runs of a profile go, by what they left: the file of `report.prometheus`, the spool's metrics and folders,
  /// the model. Reads alone, and holds no lock.
  /// - Parameter maxAge: seconds, which the last success may be old.
  /// - Throws: `CommandError` where nothing can be said.
  package init(_ settings: Settings, maxAge: Double) throws(CommandError) {
    self.init()
    var (file, line, lastWritten): (MetricsFile?, MetricsLine?, Double?) = (nil, nil, nil)
    let path = settings.report.prometheusPath
    if !path.isEmpty {
      do { file = try MetricsFile(reading: path) } catch { throw .session(.file(error)) }
      try file?.checkOwn()
      if let line = file?.damagedLine { throw .runMetrics(path: path, line: line) }
    }
    if settings.spool.isUsed {
      line = try Self.lastInput(settings.spool.metricsFile)
      lastWritten = line == nil ? nil : fileStatus(settings.spool.metricsFile).map { Double($0.seconds) }
    } else if path.isEmpty {
      throw .session(
        .setting(
          name: "report.prometheus", given: "nothing",
          allowed: "a file that runs leave, where there is no spool.inbox: it says when they ended"))
    }
    let now = Double(time(nil))
    addSuccess(file, evaluated: lastWritten, now, maxAge)
    if settings.spool.isUsed { try addSpool(settings, now, maxAge) }
    if let line, line.passed == false {
      add("\(line.input) misses \(line.misses.joined(separator: ", "))", .warning)
    }
    addScores(file, line, settings.evaluation)
    addModel(settings)
    if let held = file?.values[.ramHeld] {
      let planned = file?.values[.ramPlanned] ?? .nan
      add(Figure(name: "ram_held", value: held, unit: "B", critical: JSON.numberText(planned), ends: "0"))
    }
  }

  /// The last line of a spool's metrics that is of an input.
  private static func lastInput(_ path: String) throws(CommandError) -> MetricsLine? {
    if !fileExists(path) { return nil }
    do {
      if let bytes = try LineLog.lastLine(of: OwnFile(path: path)), let line = MetricsLine(bytes), line.event == nil {
        return line
      }
    } catch { throw .session(.file(error)) }
    return try History(path: path, last: 100).entries.last { $0.event == nil }
  }

  /// - Parameter evaluated: when an input was evaluated last, of a spool.
  private mutating func addSuccess(_ file: MetricsFile?, evaluated: Double?, _ now: Double, _ maxAge: Double) {
    let success = (file?.values[.lastSuccess]).flatMap { $0 > 0 ? $0 : nil }
    // Without the file runs that found nothing to do leave no trace.
    let what = file == nil ? "evaluation" : "success"
    if let moment = file == nil ? evaluated : success {
      let age = max(0, now - moment)
      let text = "last \(what) \(ageText(age)) ago"
      // Clocks of a network differ by seconds; with one that was set back no success grows old.
      if moment - now > 60 {
        add("last \(what) \(ageText(moment - now)) in the future: is the clock right?", .warning)
      } else if age > maxAge {
        add(text + ", allowed are at most \(ageText(maxAge))", .critical)
      } else {
        add(text)
      }
      let figure = Figure(
        name: "age", value: age.rounded(), unit: "s", critical: JSON.numberText(maxAge.rounded()), ends: "0")
      add(figure)
    } else {
      add("no \(what) yet", .critical)
    }
    guard let file else { return }
    let failures = file.values[.failuresSince] ?? 0
    let code = file.values[.exitCode].map { " (the last with exit code \(Int($0)))" } ?? ""
    if failures > 0 {
      add(counted(Int(failures), "failure", "failures") + " since" + code, .warning)
    } else {
      add("no failure since")
    }
    add(Figure(name: "failures", value: failures, warning: "0", ends: "0"))
  }

  private mutating func addSpool(_ settings: Settings, _ now: Double, _ maxAge: Double) throws(CommandError) {
    let glance: SpoolGlance
    do { glance = try SpoolGlance(settings) } catch { throw .session(error) }
    if let waiting = glance.waiting {
      let age = glance.waitingSince.map { max(0, now - Double($0)) } ?? 0
      if age > maxAge {
        add(counted(waiting, "file waits", "files wait") + ", the first for \(ageText(age))", .critical)
      } else if waiting > 0 {
        add(counted(waiting, "file waits", "files wait"))
      }
      add(Figure(name: "waiting", value: Double(waiting), ends: "0"))
    }
    if let since = glance.strayLabelsSince {
      // Labels may come before their input; after so long they are of another name.
      let text = counted(glance.strayLabels, "file of labels waits", "files of labels wait") + " for an input"
      if now - Double(since) > maxAge { add(text, .warning) } else { add(text) }
    }
    if glance.rejected > 0 {
      let files = counted(glance.rejected, "file", "files")
      add("\(files) rejected, in \(settings.spool.rejectedFolder)", .warning)
    } else {
      add("no file rejected")
    }
    add(Figure(name: "rejected", value: Double(glance.rejected), warning: "0", ends: "0"))
  }

  /// Of the last run that evaluated something; without its file, of the input that was evaluated last.
  private mutating func addScores(_ file: MetricsFile?, _ line: MetricsLine?, _ gate: EvaluationSettings) {
    func value(_ metric: RunMetric, _ own: Double?) -> Double? { file == nil ? own : file?.values[metric] }
    func from(_ least: Double?) -> String { least.map { JSON.numberText($0) + ":" } ?? "" }
    func upTo(_ most: Double?) -> String { most.map { JSON.numberText($0) } ?? "" }
    let isRegression = line?.isRegression ?? (file?.values[.rmse] != nil)
    if isRegression {
      let upper = value(.rmseUpper, line?.interval?.upper)
      if let rmse = value(.rmse, line?.rmse) {
        add("RMSE \(shortText(rmse))" + interval(value(.rmseLower, line?.interval?.lower), upper, shortText))
        add(Figure(name: "rmse", value: rmse))
        if let upper { add(Figure(name: "rmse_upper", value: upper, warning: upTo(gate.maximumRMSE))) }
      }
    } else if let accuracy = value(.accuracy, line?.accuracy) {
      let lower = value(.accuracyLower, line?.interval?.lower)
      let ends = interval(lower, value(.accuracyUpper, line?.interval?.upper)) { fixedText($0, digits: 4) }
      let expected = gate.minimumAccuracy.map { ", at least \(shortestText($0)) expected" } ?? ""
      let isLow = lower.map { $0 < gate.minimumAccuracy ?? 0 } ?? false
      add("accuracy \(fixedText(accuracy, digits: 4))" + ends + expected, isLow ? .warning : .ok)
      add(Figure(name: "accuracy", value: accuracy, ends: "0;1"))
      if let lower {
        add(Figure(name: "accuracy_lower", value: lower, warning: from(gate.minimumAccuracy), ends: "0;1"))
      }
    }
    if !isRegression, let low = value(.lowConfidence, line?.lowShare) {
      add(Figure(name: "low_confidence", value: low, warning: upTo(gate.maximumLowConfidence), ends: "0;1"))
    }
    if let p = value(.drift, line?.driftP) {
      let drifts = gate.driftSignificance.map { p < $0 } ?? false
      add((drifts ? "drift, p = " : "no drift, p = ") + shortText(p), drifts ? .warning : .ok)
      add(Figure(name: "drift_p", value: p, warning: from(gate.driftSignificance), ends: "0;1"))
    }
  }

  private mutating func addModel(_ settings: Settings) {
    let path = settings.model.path
    let digest: String
    do {
      digest = try readModel(path, setting: "model.path", settings.host).1
    } catch { return add(ErrorText.text(error), .critical) }
    let short = String(digest.prefix(8))
    guard let pinned = settings.model.sha256 else { return add("model \(short), not pinned") }
    if pinned == digest {
      add("model \(short), as pinned")
    } else {
      add("model \(short) is not the pinned one, \(pinned.prefix(8))", .critical)
    }
  }

  private func interval(_ lower: Double?, _ upper: Double?, _ text: (Double) -> String) -> String {
    guard let lower, let upper else { return "" }
    return " (\(text(lower)) to \(text(upper)))"
  }
}

/// In the largest unit of which there are at least two: `90 min`, `2 h`.
func ageText(_ seconds: Double) -> String {
  for (unit, size) in [("d", 86_400.0), ("h", 3600), ("min", 60)] where seconds >= 2 * size {
    return wholeText((seconds / size).rounded(.down)) + " " + unit
  }
  return wholeText(seconds) + " s"
}
