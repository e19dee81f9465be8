import Foundation
import TemporaryFolders
import Testing

/// `tools/install` and `tools/uninstall`, with the program under test.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"), .serialized)
final class InstallTests {
  private let folder = TemporaryFolder()
  /// With a blank, a percent sign and a quotation mark: paths of services and manifests must bear them.
  private var prefix: String { folder.path + "/a b%c" }
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  private func run(
    _ path: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (code: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private func tool(
    _ name: String, _ arguments: String..., environment more: [String: String] = [:]
  ) throws -> (code: Int32, text: String) {
    var environment = ProcessInfo.processInfo.environment.merging(more) { $1 }
    environment["QKD_RUN_BINARY"] = Binary.path
    return try run(Self.root + "/tools/" + name, arguments, environment: environment)
  }

  private func files() -> [String] {
    (FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []).sorted()
  }

  @Test func installsRunsAndLeavesNothing() throws {
    let before = files()
    let installed = try tool("install", "--prefix", prefix)
    try #require(installed.code == 0, "\(installed.text)")
    let names = Set(files())
    for name in [
      "bin/qkd-run", "share/qkd-run/profiles/small-device.toml", "share/qkd-run/profiles/student-7q-1l.safetensors",
      "share/man/man1/qkd-run.1", "share/man/man1/qkd-run-evaluate.1", "share/man/man1/qkd-run-merge.1",
      "share/man/man5/qkd-run-profile.5", "share/bash-completion/completions/qkd-run",
      "share/zsh/site-functions/_qkd-run", "share/fish/vendor_completions.d/qkd-run.fish",
      "share/doc/qkd-run/crontab", "share/doc/qkd-run/LICENSE", "lib/systemd/system/qkd-run.service",
      "lib/systemd/system/qkd-run.timer", "libexec/qkd-run/slurm-array", "bin/qkd-run-plot",
      "share/qkd-run/python/plot.py", "share/qkd-run/python/qkd_run/predictions.py",
    ] {
      #expect(names.contains("a b%c/" + name), "\(name)")
    }
    #expect(!names.contains { $0.hasSuffix(".new") })

    // From another folder, with nothing in its environment.
    let evaluated = try run(prefix + "/bin/qkd-run", ["--profile", "small-device", "--format", "json"])
    #expect(evaluated.code == 0 && evaluated.text.contains("\"accuracy\": 0.999"), "\(evaluated.text)")
    // A report names what stands beside the program.
    let report = folder.path + "/r.json"
    let experiment = ["reproduce", "table-1", "--preset", "literal", "--seeds", "1", "--output", report]
    let reproduced = try run(prefix + "/bin/qkd-run", experiment)
    #expect(reproduced.code == 0 && reproduced.text.contains("(written; qkd-run-plot draws it)"), "\(reproduced.text)")
    #expect(FileManager.default.isExecutableFile(atPath: prefix + "/bin/qkd-run-plot"))
    for name in files() where name.hasPrefix("r.json") {
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
    let bash = try run("/bin/bash", ["-n", prefix + "/share/bash-completion/completions/qkd-run"])
    #expect(bash.code == 0, "\(bash.text)")

    // The same again changes nothing.
    #expect(try tool("install", "--prefix=" + prefix).code == 0)
    #expect(Set(files()) == names)
    let removed = try tool("uninstall", "--prefix", prefix)
    #expect(removed.code == 0 && removed.text == "", "\(removed.text)")
    #expect(files() == before)
    #expect(try tool("uninstall", "--prefix", prefix).code == 66)
  }

  @Test func whatTheOperatorChangedStays() throws {
    try #require(tool("install", "--prefix", prefix).code == 0)
    let profiles = prefix + "/share/qkd-run/profiles/"
    let (own, changed) = (profiles + "own.toml", profiles + "small-device.toml")
    try "seed = 2\n".write(toFile: own, atomically: true, encoding: .utf8)
    try "seed = 3\n".write(toFile: changed, atomically: true, encoding: .utf8)
    try "other".write(toFile: prefix + "/bin/qkd-run", atomically: true, encoding: .utf8)
    let again = try tool("install", "--prefix", prefix)
    #expect(again.code == 0 && again.text.contains("small-device.toml was changed, and stays as it is"))
    #expect(try String(contentsOfFile: changed, encoding: .utf8) == "seed = 3\n")
    #expect(try run(prefix + "/bin/qkd-run", ["--version"]).code == 0)
    let removed = try tool("uninstall", "--prefix", prefix)
    #expect(removed.code == 0 && removed.text.contains("small-device.toml was changed, and stays"))
    #expect(
      files() == ["a b%c", "a b%c/share", "a b%c/share/qkd-run", "a b%c/share/qkd-run/profiles"].map { $0 }
        + ["own.toml", "small-device.toml"].map { "a b%c/share/qkd-run/profiles/" + $0 })
  }

  @Test func anotherProgramsFilesAreNotTaken() throws {
    try FileManager.default.createDirectory(atPath: prefix + "/bin", withIntermediateDirectories: true)
    try "mine".write(toFile: prefix + "/bin/qkd-run", atomically: true, encoding: .utf8)
    let result = try tool("install", "--prefix", prefix)
    #expect(result.code == 73 && result.text.contains("a b%c/bin/qkd-run is there already"), "\(result.text)")
    #expect(files() == ["a b%c", "a b%c/bin", "a b%c/bin/qkd-run"])
    #expect(try tool("install", "--prefix", "relative").code == 64)
    #expect(try tool("install", "--prefix").code == 64)
    #expect(try tool("install", "now").code == 64)
    #expect(try tool("uninstall", "now").code == 64)
  }

  /// Packages are made below a folder that stands for the root; paths within are those of the host.
  @Test func packages() throws {
    let installed = try tool("install", "--destdir", prefix, "--prefix", "/opt/qkd 5%")
    try #require(installed.code == 0, "\(installed.text)")
    let units = prefix + "/opt/qkd 5%/lib/systemd/system/"
    let service = try String(contentsOfFile: units + "qkd-run.service", encoding: .utf8)
    #expect(
      service.contains("\nExecStart=\"/opt/qkd 5%%/bin/qkd-run\" evaluate --profile \"/opt/qkd 5%%/share/qkd-run/"))
    #expect(!service.contains(folder.path) && !service.contains("/tmp"))
    let crontab = try String(contentsOfFile: prefix + "/opt/qkd 5%/share/doc/qkd-run/crontab", encoding: .utf8)
    #expect(crontab.contains("\n*/5 * * * * /opt/qkd\\ 5\\%/bin/qkd-run --profile small-device "))
    #expect(try tool("uninstall", "--destdir", prefix, "--prefix", "/opt/qkd 5%").code == 0)
    #expect(files() == ["a b%c"])
  }

  /// Packages have a profile for the operator to edit: it is what the service and the crontab run.
  @Test func theOperatorsProfileIsWhatTheServiceRuns() throws {
    let installed = try tool("install", "--destdir", prefix, "--prefix", "/usr", "--sysconfdir=/etc")
    try #require(installed.code == 0, "\(installed.text)")
    let service = try String(contentsOfFile: prefix + "/usr/lib/systemd/system/qkd-run.service", encoding: .utf8)
    let command = "/usr/bin/qkd-run evaluate --profile /etc/qkd-run/profiles/spool.toml\n"
    #expect(service.contains("\nExecStart=" + command), "\(service)")
    #expect(service.contains("\nReadWritePaths=") && service.contains(" -%S/qkd-run/done"), "\(service)")
    let crontab = try String(contentsOfFile: prefix + "/usr/share/doc/qkd-run/crontab", encoding: .utf8)
    #expect(crontab.contains("\n*/5 * * * * /usr/bin/qkd-run --profile /etc/qkd-run/profiles/spool.toml\n"))
    let profile = prefix + "/etc/qkd-run/profiles/spool.toml"
    #expect(try String(contentsOfFile: profile, encoding: .utf8).contains("\ninbox = \"/var/lib/qkd-run/inbox\""))
    #expect(!files().contains { $0.contains("/var/") })
    #expect(try tool("uninstall", "--destdir", prefix, "--prefix", "/usr").code == 0)
    #expect(files() == ["a b%c"])
    #expect(try tool("install", "--sysconfdir", "etc").code == 64)
  }

  @Test func packagesOfNoKindOrProcessorAreRefused() throws {
    let kind = try tool("package", "rpm")
    #expect(kind.code == 64 && kind.text.hasPrefix("usage: tools/package deb|tar"), "\(kind.text)")
    let processor = try tool("package", "tar", "--cpu", "z80")
    #expect(processor.code == 64 && processor.text.contains("QKD_CPU is 'z80'; allowed are"), "\(processor.text)")
    #if arch(x86_64)
      let foreign = try tool("package", "deb", "--cpu", "cortex-a72")
      // The program under test is this processor's.
      #expect(foreign.code == 65 && foreign.text.contains("which is not for aarch64"), "\(foreign.text)")
    #endif
    let version = try tool("package", "tar", "--version", "new one")
    #expect(version.code == 64 && version.text.contains("--version is 'new one'; allowed are"), "\(version.text)")
  }

  /// Below a user's home all is that user's: the crontab's line works as it stands, in silence.
  @Test func theCrontabsLineWorks() throws {
    let home = folder.path + "/h"
    try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    try #require(tool("install", "--prefix", home + "/.local", environment: ["HOME": home]).code == 0)
    let share = home + "/.local/share/"
    #expect(FileManager.default.fileExists(atPath: share + "systemd/user/qkd-run.timer"))
    let service = try String(contentsOfFile: share + "systemd/user/qkd-run.service", encoding: .utf8)
    let state = home + "/.local/state/qkd-run/"
    // Cron and the service look into one folder, which the service makes.
    #expect(service.contains(" --set spool.inbox=\(state)inbox ") && service.contains(" -\(state)results"))
    #expect(service.contains("\nExecStartPre=+/usr/bin/mkdir -p \"\(state)inbox\" ") && !service.contains("%S"))
    let crontab = try String(contentsOfFile: share + "doc/qkd-run/crontab", encoding: .utf8)
    let lines = crontab.split(separator: "\n")
    let make = try #require(lines.first { $0.hasPrefix("#   mkdir") }).dropFirst(4)
    let command = try #require(lines.last).replacing("*/5 * * * * ", with: "").replacing("\\%", with: "%")
    #expect(try run("/bin/bash", ["-c", String(make)]).code == 0)
    let row = (0..<128).map { $0 == 5 ? "1" : "0" }.joined(separator: ",") + "\n"
    try row.write(toFile: state + "inbox/a.csv", atomically: true, encoding: .utf8)
    for _ in 1...2 {
      let ran = try run("/bin/sh", ["-c", String(command)], environment: ["HOME": home])
      #expect(ran.code == 0 && ran.text == "", "\(ran.text)")
    }
    #expect(FileManager.default.fileExists(atPath: state + "results/a.csv.json"))
    #expect(FileManager.default.fileExists(atPath: state + "done/a.csv"))
    // What was found out stays.
    #expect(try tool("uninstall", "--prefix", home + "/.local", environment: ["HOME": home]).code == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home + "/.local") == ["state"])
  }

  @Test func systemdTakesServiceAndTimer() throws {
    let analyze = "/usr/bin/systemd-analyze"
    guard FileManager.default.isExecutableFile(atPath: analyze) else {
      print("systemd-analyze is not installed: service and timer were not verified")
      return
    }
    try #require(tool("install", "--prefix", prefix).code == 0)
    let units = prefix + "/lib/systemd/system/"
    for name in ["qkd-run.service", "qkd-run.timer"] {
      for manager in ["--system", "--user"] {
        let verified = try run(
          analyze, ["verify", manager, "--man=no", units + name], environment: ["XDG_RUNTIME_DIR": folder.path])
        #expect(verified.code == 0 && !verified.text.contains("qkd-run."), "\(manager) \(name): \(verified.text)")
      }
    }
    let timer = try String(contentsOfFile: units + "qkd-run.timer", encoding: .utf8)
    #expect(timer.contains("\nPersistent=true\n") && timer.contains("\nWantedBy=timers.target\n"))
    let service = try String(contentsOfFile: units + "qkd-run.service", encoding: .utf8)
    for line in [
      "Type=oneshot\nNotifyAccess=main\n", "PrivateNetwork=yes", "ProtectSystem=strict",
      "StateDirectory=qkd-run qkd-run/inbox ",
    ] {
      #expect(service.contains("\n\(line)"), "\(line)")
    }
    #expect(service.contains(/\nMemoryMax=[0-9]+\n/))
  }

  @Test func manualPagesAreClean() throws {
    try #require(tool("install", "--prefix", prefix).code == 0)
    let manual = prefix + "/share/man"
    let pages = try FileManager.default.subpathsOfDirectory(atPath: manual).filter { $0.contains(".") }
    #expect(pages.count >= 11)
    for page in pages {
      let text = try String(contentsOfFile: manual + "/" + page, encoding: .utf8)
      #expect(text.contains("\n.Sh NAME\n") && text.contains("\n.Sh SEE ALSO\n"), "\(page)")
    }
    let whole = try String(contentsOfFile: manual + "/man1/qkd-run.1", encoding: .utf8)
    for section in ["SYNOPSIS", "ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES"] {
      #expect(whole.contains("\n.Sh \(section)\n"), "\(section)")
    }
    for (program, arguments) in [
      ("/usr/bin/mandoc", ["-T", "lint", "-W", "warning"]), ("/usr/bin/man", ["--warnings=w", "-l"]),
    ] {
      guard FileManager.default.isExecutableFile(atPath: program) else {
        print("\(program) is not installed: it did not look at the manual pages")
        continue
      }
      for page in pages {
        let said = try run(
          "/bin/sh",
          ["-c", "\"$0\" \"$@\" 2>&1 >\(program.hasSuffix("man") ? "/dev/null" : "&1")", program] + arguments
            + [manual + "/" + page], environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
        #expect(said.code == 0 && said.text == "", "\(program) \(page): \(said.text)")
      }
    }
  }
}
