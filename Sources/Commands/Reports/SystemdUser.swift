import Glibc

/// As whom a unit runs, and what it sees of the homes of others.
struct SystemdUser {
  /// nil for root, whose units run as a user that exists while they run.
  private let name: String?
  private let needsHomes: Bool

  /// - Parameter needed: full paths, or words that end with one.
  init(needed: [String]) {
    let isRoot = geteuid() == 0
    name = isRoot ? nil : getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
    let homes = ["/home", getpwuid(0).map { String(cString: $0.pointee.pw_dir) } ?? "/", "/run/user"]
    needsHomes = needed.contains { word in
      // `KEY=PATH`, or a path.
      let path = word.first == "/" ? word[...] : word.firstIndex(of: "=").map { word[word.index(after: $0)...] } ?? ""
      return homes.contains { path.hasPrefix($0 + "/") }
    }
  }

  /// - Parameter missing: folders that do not exist yet: they are made before the job's sandbox is.
  func lines(making missing: [String]) -> [String] {
    var lines: [String] = []
    if let name {
      lines.append("User=\(name)")
    } else {
      lines += ["DynamicUser=yes", "User=qkd-run"]
    }
    if !missing.isEmpty {
      let folders = missing.map(SystemdText.argument).joined(separator: " ")
      lines.append("ExecStartPre=+/usr/bin/install -d -m 0770 -o \(name ?? "qkd-run") \(folders)")
    }
    return lines + [needsHomes ? "ProtectHome=read-only" : "ProtectHome=yes"]
  }
}
