import Settings

/// What characters a terminal shows.
package enum TextLocale {
  /// Whether the locale is one of UTF-8, or nobody says: `de_DE.UTF-8`, `C.utf8`, `ca_ES.UTF-8@valencia`.
  package static var isUnicode: Bool { isUnicode(Environment.ofThisProcess()) }

  package static func isUnicode(_ environment: Environment) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty }
    guard let locale else { return true }
    let codeset = locale.prefix { $0 != "@" }.drop { $0 != "." }.dropFirst()
    return ["UTF-8", "utf-8", "UTF8", "utf8"].contains { codeset.utf8.elementsEqual($0.utf8) }
  }
}
