/// What runs leave for those who look from outside, and for later.
public struct ReportSettings: Sendable, Equatable {
  /// A file of metrics for Prometheus, renamed into place at the end of each run; empty: none.
  public var prometheusPath = ""
  /// Which results of a spool stay when an input is evaluated anew.
  public var keep = KeptResults.latest

  public init() {}
}

/// What becomes of an input's results when another model evaluates it.
public enum KeptResults: String, Sendable, CaseIterable {
  /// They are replaced.
  case latest
  /// They are moved to `by-model/DIGEST` in the results first.
  case byModel = "by-model"
}

extension SettingKey {
  static var report: [SettingKey] {
    [
      SettingKey(
        "report.prometheus", \.report.prometheusPath, .prometheusPath, for: [.evaluate], .nothing,
        "Metrics of the last run, in the text format of Prometheus, for a folder that node_exporter reads"),
      SettingKey(
        "report.keep", \.report.keep, .rawText, for: [.evaluate], .nothing,
        "Results of a spool's input that another model evaluates anew: replaced, or kept by model"),
    ]
  }
}

extension ValueKind where Value == String {
  /// node_exporter looks at no other names.
  fileprivate static var prometheusPath: Self {
    var kind = ValueKind(
      "a path that ends with .prom, or empty", placeholder: "file", read: path.read,
      holds: { $0.isEmpty || $0.utf8.reversed().starts(with: ".prom".utf8.reversed()) }, json: { .string($0) })
    kind.isPath = true
    return kind
  }
}
