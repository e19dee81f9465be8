import ArgumentParser
import Sessions

extension ArgumentHelp {
  /// The help of a flag that sets keys of the table, from the table.
  /// - Precondition: the table has the flag.
  static func setting(_ flag: String) -> ArgumentHelp {
    let keys = SettingKey.all.filter { $0.flags.contains { $0.name == flag } }
    precondition(!keys.isEmpty, "--\(flag) sets no key")
    let names = keys.map(\.name).joined(separator: " or ")
    return ArgumentHelp("\(keys[0].summary) (\(names)).", valueName: keys[0].placeholder)
  }
}
