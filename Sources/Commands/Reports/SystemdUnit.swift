import Glibc
import Sessions
import Settings

extension PlannedRun {
  /// A unit file of systemd that runs the job: the system ends it when it takes more than was planned, gives it no
  /// network, and lets it write only where it has to: to its outputs' folders and its own state folder. It is the same
  /// for the system's manager and for a user's, in which most of this takes `PrivateUsers`.
  ///
  /// A control group is charged for more than RAM: file pages that it read first, and the kernel's own records.
  /// - Parameters:
  ///   - resolution: its profile is named by its full path, and every setting of the environment or the command line is
  ///     in the command. Other paths are relative to the folder in which the unit was made.
  ///   - outputs: the files that the job writes.
  public func systemdUnit(_ resolution: Resolution, outputs: [String]) -> String {
    let settings = resolution.settings
    var command = [fullPath("/proc/self/exe"), job.rawValue]
    if let profile = resolution.profile { command += ["--profile", fullPath(profile)] }
    for (key, value) in resolution.given { command += ["--set", "\(key)=\(value)"] }
    let folder = fullPath(".")
    let written = outputs.map { output in
      quoted(output.lastIndex(of: "/").map { fullPath(String(output[...$0])) } ?? folder)
    }
    // What lies in a spool tomorrow may take more than what lies there today, but never more than the budget.
    let isSpool = job == .evaluate && settings.spool.isUsed
    let (ram, what) = isSpool ? (memoryBudgetBytes, "budget") : (plan.ramBytes, "plan")
    // Control groups count whole pages, and round down.
    let limit = (ram + romBytes + Self.kernelBytes + 0xFFFF) & ~0xFFFF
    let lines = [
      "[Unit]",
      "Description=qkd-run \(job.rawValue), in the memory that it planned",
      "",
      "[Service]",
      "Type=oneshot",
      "ExecStart=" + command.map(quoted).joined(separator: " "),
      "WorkingDirectory=" + percentDoubled(folder),
      "",
      "# The \(what)'s RAM, \(groupedText(ram)) bytes; the program's ROM, \(groupedText(romBytes)), which the",
      "# system may drop and read again; and what the system holds for a process: page tables, buffers of its files.",
      "MemoryMax=\(limit)",
      "MemorySwapMax=0",
      "TasksMax=\(threads)",
      settings.host.lock ? "LimitMEMLOCK=infinity" : nil,
      "",
      "StateDirectory=qkd-run",
      "ProtectSystem=strict",
      outputs.isEmpty ? nil : "ReadWritePaths=" + written.joined(separator: " "),
      "PrivateTmp=yes",
      "PrivateDevices=yes",
      "PrivateUsers=yes",
      "PrivateNetwork=yes",
      "RestrictAddressFamilies=none",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "ProtectClock=yes",
      "ProtectHostname=yes",
      "ProtectKernelLogs=yes",
      "ProtectKernelModules=yes",
      "ProtectKernelTunables=yes",
      "ProtectControlGroups=yes",
      "RestrictNamespaces=yes",
      "RestrictRealtime=yes",
      "RestrictSUIDSGID=yes",
      "LockPersonality=yes",
      "MemoryDenyWriteExecute=yes",
      "SystemCallArchitectures=native",
      "SystemCallFilter=@system-service",
    ]
    return lines.compactMap { $0 }.joined(separator: "\n") + "\n"
  }
}

extension PlannedRun {
  /// What the kernel may hold for the process: round, and enough for the page tables of any budget that is a small
  /// host's.
  private static let kernelBytes = 4 << 20
}

/// The timer of such a unit, which has the same name but for its ending.
enum SystemdTimer {
  static func text(_ job: Job) -> String {
    """
    [Unit]
    Description=qkd-run \(job.rawValue), every five minutes

    [Timer]
    OnCalendar=*:0/5
    # What was due while the host was off is made up for, once.
    Persistent=true
    RandomizedDelaySec=10

    [Install]
    WantedBy=timers.target

    """
  }
}

/// With links resolved; what does not exist stays as it is.
private func fullPath(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

/// One word of a unit's line: systemd.service(5), "Command lines", and systemd.unit(5), "Specifiers".
private func quoted(_ word: String) -> String {
  var text = ""
  for character in percentDoubled(word) {
    switch character {
    case "\\", "\"": text += "\\\(character)"
    case "$": text += "$$"
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

private func percentDoubled(_ word: String) -> String {
  String(word.flatMap { $0 == "%" ? "%%" : String($0) })
}
