import Batches
import Evaluation
import Files
import Models
import Reports
import Samples
import Settings

/// Parts of `evaluate` on a file: what a part writes, and how they are joined.
enum EvaluationParts {
  /// What the parts of one evaluation have in common.
  static let common = ["version", "settings", "predictions_format", "gate"]

  /// Writes the part's file beside its predictions.
  /// - Parameter path: of the part's file.
  static func write(
    _ report: EvaluationReport, _ settings: Settings, _ shard: Shard, to path: String
  ) throws(CommandError) {
    let predictions = settings.evaluation.predictionsPath
    let name = predictions.utf8.lastIndex(of: UInt8(ascii: "/")).map {
      String(predictions[predictions.utf8.index(after: $0)...])
    }
    do {
      let members: [(String, JSON)] =
        [
          ("report", .string("evaluate")), ("version", .string(report.facts.version)),
          ("settings", .object(try identity(report, settings))),
          ("predictions_format", .string(try PredictionFormat(path: predictions).rawValue)),
          ("gate", try gate(settings, isRegression: report.numbers != nil)),
          ("samples", .integer(report.samples)),
        ] + found(report) + [
          ("predictions", .string(name ?? predictions)),
          ("predictions_sha256", .string(try SHA256.hex(ofFile: predictions))),
        ]
      try Part.write(members, shard, to: path)
    } catch let error as FileError { throw .session(.file(error)) } catch let error as SampleError {
      throw .session(.samples(path: predictions, error))
    } catch let error as ModelError { throw .session(.model(path: settings.model.path, error)) } catch {
      preconditionFailure("\(error)")
    }
  }

  private static func found(_ report: EvaluationReport) -> [(String, JSON)] {
    if let numbers = report.numbers { return NumberParts.members(numbers, predicted: report.predicted) }
    return [
      ("labelled", .integer(report.accuracy?.trials ?? 0)), ("correct", .integer(report.accuracy?.successes ?? 0)),
      ("predicted", .array(report.predicted.map(JSON.integer))), ("mean_confidence", .number(report.meanConfidence)),
      ("low_confidence", .integer(report.lowConfidence.successes)),
    ]
  }

  /// What predictions depend on.
  private static func identity(
    _ report: EvaluationReport, _ settings: Settings
  ) throws(FileError) -> [(String, JSON)] {
    let identity = try settings.identity(of: .evaluate) { path throws(FileError) in try SHA256.hex(ofFile: path) }
    // The lanes that the planner chose come last: they follow from settings, which are told first where they differ.
    return [("model_sha256", .string(report.modelSHA256))] + identity.map { ($0.key, $0.value) }
      + [("lanes", .integer(report.facts.lanes))]
  }

  /// What the whole is held to; the part is not. `reference`: the predicted classes of the model's own test.
  private static func gate(_ settings: Settings, isRegression: Bool) throws(ModelError) -> JSON {
    let evaluation = settings.evaluation
    let isDrift = evaluation.driftSignificance != nil
    let reference = isDrift ? try Model.read(path: settings.model.path).0.testPredictions : nil
    if isRegression {
      return .object([
        ("maximum_rmse", .optional(evaluation.maximumRMSE)),
        ("drift_significance", .optional(evaluation.driftSignificance)),
        ("reference", reference.map { .array($0.map(JSON.integer)) } ?? .null),
      ])
    }
    return .object([
      ("minimum_accuracy", .optional(evaluation.minimumAccuracy)),
      ("maximum_low_confidence", .optional(evaluation.maximumLowConfidence)),
      ("confidence_threshold", .number(evaluation.confidenceThreshold)),
      ("drift_significance", .optional(evaluation.driftSignificance)),
      ("reference", reference.map { .array($0.map(JSON.integer)) } ?? .null),
    ])
  }

  /// Writes the predictions of all parts, and sums up.
  static func join(_ set: PartSet, into path: String) throws(MergeError) -> Summary {
    var files: [String] = []
    var summary = Summary(set, path: path)
    var rows: [Int] = []
    for part in set.parts {
      guard let samples = part.count("samples", atMost: Part.largestCount),
        let name = part["predictions"]?.asString, let digest = part["predictions_sha256"]?.asString,
        !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), summary.add(part, samples: samples)
      else { throw part.notAPart("members of a part of an evaluation are missing, or are none that one has") }
      // The file is the part's neighbour, wherever both were copied to.
      let folder = part.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(part.path[...$0]) } ?? ""
      let file = folder + name
      do {
        if try SHA256.hex(ofFile: file) != digest { throw MergeError.predictionsChanged(path: file, part: part.path) }
      } catch let error as FileError { throw .file(error) } catch let error as MergeError { throw error } catch {
        preconditionFailure("\(error)")
      }
      files.append(file)
      rows.append(samples)
    }
    for (part, samples) in zip(set.parts, rows) {
      let expected = part.shard.size(of: summary.samples)
      if samples != expected {
        throw .count(path: part.path, what: "sample", given: samples, expected: expected)
      }
    }
    let format = set.first["predictions_format"]?.asString.flatMap(PredictionFormat.init(rawValue:))
    guard let format, (try? PredictionFormat(path: path)) == format else {
      throw .predictions(path: path, .format(path: path, allowed: [format?.rawValue ?? "none"]))
    }
    do throws(PredictionJoin.PartError) {
      try PredictionJoin.join(files, rows: rows, format: format, into: path)
    } catch { throw .predictions(path: error.path, error.error) }
    return summary
  }

  /// What all parts found together.
  struct Summary {
    private let parts: Int
    private let settings: JSON
    private let version: JSON
    let path: String
    private let held: JSON?
    private(set) var samples = 0
    private var labelled = 0
    private var correct = 0
    private var predicted: [Int] = []
    private var confidence = 0.0
    private var low = 0
    /// nil of classes.
    private var numbers: NumberParts?

    init(_ set: PartSet, path: String) {
      self.path = path
      parts = set.parts.count
      settings = set.first["settings"] ?? .null
      version = set.first["version"] ?? .null
      held = set.first["gate"]
    }

    /// - Returns: false for what is no part of an evaluation, or one of another kind than those before.
    mutating func add(_ part: Part, samples: Int) -> Bool {
      let isFirst = numbers == nil && self.samples == 0 && predicted.isEmpty
      if isFirst && NumberParts.isPart({ part[$0] }) { numbers = NumberParts() }
      if numbers != nil {
        self.samples += samples
        return numbers!.add(samples: samples) { part[$0] }
      }
      guard let labelled = part.count("labelled", atMost: samples),
        let correct = part.count("correct", atMost: labelled),
        let predicted = part["predicted"]?.asArray?.compactMap(\.asInteger),
        let confidence = part["mean_confidence"]?.asNumber, let low = part.count("low_confidence", atMost: samples),
        predicted.allSatisfy((0...samples).contains), predicted.reduce(0, { $0 &+ $1 }) == samples,
        (0...1).contains(confidence)
      else { return false }
      self.low += low
      self.samples += samples
      self.labelled += labelled
      self.correct += correct
      self.confidence += confidence * Double(samples)
      let classes = max(self.predicted.count, predicted.count)
      self.predicted = (0..<classes).map {
        ($0 < self.predicted.count ? self.predicted[$0] : 0) + ($0 < predicted.count ? predicted[$0] : 0)
      }
      return true
    }

    var accuracy: Proportion? { labelled > 0 ? Proportion(successes: correct, trials: labelled) : nil }
    /// What the settings of the parts hold the whole to; nil: nothing.
    var gate: QualityGate? {
      var settings = EvaluationSettings()
      settings.minimumAccuracy = held?["minimum_accuracy"]?.asNumber
      settings.maximumLowConfidence = held?["maximum_low_confidence"]?.asNumber
      settings.confidenceThreshold = held?["confidence_threshold"]?.asNumber ?? settings.confidenceThreshold
      settings.driftSignificance = held?["drift_significance"]?.asNumber
      let counts = held?["reference"]?.asArray?.compactMap(\.asInteger) ?? []
      let reference = counts.filter((0...Part.largestCount).contains)
      if let numbers {
        settings.maximumRMSE = held?["maximum_rmse"]?.asNumber
        return QualityGate(
          settings, score: numbers.report.score, drift: numbers.drift(reference: reference), needsTargets: true)
      }
      let drift = reference.count == predicted.count ? DriftTest(reference: reference, observed: predicted) : nil
      return QualityGate(
        settings, accuracy: accuracy, lowConfidence: Proportion(successes: low, trials: samples), drift: drift,
        needsLabels: true)
    }
    private var meanConfidence: Double { confidence / Double(max(samples, 1)) }

    var text: String {
      var table = TextTable([.left, .left])
      table.add(["predictions", "\(path) (written)"])
      table.add(["samples", "\(groupedText(samples)) of \(counted(parts, "part", "parts"))"])
      if let numbers {
        for row in numbers.report.rows { table.add(row) }
        return table.text
      }
      table.add(["accuracy", accuracy.map(RunFactsReport.text) ?? "unknown: the data have no labels"])
      table.add(["predicted", groupedText(predicted) + " a class"])
      table.add(["confidence", fixedText(meanConfidence, digits: 4) + " on average"])
      return table.text
    }

    var json: JSON {
      if let numbers {
        return .object(
          [
            ("report", .string("evaluate")), ("version", version), ("parts", .integer(parts)), ("settings", settings),
            ("samples", .integer(samples)),
          ] + numbers.report.members + [("predictions", .string(path))])
      }
      return .object([
        ("report", .string("evaluate")), ("version", version), ("parts", .integer(parts)), ("settings", settings),
        ("accuracy", .optional(accuracy?.value)), ("accuracy_interval", RunFactsReport.interval(accuracy)),
        ("correct", .optional(accuracy?.successes)), ("samples", .integer(samples)),
        ("predicted", .array(predicted.map(JSON.integer))), ("mean_confidence", .number(meanConfidence)),
        ("predictions", .string(path)),
      ])
    }
  }
}
