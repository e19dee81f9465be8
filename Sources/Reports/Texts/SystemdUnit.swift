import Files
import Glibc
import Sessions
import Settings

extension PlannedRun {
  /// A unit file of systemd that runs the job: the system ends it when it takes more than was planned, gives it no
  /// network and none of the system's privileges, and lets it write only where it has to: to its outputs' folders and
  /// its own state folder. Made by root, it runs as a user of its own; made by anybody else, as whoever made it, for
  /// the system's manager and for a user's.
  ///
  /// A control group is charged for more than RAM: file pages that it read first, and the kernel's own records.
  /// - Parameters:
  ///   - resolution: its profile is named by its full path, and every setting of the environment or the command line is
  ///     in the command, paths in full.
  ///   - outputs: the files and, with a slash at their ends, folders that the job writes.
  public func systemdUnit(_ resolution: Resolution, outputs: [String]) -> String {
    let settings = resolution.settings
    var command = [fullPath("/proc/self/exe"), job.rawValue]
    if let profile = resolution.profile { command += ["--profile", fullPath(profile)] }
    for (key, value) in resolution.given {
      command += ["--set", "\(key.name)=\(key.isPath && !["", "-"].contains(value) ? fullPath(value) : value)"]
    }
    let folders = outputs.map { output in fullPath(output.lastIndex(of: "/").map { String(output[...$0]) } ?? ".") }
    let written = folders.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let missing = written.filter { !fileExists($0) }
    // What lies in a spool tomorrow may take more than what lies there today, but never more than the budget.
    let isSpool = job == .evaluate && settings.spool.isUsed
    let (ram, what) = isSpool ? (memoryBudgetBytes, "budget") : (plan.ramBytes, "plan")
    // Control groups count whole pages, and round down.
    let limit = (ram + romBytes + Self.kernelBytes + 0xFFFF) & ~0xFFFF
    let lines = [
      "[Unit]",
      "Description=qkd-run \(job.rawValue), in the memory that it planned",
      "# Tells somebody of a failure: a unit of yours, such as one that sends mail.",
      "#OnFailure=failure-mail@%n.service",
      "",
      "[Service]",
      Self.kind(of: job),
      "ExecStart=" + command.map(SystemdText.argument).joined(separator: " "),
      "# Stopped by a signal: the next run goes on from there.",
      "SuccessExitStatus=7",
      "",
      "# The \(what)'s RAM, \(groupedText(ram)) bytes; the program's ROM, \(groupedText(romBytes)), which the",
      "# system may drop and read again; and what the system holds for a process: page tables, buffers of its files.",
      "MemoryMax=\(limit)",
      "MemorySwapMax=0",
      "TasksMax=\(threads)",
      settings.host.lock ? "LimitMEMLOCK=infinity" : nil,
      "",
      "StateDirectory=qkd-run",
      written.isEmpty ? nil : "ReadWritePaths=" + written.map { SystemdText.path("-" + $0) }.joined(separator: " "),
    ]
    return (lines.compactMap { $0 } + SystemdUser().lines(making: missing) + Self.sandbox).joined(separator: "\n")
      + "\n"
  }

  /// Evaluating is over soon, and whoever starts it waits for its end; what trains goes on for hours, and is ready at
  /// once. Both tell how far they are (`systemctl status`); only the long ones are watched: one that says nothing for
  /// so long hangs, and is started again, which goes on from its checkpoint.
  private static func kind(of job: Job) -> String {
    job == .evaluate ? "Type=oneshot\nNotifyAccess=main" : "Type=notify\nWatchdogSec=1h\nRestart=on-watchdog"
  }

  /// What the job does not need, it does not get.
  private static let sandbox = [
    "UMask=0077",
    "ProtectSystem=strict",
    // Profile, model and data may lie there.
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "DevicePolicy=closed",
    "PrivateUsers=yes",
    "PrivateNetwork=yes",
    "PrivateIPC=yes",
    "RemoveIPC=yes",
    "KeyringMode=private",
    "IPAddressDeny=any",
    // To tell the manager how far it is.
    "RestrictAddressFamilies=AF_UNIX",
    "NoNewPrivileges=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectProc=invisible",
    "ProcSubset=pid",
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
    "SystemCallFilter=~@privileged",
  ]
}

extension PlannedRun {
  /// What the kernel may hold for the process: round, and enough for the page tables of any budget that is a small
  /// host's.
  private static let kernelBytes = 4 << 20
}

/// The timer of such a unit, which has the same name but for its ending.
package enum SystemdTimer {
  package static func text(_ job: Job) -> String {
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

/// Absolute and with links resolved, as far as the path exists.
package func fullPath(_ path: String) -> String {
  if let real = realpath(path.isEmpty ? "." : path, nil) {
    defer { free(real) }
    return String(cString: real)
  }
  let parts = path.split(separator: "/", omittingEmptySubsequences: true)
  guard let last = parts.last else { return "/" }
  let parent = (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
  let folder = fullPath(parent)
  return folder == "/" ? "/\(last)" : "\(folder)/\(last)"
}
