import Batches
import Files
import Models
import Samples

extension Spool {
  /// Moves the results that another model made of an input to a folder of that model's, `by-model/DIGEST` in the
  /// results, where `report.keep` asks for it: predictions first, then the report, by which the next run finds them
  /// when this one is killed in between. Of two evaluations by one model the later stays.
  func keepOlderModels(_ name: FileName) throws(SessionError) {
    let report = name + ".json"
    if settings.report.keep != .byModel { return }
    guard let file = try? InputFile(in: folders.results, name: report),
      let bytes = try? readFile(file, atMost: 1 << 20),
      let json = JSON(bytes), let model = json["model_sha256"]?.asString, model != evaluation.digest,
      model.utf8.count == 64, model.utf8.allSatisfy("0123456789abcdef".utf8.contains)
    else { return }
    do throws(FileError) {
      let models = try Folder(in: folders.results, name: FileName("by-model"))
      let older = try Folder(in: models, name: FileName(model))
      for format in PredictionFormat.allCases {
        let predictions = name + "." + format.rawValue
        // Others were left by a run that was killed before it wrote their report.
        if let file = try? InputFile(in: folders.results, name: predictions),
          try SHA256.hex(of: file) == json["predictions_sha256"]?.asString
        {
          try folders.results.move(predictions, to: older, as: predictions)
        }
      }
      try folders.results.move(report, to: older, as: report)
    } catch { throw .file(error) }
  }
}
