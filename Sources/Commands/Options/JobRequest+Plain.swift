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
  /// Everything else is refused and is the parser's, which alone has words for people: help, completions, short and
  /// abbreviated names, an option given twice, and mistakes.
  /// - Returns: whether the line was such a one; if not, the request means nothing. (It is no optional, since handling
  ///   one of so many parts takes the runtime 30 µs.)
  public mutating func read(plain words: some Sequence<String>) -> Bool {
    var rest = words.makeIterator()
    var next = rest.next()
    self = JobRequest(.evaluate)
    if let first = next, first.utf8.first != hyphen {
      guard let named = Job(rawValue: first), JobRequest.plainJobs.contains(named) else { return false }
      self = JobRequest(named)
      next = rest.next()
    }
    var given: [Name] = []
    while let word = next {
      next = rest.next()
      guard word.utf8.starts(with: "--".utf8) else { return false }
      // Bytes all along: characters would have to be put together.
      let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
      let name = String(decoding: word.utf8[..<(equals ?? word.endIndex)].dropFirst(2), as: UTF8.self)
      if name != "set" {
        if given.contains(where: { $0.text == name }) { return false }
        given.append(Name(text: name))
      }
      if name == "quiet" && equals == nil {
        style.quiet = true
        continue
      }
      let value: String
      if let equals {
        value = String(decoding: word.utf8[word.utf8.index(after: equals)...], as: UTF8.self)
      } else {
        guard let word = next, word.utf8.first != hyphen else { return false }
        value = word
        next = rest.next()
      }
      guard !value.isEmpty, take(name, value) else { return false }
    }
    return mistake == nil
  }

  /// Arrays of texts themselves are grown by a copy of the standard library's code that the parser brings, which asks
  /// for types by their names.
  private struct Name { let text: String }

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
