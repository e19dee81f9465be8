import Files
import Glibc

/// Where the profile of a name lies.
public enum ProfileSearch {
  /// The file that `--profile` means. With a `/` in it or `.toml` at its end it is the file itself; otherwise the first
  /// that exists of NAME.toml in `folders`.
  /// - Throws: `ProfileError.notFound` with the files that were looked for. What a file is, reading it tells.
  public static func find(_ name: String, environment: Environment) throws(ProfileError) -> String {
    if isFile(name) {
      if fileExists(name) { return name }
      throw .notFound(name: name, searched: [name])
    }
    let candidates = folders(environment).map { "\($0)/\(name).toml" }
    if let found = candidates.first(where: fileExists) { return found }
    throw .notFound(name: name, searched: candidates, known: names(environment))
  }

  /// The names of all profiles in the folders.
  public static func names(_ environment: Environment) -> [String] {
    var found: Set<String> = []
    for path in folders(environment) {
      guard let folder = try? Folder(path: path) else { continue }
      try? folder.forEachName { name, _ in
        let file = String(cString: name)
        if file.hasSuffix(".toml") { found.insert(String(file.dropLast(5))) }
      }
    }
    return found.sorted()
  }

  /// Whether `--profile` means a file rather than a name.
  public static func isFile(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "/")) || name.hasSuffix(".toml") }

  /// The folders, first looked into first: what the caller says, what the user has, what the host's operator has, what
  /// came with the program.
  ///
  /// 1. the folders of `QKD_PROFILE_PATH`, separated by colons;
  /// 2. `$XDG_CONFIG_HOME/qkd-run/profiles`, where that is unset `$HOME/.config/qkd-run/profiles`;
  /// 3. `qkd-run/profiles` in each folder of `XDG_CONFIG_DIRS`, where that is unset in `/etc/xdg`;
  /// 4. `/etc/qkd-run/profiles`;
  /// 5. `PREFIX/share/qkd-run/profiles` for an executable in `PREFIX/bin`.
  ///
  /// Folders of XDG's variables that are not absolute are passed over, as its specification asks. The working directory
  /// has no part in it: a name means the same everywhere, and nobody else's folder can change what it means.
  public static func folders(_ environment: Environment) -> [String] {
    func list(_ variable: String) -> [String] {
      (environment[variable] ?? "").split(separator: ":").map(String.init)
    }
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? [$0 + "/.config"] : nil } ?? []
    let user = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : [$0] } ?? home
    let system = list("XDG_CONFIG_DIRS")
    let configuration = (user + (system.isEmpty ? ["/etc/xdg"] : system)).filter { $0.hasPrefix("/") }
    let shipped = executablePrefix().map { [$0 + "/share/qkd-run/profiles"] } ?? []
    return list("QKD_PROFILE_PATH") + configuration.map { $0 + "/qkd-run/profiles" } + ["/etc/qkd-run/profiles"]
      + shipped
  }

  /// The folder above that of the file that runs, links resolved; nil where the system does not tell.
  private static func executablePrefix() -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    guard length > 0, length < buffer.count else { return nil }
    let path = String(decoding: buffer[..<length], as: UTF8.self)
    let parts = path.split(separator: "/")
    // In the topmost folder there is none above; an empty text stands for it.
    return parts.dropLast(2).map { "/" + $0 }.joined()
  }
}
