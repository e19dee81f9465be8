import Samples

/// Folders between which `evaluate` works: each file of the inbox becomes a file of results and a report.
public struct SpoolSettings: Sendable, Equatable {
  /// Empty: there is no spool, and one file or the chain is evaluated.
  public var inboxPath = ""
  public var resultsPath = ""
  /// Where inputs go once they are evaluated; empty: they stay in the inbox.
  public var donePath = ""
  /// Where inputs go that cannot be evaluated; empty: `rejected` beside the inbox.
  public var rejectedPath = ""
  /// What names of inputs match, as a shell's pattern (fnmatch).
  public var pattern = "*"
  public var format = PredictionFormat.csv
  /// A line is added to it for each input; empty: `metrics.ndjson` in the results.
  public var metricsPath = ""

  public init() {}

  public var isUsed: Bool { !inboxPath.isEmpty }

  /// `rejectedPath`, or what stands for it.
  public var rejectedFolder: String {
    if !rejectedPath.isEmpty { return rejectedPath }
    let inbox = inboxPath.utf8.reversed().drop { $0 == UInt8(ascii: "/") }
    let parent = inbox.drop { $0 != UInt8(ascii: "/") }
    return (String(decoding: parent.reversed(), as: UTF8.self)) + "rejected"
  }

  /// Where something is written or moved from: folders, with a slash behind them, and the file of metrics.
  public var writtenPaths: [String] {
    [inboxPath, resultsPath, donePath, rejectedFolder].filter { !$0.isEmpty }.map { $0 + "/" } + [metricsFile]
  }

  /// `metricsPath`, or what stands for it.
  public var metricsFile: String {
    metricsPath.isEmpty ? resultsPath + (resultsPath.hasSuffix("/") ? "" : "/") + "metrics.ndjson" : metricsPath
  }
}

extension SettingKey {
  static var spool: [SettingKey] {
    [
      SettingKey(
        "spool.inbox", \.spool.inboxPath, .folder, flags: ["inbox"], for: [.evaluate], .nothing,
        "A folder: every file in it is evaluated once, instead of one file or the chain"),
      SettingKey(
        "spool.results", \.spool.resultsPath, .folder, flags: ["results"], for: [.evaluate], .nothing,
        "The folder of predictions and reports"),
      SettingKey(
        "spool.done", \.spool.donePath, .folder, flags: ["done"], for: [.evaluate], .nothing,
        "The folder to which evaluated files are moved; empty: they stay in the inbox"),
      SettingKey(
        "spool.rejected", \.spool.rejectedPath, .folder, for: [.evaluate], .nothing,
        "The folder for files that cannot be evaluated; empty: rejected, beside the inbox"),
      SettingKey(
        "spool.pattern", \.spool.pattern, .text("a shell's pattern, e.g. \"*.npy\"", placeholder: "pattern"),
        for: [.evaluate], .nothing, "Names of the inbox that are looked at"),
      SettingKey("spool.format", \.spool.format, .rawText, for: [.evaluate], .value, "What predictions are written as"),
      SettingKey(
        "spool.metrics", \.spool.metricsPath, .path, for: [.evaluate], .nothing,
        "A line is added to it for each file; empty: metrics.ndjson in the results"),
    ]
  }
}
