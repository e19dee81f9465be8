import ArgumentParser
import Settings

extension ArgumentHelp {
  /// The help of a flag that sets keys of the table, from the table.
  /// - Precondition: the table has the flag.
  static func setting(_ flag: String) -> ArgumentHelp {
    let keys = SettingKey.set(by: flag)
    precondition(!keys.isEmpty, "--\(flag) sets no key")
    let summary = keys.map { "\($0.summary) (\($0.name))" }.joined(separator: "; ")
    return ArgumentHelp("\(summary).", valueName: keys[0].placeholder)
  }
}
