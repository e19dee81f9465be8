import Foundation
import TemporaryFolders
import Testing

/// Steele, Lea and Flood's SplitMix64: the same profiles in every run.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Random jobs in random budgets.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct RandomProfileTests {
  /// What the plan's allowances have to spare at the most.
  private static let spareBytes = 512 << 10
  private static let count = 200

  /// Model files, and states and bits with labels, for the jobs that read some.
  private struct Files {
    let folder = TemporaryFolder()
    let teacher, states, bits, labels: String

    init() throws {
      states = folder.put("states.npy", npy(rows: 70, columns: 16) { row, column in column == row % 16 ? 1 : 0 })
      bits = folder.put("bits.npy", npy(rows: 70, columns: 4) { row, column in Double(row >> column & 1) })
      labels = folder.put("labels.npy", npy(rows: 70, columns: nil) { row, _ in Double(row & 1) })
      teacher = folder.path + "/teacher.safetensors"
      let made = try Binary.run([
        "train", "-q", "-o", teacher, "--set", "model.qubits=4", "--iterations", "2", "--set", "training.states=20",
        "--set", "data.parity=1", "--samples", "10",
      ])
      try #require(made.code == 0, "\(made.errors)")
    }
  }

  private static func arguments(_ random: inout SplitMix64, _ files: Files) -> [String] {
    let job = ["evaluate", "train", "distill", "compress", "reproduce"].randomElement(using: &random)!
    let qubits = Int.random(in: 3...13, using: &random)
    func pick(_ values: [String]) -> String { values.randomElement(using: &random)! }
    var arguments = [job]
    // An experiment is named, and brings its own sizes.
    if job == "reproduce" {
      arguments += ["table-1", "--seeds", pick(["1", "3"]), "--set", "experiment.iterations=3"]
    }
    arguments += [
      "--format", "json", "--threads", "\(Int.random(in: 1...3, using: &random))", "--precision",
      pick(["float32", "float64"]), "--memory", "\(Int.random(in: 900...2_600, using: &random)) KiB",
    ]
    if job == "reproduce" {
      return arguments + [
        "--set", "experiment.teacher-iterations=3", "--set", "compression.iterations=3", "--set",
        "training.states=80", "--samples", "50", "-o", files.folder.path + "/report.json",
      ]
    }
    arguments += ["--samples", "50", "--batch", "\(Int.random(in: 1...60, using: &random))"]
    if job == "evaluate" {
      arguments += ["--model", files.teacher] + (Bool.random(using: &random) ? ["--input", files.states] : [])
      if !arguments.contains("--input") { arguments += ["--set", "data.parity=1"] }
      return arguments
    }
    arguments += ["--set", "training.states=60", "--iterations", "2", "-o", files.folder.path + "/m.safetensors"]
    let boundary = pick(["periodic", "open"])
    if job == "distill" || job == "train" && Bool.random(using: &random) {
      let isBits = job == "train" && Bool.random(using: &random)
      let input = isBits ? files.bits : files.states
      arguments += [
        "--set", "model.qubits=4", "--input", input, "--labels", files.labels, "--test-input", input, "--test-labels",
        files.labels,
      ]
      if isBits { arguments += ["--encoder", "phase"] }
    } else {
      arguments += ["--set", "model.qubits=\(qubits)", "--set", "data.boundary=\(boundary)"]
      // An open chain has a ground state in both sectors.
      if boundary == "open" { arguments += ["--set", "data.parity=1"] }
    }
    if job == "distill" { arguments += ["--teacher", files.teacher] }
    if job == "compress" {
      return arguments + ["--set", "compression.layers=2", "--set", "compression.latent=1"]
    }
    return arguments + ["--set", "model.layers=\(Int.random(in: 1...6, using: &random))"]
  }

  @Test func aRunHoldsWhatWasPlannedOrIsRefused() throws {
    var random = SplitMix64(state: 11)
    var codes: [Int32: Int] = [:]
    let files = try Files()
    for _ in 0..<Self.count {
      let arguments = Self.arguments(&random, files)
      for name in ["m.safetensors", "report.json", "report.json.journal"] { unlink(files.folder.path + "/" + name) }
      let result = try Binary.run(arguments, environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles])
      // A chain may have two states of the lowest energy.
      if result.code == 78 && result.errors.contains("data.") { continue }
      codes[result.code, default: 0] += 1
      if result.code == 5 {
        #expect(result.output.isEmpty && result.errors.contains("nothing was started"))
        continue
      }
      #expect(result.code == 0, "\(arguments): \(result.errors)")
      let whole = try EndToEndTests.json(result)
      let report = whole["facts"] as? [String: Any] ?? whole
      let numbers = try ["ram_peak_bytes", "ram_planned_bytes", "ram_budget_bytes"].map {
        try #require(report[$0] as? Int)
      }
      #expect(numbers[0] <= numbers[1] && numbers[1] <= numbers[2], "\(arguments): \(numbers)")
      #expect(numbers[1] - numbers[0] <= Self.spareBytes, "\(arguments): \(numbers)")
      for key in ["allocations_after_seal", "frees_after_seal", "mappings_after_seal", "growth_after_seal_bytes"] {
        #expect(report[key] as? Int == 0, "\(key): \(arguments)")
      }
    }
    #expect(codes[0] ?? 0 > Self.count / 2 && codes[5] ?? 0 > Self.count / 20, "\(codes)")
  }
}

/// An NPY file, format 1.0: float64 in columns, or labels, int64.
private func npy(rows: Int, columns: Int?, _ value: (Int, Int) -> Double) -> [UInt8] {
  let shape = columns.map { "(\(rows), \($0))" } ?? "(\(rows),)"
  var header = "{'descr': '\(columns == nil ? "<i8" : "<f8")', 'fortran_order': False, 'shape': \(shape), }"
  header += String(repeating: " ", count: 117 - header.count) + "\n"
  var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8)
  for row in 0..<rows {
    guard let columns else {
      withUnsafeBytes(of: Int(value(row, 0))) { bytes += $0 }
      continue
    }
    for column in 0..<columns { withUnsafeBytes(of: value(row, column)) { bytes += $0 } }
  }
  return bytes
}
