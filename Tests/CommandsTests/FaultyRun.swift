import Foundation
import Glibc
import Reports

/// Runs of the program in which one call to the system fails (Tests/Faults).
enum FaultyRun {
  static let injector = Binary.path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/faults"
  /// Whether processes may be traced here.
  static let isPossible: Bool = {
    guard Binary.isThere, FileManager.default.isExecutableFile(atPath: injector) else { return false }
    return (try? run(["--version"], fault: nil, scratch: "/tmp"))?.code == 0
  }()

  /// A call of a group, counted from 1, and what becomes of it.
  struct Fault: CustomStringConvertible {
    let group: String
    let number: Int
    let action: String

    var description: String { "\(group):\(number):\(action)" }
    var kills: Bool { action == "SIGKILL" }
  }

  struct Result {
    /// 128 + N for signal N, 125 for a run that did not end.
    let code: Int32
    let output: [UInt8]
    let errors: String
    /// Calls of each group.
    let counts: [String: Int]
    let wasInjected: Bool
  }

  /// - Parameters:
  ///   - scratch: a folder for what the run says.
  ///   - refusesUnnamed: as on file systems that have no files without names.
  static func run(
    _ arguments: [String], fault: Fault?, scratch: String, refusesUnnamed: Bool = false
  ) throws -> Result {
    let (out, err, facts) = (scratch + "/out", scratch + "/err", scratch + "/facts")
    var words = [injector, "-o", facts]
    if refusesUnnamed { words.append("-u") }
    if let fault { words += ["-f", fault.description] }
    words += [Binary.path] + arguments
    // Foundation's Process takes longer than the run.
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, path) in [(Int32(1), out), (2, err)] {
      posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var child: pid_t = 0
    guard posix_spawn(&child, injector, &actions, nil, &pointers, &environment) == 0 else {
      throw CocoaError(.executableLoad)
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    var counts: [String: Int] = [:]
    for line in bytes(facts).split(separator: UInt8(ascii: "\n")) {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      counts[String(words[0])] = Int(words[1])
    }
    return Result(
      code: status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f, output: bytes(out),
      errors: String(decoding: bytes(err), as: UTF8.self), counts: counts, wasInjected: counts["done"] == 1)
  }

  static func bytes(_ path: String) -> [UInt8] {
    (try? Data(contentsOf: URL(fileURLWithPath: path))).map { Array($0) } ?? []
  }
}
