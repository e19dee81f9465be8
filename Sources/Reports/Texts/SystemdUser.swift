import Glibc

/// As whom a unit runs.
package struct SystemdUser {
  /// nil for root, whose units run as a user that exists while they run.
  private let name: String?

  package init() {
    let isRoot = geteuid() == 0
    name = isRoot ? nil : getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
  }

  /// - Parameter missing: folders that do not exist yet: they are made before the job's sandbox is.
  package func lines(making missing: [String]) -> [String] {
    var lines = name.map { ["User=\($0)"] } ?? ["DynamicUser=yes", "User=qkd-run"]
    if !missing.isEmpty {
      let folders = missing.map(SystemdText.argument).joined(separator: " ")
      lines.append("ExecStartPre=+/usr/bin/install -d -m 0770 -o \(name ?? "qkd-run") \(folders)")
    }
    return lines
  }
}
