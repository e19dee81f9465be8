/// Words of a unit's lines.
package enum SystemdText {
  /// Of a command: systemd.service(5), "Command lines".
  package static func argument(_ word: String) -> String { quoted(word, dollar: "$$") }

  /// Of a list of paths, where a dollar sign is itself.
  package static func path(_ path: String) -> String { quoted(path, dollar: "$") }

  /// A percent sign begins a specifier: systemd.unit(5), "Specifiers".
  private static func quoted(_ word: String, dollar: String) -> String {
    var text = ""
    for character in word {
      switch character {
      case "%": text += "%%"
      case "\\", "\"": text += "\\\(character)"
      case "$": text += dollar
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./=:,%".utf8.contains(byte)
      }
    }
    return isPlain && !word.isEmpty ? text : "\"\(text)\""
  }
}
