import ArgumentParser
import Files
import Settings

/// What a shell offers for a value. Kinds are made where a shell asks for them alone: a run holds none.
extension CompletionKind {
  private static let isAsked = CommandLineTool.arguments.contains { word in
    ["--generate", "---completion"].contains(where: word.hasPrefix)
  }

  /// Of a flag that sets keys of the table: files, folders, or the values that are allowed.
  static func setting(_ flag: String) -> CompletionKind {
    guard isAsked, let key = SettingKey.set(by: flag).first else { return .default }
    if key.isPath { return key.placeholder == "folder" ? .directory : .file() }
    return key.choices.isEmpty ? .default : .list(key.choices)
  }

  /// Names of profiles, and files of theirs.
  static let profile = asked { _, word in CompletedWords.profiles + CompletedWords.files(word, ending: ".toml") }

  /// Names of experiments, and files of their profiles.
  static let experiment = asked { _, word in CompletedWords.experiments + CompletedWords.files(word, ending: ".toml") }

  /// `KEY=`, and behind it what is allowed.
  static let assignment = asked { words, word in CompletedWords.assignments(CompletedWords.job(words), word) }

  private static func asked(
    _ offered: @escaping @Sendable (_ words: [String], _ word: String) -> [String]
  ) -> CompletionKind {
    guard isAsked else { return .default }
    return .custom { words, index, prefix in
      let word = prefix.isEmpty && words.indices.contains(index) ? words[index] : prefix
      return offered(words, word).filter { $0.hasPrefix(word) }.sorted()
    }
  }
}

/// The words that a shell's line can go on with.
enum CompletedWords {
  static var profiles: [String] { ProfileSearch.names(Environment.ofThisProcess()) }

  /// Of profiles NAME-PRESET the names.
  static var experiments: [String] {
    let presets = ["-literal", "-calibrated"]
    return Array(
      Set(profiles.compactMap { name in presets.first(where: name.hasSuffix).map { String(name.dropLast($0.count)) } }))
  }

  /// The job that a line is about; `evaluate` where it names none.
  static func job(_ words: [String]) -> Job {
    let named = words.dropFirst().prefix(2).filter { $0 != "plan" }
    return named.first.flatMap(Job.init(rawValue:)) ?? .evaluate
  }

  /// The keys that a job uses; of a key that is written, its values.
  static func assignments(_ job: Job, _ word: String) -> [String] {
    guard let equals = word.firstIndex(of: "=") else {
      return SettingKey.all.filter { $0.jobs.contains(job) && $0.name != "description" }.map { $0.name + "=" }
    }
    guard let key = SettingKey.named(String(word[..<equals])) else { return [] }
    let values = key.isPath ? files(String(word[word.index(after: equals)...])) : key.choices
    return values.map { key.name + "=" + $0 }
  }

  /// Files that a path may go on to, folders with a `/` behind them; hidden ones where its last part begins so.
  /// - Parameter ending: of files; folders may hold some.
  static func files(_ path: String, ending: String = "") -> [String] {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let start = path.dropFirst(folder.count)
    guard let opened = try? Files.Folder(path: folder.isEmpty ? "." : folder) else { return [] }
    var found: [String] = []
    try? opened.forEachName { name, isFolder in
      let name = String(cString: name)
      guard name.hasPrefix(start), isFolder || name.hasSuffix(ending), !name.hasPrefix(".") || start.hasPrefix(".")
      else { return }
      found.append(folder + name + (isFolder ? "/" : ""))
    }
    return found
  }
}
