/// The formats of predictions.
public enum PredictionFormat: String, Sendable, CaseIterable {
  /// A line of names, then a line a sample: `sample,class,label,hit,probability_0,…,logit_0,…`; of a
  /// regression `sample,value_0,…,target_0,…`.
  case csv
  /// One JSON object a line: `{"sample":0,"class":1,"label":1,"hit":true,"probabilities":[…],…}`.
  case ndjson
  /// An array `<f8` whose columns are those of the CSV file.
  case npy

  /// The format that a file's name asks for by its ending: `.csv`, `.ndjson` (or `.jsonl`), `.npy`.
  /// - Throws: `SampleError.format`.
  public init(path: String) throws(SampleError) {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? Substring().utf8
    let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let ending = parts.count > 1 ? String(parts.last!) ?? "" : ""
    guard let format = ending == "jsonl" ? .ndjson : PredictionFormat(rawValue: ending) else {
      throw .format(path: path, allowed: Self.allCases.map(\.rawValue))
    }
    self = format
  }
}
