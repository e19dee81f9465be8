import Files
import Settings

/// The table of settings, for people who write profiles.
public enum KeyReport {
  public static var text: String {
    let defaults = Settings()
    return SettingKey.all.map { key in
      var table = TextTable([.left, .left, .left])
      table.add(["", "", key.summary + "."])
      table.add(["", "allowed", key.allowed])
      if let value = key.read(defaults) { table.add(["", "default", value.text]) }
      table.add(["", "from", (key.flags.map { "--" + $0.name } + [key.environmentName]).joined(separator: ", ")])
      return key.name + "\n" + table.text
    }.joined(separator: "\n")
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
