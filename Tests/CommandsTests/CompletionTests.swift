import Foundation
import Settings
import TemporaryFolders
import Testing

/// What shells offer behind a line, typed into real ones.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct CompletionTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  private static let shells = ["bash", "zsh", "fish"].filter { shell in
    let found = ["/bin/", "/usr/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + shell) }
    if !found { print("\(shell) is not installed: its completions were not tried (install-dependencies --for-shells)") }
    return found
  }

  /// What a shell shows when a line and two tabulators were typed.
  private func typed(_ shell: String, _ line: String, in folder: String = "/") throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.root + "/tools/python/typed_line.py")
    process.arguments = [shell, Binary.path, folder, line]
    process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "QKD_PROFILE_PATH": EndToEndTests.profiles]
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(shell): \(text)")
    return text
  }

  /// Words that are offered behind a line, and words that are not.
  private func expect(
    _ line: String, _ offered: [String], not others: [String] = [], in folder: String = "/",
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    for shell in Self.shells {
      let shown = try typed(shell, line, in: folder)
      for word in offered {
        #expect(shown.contains(word), "\(shell) does not offer \(word): \(shown)", sourceLocation: location)
      }
      for word in others {
        #expect(!shown.contains(word), "\(shell) offers \(word): \(shown)", sourceLocation: location)
      }
    }
  }

  @Test func subcommands() throws {
    try expect("qkd-run ", ["evaluate", "distill", "rollback", "inspect", "bench"])
    try expect("qkd-run comp", ["compress"], not: ["distill"])
  }

  @Test func profiles() throws {
    try expect("qkd-run distill --profile s", ["small-device", "shots-calibrated"], not: ["workstation"])
    try expect("qkd-run plan -p work", ["workstation"])
    try expect("qkd-run reproduce f", ["figure-4", "figure-6"], not: ["figure-4-literal", "shots"])
    try expect("qkd-run reproduce table-1 --preset l", ["literal"], not: ["calibrated"])
  }

  @Test func settings() throws {
    try expect("qkd-run train --set data.enc", ["data.encoder="])
    // Without a blank behind it.
    for shell in Self.shells where shell != "fish" {
      #expect(try typed(shell, "qkd-run train --set data.enc").contains("\n= qkd-run train --set data.encoder= =\n"))
    }
    try expect("qkd-run train --set data.encoder=a", ["amplitude", "angle"], not: ["basis"])
    try expect("qkd-run train --set data.encoder=ba", ["data.encoder=basis"])
    try expect("qkd-run train --set trai", ["training.iterations=", "training.batch="], not: ["spool.inbox"])
    try expect("qkd-run evaluate --precision float", ["float32", "float64"])
    try expect("qkd-run import x.npy --rotation h", ["half"])
    try expect("qkd-run inspect x --format j", ["json"])
  }

  @Test func files() throws {
    let folder = TemporaryFolder()
    for name in ["student.safetensors", "states.npy", "station.toml", "other.txt"] { _ = folder.put(name, [49, 10]) }
    try expect("qkd-run inspect st", ["student.safetensors", "states.npy"], not: ["other.txt"], in: folder.path)
    try expect("qkd-run evaluate --input sta", ["states.npy"], not: ["student"], in: folder.path)
    try expect("qkd-run distill --profile ./", ["station.toml"], not: ["states.npy", "other"], in: folder.path)
    try expect("qkd-run train --set data.path=stat", ["states.npy"], not: ["student"], in: folder.path)
  }

  /// A line without a subcommand is one of `evaluate`.
  @Test(.enabled(if: shells.contains("bash"))) func lineWithoutASubcommand() throws {
    for shell in Self.shells where shell != "fish" {
      #expect(try typed(shell, "qkd-run --profile micro").contains("= qkd-run --profile microcontroller"))
      #expect(try typed(shell, "qkd-run --profile microcontroller --pred").contains("--predictions"))
    }
    #expect(try typed("bash", "qkd-run --profile=micro").contains("= qkd-run --profile=microcontroller"))
  }

  /// Every value of every setting that is one of a few.
  @Test func choicesAreTaken() throws {
    for key in SettingKey.all {
      for choice in key.choices {
        #expect(throws: Never.self, "\(key.name)=\(choice)") {
          var resolution = Resolution()
          try resolution.apply([Assignment(key: key.name, value: .text(choice), origin: .flag("--set"))])
        }
      }
    }
    #expect(SettingKey.named("data.encoder")?.choices.contains("amplitude-unnormalized") == true)
    #expect(SettingKey.named("host.memory")?.choices == [])
  }
}
