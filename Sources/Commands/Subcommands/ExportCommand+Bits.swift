import Batches
import Evaluation
import Firmware
import Models
import Reports
import Sessions
import Settings

extension ExportCommand {
  /// Measures what angles of few bits cost: all numbers of bits on one stream, that of a profile or of files.
  /// - Returns: a table of bits, bytes and accuracy.
  /// - Throws: `.gateNotMet` where the chosen bits do not reach the minimum, and what an evaluation throws.
  func measure(_ chosen: AngleBits, _ model: Model, _ style: OutputStyle) throws(CommandError) -> String {
    var request = JobRequest(.evaluate)
    (request.profile, request.assignments) = (profile.profile, profile.assignments)
    for (flag, value) in [
      ("model", self.model), ("input", input), ("labels", source.labels), ("samples", source.samples.map(String.init)),
    ] {
      if let value { request.flags.append(JobRequest.Flag(name: flag, value: value)) }
    }
    var settings = try request.resolve().settings
    // The run is one of several in this process.
    settings.host.ownsProcess = false
    settings.evaluation.predictionsPath = ""
    if let minimum = source.minimumAccuracy {
      if model.task == .regression {
        throw refusal("--minimum-accuracy", "\(minimum)", "--set evaluation.maximum-rmse=X: the model tells numbers")
      }
      settings.evaluation.minimumAccuracy = minimum
    }
    var table = TextTable([.right, .right, .left])
    table.add(["bits", "constants", model.task == .regression ? "RMSE" : "accuracy"])
    var misses: [QualityGate.Miss] = []
    for bits in [nil] + AngleBits.allCases.map(Optional.some) {
      let (settings, progress) = (settings, style.progress)
      let report = try job(settings.host) { () throws(SessionError) in
        try Session.evaluate(settings, progress: progress) { model in bits.map(model.rounded) ?? model }
      }
      if bits == chosen { misses = report.gate?.misses ?? [] }
      let rounded = bits.map(model.rounded) ?? model
      let bytes = DeviceSource.needs(rounded, method: source.method, bits: bits).first?.constants
      table.add([
        bits.map { "\($0.rawValue)" } ?? "float", bytes.map(groupedText) ?? "-",
        report.score + (bits == chosen ? "  <" : ""),
      ])
    }
    if !misses.isEmpty {
      try StandardStreams.writeResult(table.text)
      throw .gateNotMet(misses)
    }
    return table.text
  }
}
