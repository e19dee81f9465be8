import Files
import Settings

/// The table of settings, for people who write profiles.
public enum KeyReport {
  public static var text: String {
    var table = TextTable([.left, .left, .left, .left])
    table.add(["key", "default", "environment", "flag"])
    for key in SettingKey.all {
      let flags = key.flags.map { "--" + $0.name }.joined(separator: ", ")
      table.add([key.name, key.read(Settings())?.text ?? "", key.environmentName, flags])
    }
    var explained = ""
    for key in SettingKey.all { explained += "\n\(key.name)\n  \(key.summary).\n  Allowed: \(key.allowed).\n" }
    return table.text + explained
  }

  public static var json: JSON {
    .array(
      SettingKey.all.map { key in
        .object([
          ("key", .string(key.name)), ("summary", .string(key.summary)), ("allowed", .string(key.allowed)),
          ("default", key.read(Settings()) ?? .null), ("environment", .string(key.environmentName)),
          ("flags", .array(key.flags.map { .string("--" + $0.name) })),
        ])
      })
  }
}
