#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the profile of a name lies.
public enum ProfileSearch {
  /// The file that `--profile` means. With a `/` in it or `.toml` at its end it is the file itself; otherwise the first
  /// that exists of NAME.toml in: the folders of `QKD_PROFILE_PATH` (separated by colons), `profiles`, the folder
  /// `../share/qkd-run/profiles` seen from the executable, `/etc/qkd-run/profiles`.
  /// - Throws: `ProfileError.notFound` with the files that were looked for. What a file is, reading it tells.
  public static func find(_ name: String, environment: [String: String]) throws(ProfileError) -> String {
    if isFile(name) {
      if fileExists(name) { return name }
      throw .notFound(name: name, searched: [name])
    }
    let candidates = folders(environment).map { "\($0)/\(name).toml" }
    if let found = candidates.first(where: fileExists) { return found }
    throw .notFound(name: name, searched: candidates)
  }

  /// Whether `--profile` means a file rather than a name.
  static func isFile(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "/")) || name.hasSuffix(".toml") }

  /// The folders, first looked into first.
  public static func folders(_ environment: [String: String]) -> [String] {
    var folders = (environment["QKD_PROFILE_PATH"] ?? "").split(separator: ":").map(String.init)
    folders.append("profiles")
    if let executable = executableFolder() { folders.append(executable + "/../share/qkd-run/profiles") }
    return folders + ["/etc/qkd-run/profiles"]
  }

  /// The folder of the file that runs, links resolved; nil where the system does not tell.
  private static func executableFolder() -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = buffer.withUnsafeMutableBytes { readlink("/proc/self/exe", $0.baseAddress!, $0.count) }
    guard length > 0, length < buffer.count else { return nil }
    let path = String(decoding: buffer[..<length], as: UTF8.self)
    return path.lastIndex(of: "/").map { String(path[..<$0]) }
  }
}

/// Whether something stands at a path. What cannot be looked at (a folder without permission) is not silently passed
/// over.
func fileExists(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 || (errno != ENOENT && errno != ENOTDIR)
}
