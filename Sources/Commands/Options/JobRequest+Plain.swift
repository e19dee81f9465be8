import Sessions

private let hyphen = UInt8(ascii: "-")

extension JobRequest {
  /// The subcommands that nothing but options follows.
  public static let plainJobs: [Job] = [.evaluate, .train, .distill, .compress]

  /// Reads a command line in its plain form: a subcommand of `plainJobs` or none (which means `evaluate`), then
  /// options by their long names, each with a value that does not begin with a hyphen (`--name value`, `--name=value`),
  /// and flags.
  ///
  /// The parser describes a command to itself by reflection, which takes longer than everything else that a short run
  /// does; these lines take a seventh of that. They know the flags of the table of settings, and the five beside it.
  /// Everything else gives nil and is the parser's, which alone has words for people: help, completions, short and
  /// abbreviated names, an option given twice, and mistakes.
  public init?(plain words: [String]) {
    var rest = words[...]
    var job = Job.evaluate
    if let first = rest.first, first.utf8.first != hyphen {
      guard let named = Job(rawValue: first), JobRequest.plainJobs.contains(named) else { return nil }
      job = named
      rest.removeFirst()
    }
    self.init(job)
    var given: [String] = []
    while let word = rest.popFirst() {
      guard word.utf8.starts(with: [hyphen, hyphen]) else { return nil }
      let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
      let name = String(word[..<(equals ?? word.endIndex)].dropFirst(2))
      if name != "set" {
        if given.contains(name) { return nil }
        given.append(name)
      }
      if name == "quiet" && equals == nil {
        style.quiet = true
        continue
      }
      let value: String
      if let equals {
        value = String(word[word.utf8.index(after: equals)...])
      } else {
        guard let next = rest.popFirst(), next.utf8.first != hyphen else { return nil }
        value = next
      }
      guard !value.isEmpty, take(name, value) else { return nil }
    }
    if mistake != nil { return nil }
  }

  /// - Returns: whether there is such an option, and it takes the value.
  private mutating func take(_ name: String, _ value: String) -> Bool {
    switch name {
    case "profile": profile = value
    case "set": assignments.append(value)
    case "format", "log-format":
      guard let format = TextOrJSON(rawValue: value) else { return false }
      if name == "format" { style.format = format } else { style.logFormat = format }
    default:
      let job = job
      guard SettingKey.all.contains(where: { $0.flags.contains { $0.name == name && $0.jobs.contains(job) } }) else {
        return false
      }
      flags.append(Flag(name: name, value: value))
    }
    return true
  }
}
