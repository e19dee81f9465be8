import Files

/// The file of `report.prometheus`: what is known of a profile's runs, in the text format of Prometheus, for the
/// textfile collector of node_exporter. It is replaced as a whole, by a file that anybody may read.
package struct MetricsFile {
  package let path: String
  /// By metric; what is not known is not there.
  package var values: [RunMetric: Double] = [:]
  /// Its digest.
  package var model: String?
  /// Whether something else stands there, which is not to be replaced.
  package private(set) var isForeign = false
  /// The first line, from 1, whose value no run writes; what it was is then not known.
  package private(set) var damagedLine: Int?

  /// More than any file of ours holds.
  private static let largest = 64 << 10

  /// An empty one.
  package init(path: String) { self.path = path }

  /// What stands there; an empty one where nothing does.
  /// - Throws: `FileError`.
  package init(reading path: String) throws(FileError) {
    self.path = path
    guard let file = try OwnFile(path: path).input() else { return }
    var lines = String(decoding: try readFile(file, atMost: Self.largest), as: UTF8.self)[...]
    if lines.isEmpty { return }
    if !lines.hasPrefix("# HELP " + RunMetric.prefix) {
      isForeign = true
      return
    }
    var number = 0
    while let line = lines.popLine() {
      number += 1
      if line.hasPrefix("#") { continue }
      // Another version may have further ones.
      guard let metric = RunMetric(rawValue: String(line.prefix { $0 != "{" && $0 != " " })) else { continue }
      guard let blank = line.lastIndex(of: " "), let value = metric.value(line[line.index(after: blank)...]) else {
        damagedLine = damagedLine ?? number
        continue
      }
      values[metric] = value
      if metric == .model { model = line.value(ofLabel: "sha256") }
    }
  }

  /// - Throws: `CommandError.session` where something else stands there.
  func checkOwn() throws(CommandError) {
    if !isForeign { return }
    throw .session(
      .setting(
        name: "report.prometheus", given: path, allowed: "a file that qkd-run wrote, or a name that nothing has"))
  }

  /// - Parameter profile: the full path of the profile, which tells the files of two profiles apart; empty: none.
  package func text(profile: String, version: String) -> String {
    var text = ""
    for metric in RunMetric.allCases {
      guard let value = metric == .model ? model.map({ _ in 1 }) : values[metric], !value.isNaN else { continue }
      let name = metric.rawValue
      text += "# HELP \(name) \(metric.help).\n# TYPE \(name) \(metric.isCounter ? "counter" : "gauge")\n"
      var labels = [("profile", profile)]
      if metric == .model { labels += [("sha256", model ?? ""), ("version", version)] }
      text += name + "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "} "
      text += value.isInfinite ? (value < 0 ? "-Inf\n" : "+Inf\n") : JSON.numberText(value) + "\n"
    }
    return text
  }

  /// - Throws: `FileError`; then what stood there is untouched.
  package func write(profile: String, version: String) throws(FileError) {
    try AtomicFile.write(
      Array(text(profile: profile, version: version).utf8), to: AtomicFile(OwnFile(path: path), permissions: 0o644))
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.printed.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Substring {
  /// Takes away the first line, and its end.
  fileprivate mutating func popLine() -> Substring? {
    if isEmpty { return nil }
    let end = utf8.firstIndex(of: UInt8(ascii: "\n")) ?? endIndex
    defer { self = end == endIndex ? self[endIndex...] : self[utf8.index(after: end)...] }
    return self[..<end]
  }

  /// Of a line of metrics; nil without such a label.
  fileprivate func value(ofLabel label: String) -> String? {
    for part in split(whereSeparator: { $0 == "{" || $0 == "," || $0 == "}" }) where part.hasPrefix(label + "=\"") {
      return String(part.dropFirst(label.utf8.count + 2).prefix { $0 != "\"" })
    }
    return nil
  }
}
