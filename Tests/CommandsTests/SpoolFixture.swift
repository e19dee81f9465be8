import Foundation
import Glibc
import Testing

/// A spool in a folder of its own, and a profile that names it by relative paths.
final class SpoolFixture: Sendable {
  let path: String
  static let model = EndToEndTests.profiles + "/student-7q-1l.safetensors"

  /// - Parameters:
  ///   - inMemory: on a file system without a disk, where there is one: for thousands of files.
  ///   - ownsModel: the model is a copy of its own, `model.safetensors`.
  ///   - pin: `model.sha256`.
  ///   - settings: further lines of the profile, from `[spool]` on.
  init(
    inMemory: Bool = false, keepsInputs: Bool = false, ownsModel: Bool = false, pin: String? = nil,
    settings: String = ""
  ) {
    let base = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    var template = Array("\(base)/qkd-run-spool-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template)!)
    for name in ["inbox", "results", "done"] { mkdir(path + "/" + name, 0o755) }
    if ownsModel { try? FileManager.default.copyItem(atPath: Self.model, toPath: path + "/model.safetensors") }
    put(
      "station.toml",
      """
      [host]
      memory = "2 MiB"
      precision = "float32"
      [model]
      path = "\(ownsModel ? "model.safetensors" : Self.model)"
      \(pin.map { "sha256 = \"\($0)\"" } ?? "")
      [spool]
      inbox = "inbox"
      results = "results"
      \(keepsInputs ? "" : "done = \"done\"")
      \(settings)
      """)
  }

  deinit {
    // Names need not be text, so the shell removes them.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/rm")
    process.arguments = ["-rf", "--", path]
    try? process.run()
    process.waitUntilExit()
  }

  func put(_ name: String, _ text: String) {
    let file = fopen(path + "/" + name, "w")!
    fputs(text, file)
    fclose(file)
  }

  func get(_ name: String) -> String {
    (FileManager.default.contents(atPath: path + "/" + name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Basis states as NDJSON: `count` of them, other ones for other seeds, labelled 0.
  static func rows(_ count: Int, seed: Int, label: String? = "0") -> String {
    (0..<count).map { row in
      let one = (seed &* 37 &+ row &* 11) % 128
      let features = (0..<128).map { $0 == one ? "1" : "0" }.joined(separator: ",")
      return label.map { "{\"features\": [\(features)], \"label\": \($0)}\n" } ?? "[\(features)]\n"
    }.joined()
  }

  static func text(_ count: Int, seed: Int) -> String {
    rows(count, seed: seed, label: nil).replacingOccurrences(of: "[", with: "").replacingOccurrences(of: "]", with: "")
  }

  /// Puts an input into the inbox that was last changed so many seconds after the epoch.
  func drop(_ name: String, _ text: String, changed seconds: Int = 1_700_000_000) {
    put("inbox/" + name, text)
    touch("inbox/" + name, seconds)
  }

  func touch(_ name: String, _ seconds: Int) {
    var times = [timespec(tv_sec: seconds, tv_nsec: 5), timespec(tv_sec: seconds, tv_nsec: 5)]
    utimensat(AT_FDCWD, path + "/" + name, &times, 0)
  }

  func run(_ arguments: String...) throws -> Binary.Result {
    try Binary.run(["--profile", path + "/station.toml"] + arguments)
  }

  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted()
  }

  var metrics: [[String: Any]] {
    self.get("results/metrics.ndjson").split(separator: "\n").compactMap {
      try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
  }

  func report(_ name: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(get("results/" + name).utf8)) as? [String: Any])
  }

  /// Everything that a write, a move or a change of times would change, by path.
  var state: [String: [Int]] {
    var state: [String: [Int]] = [:]
    for name in ["", "/inbox", "/results", "/done", "/rejected"].flatMap({ folder in
      [folder] + names(folder).map { folder + "/" + $0 }
    }) {
      var status = stat()
      if lstat(path + name, &status) != 0 { continue }
      state[name] = [
        Int(status.st_ino), Int(status.st_size), Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec),
        Int(status.st_ctim.tv_sec), Int(status.st_ctim.tv_nsec),
      ]
    }
    return state
  }
}
