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
  /// What the runtime's floor, a constant for each job, has to spare, and by how much the system differs from run to
  /// run in how much of the program's code it maps. Of lines that the parser reads: plans cover its start, and plain
  /// ones take up to 1.3 MB less.
  private static let spareBytes = 1024 << 10

  @Test func aRunHoldsWhatWasPlannedOrIsRefused() throws {
    var random = SplitMix64(state: 11)
    var codes: [Int32: Int] = [:]
    let folder = TemporaryFolder()
    for _ in 0..<60 {
      let qubits = Int.random(in: 3...13, using: &random)
      let boundary = ["periodic", "open"].randomElement(using: &random)!
      let job = ["train", "compress"].randomElement(using: &random)!
      var arguments = [
        job, "--format", "json", "--set", "model.qubits=\(qubits)", "--set",
        "model.layers=\(Int.random(in: 1...6, using: &random))", "--set", "training.states=60",
        "--samples", "50", "--iterations", "2", "--batch", "\(Int.random(in: 1...60, using: &random))",
        "--threads", "\(Int.random(in: 1...3, using: &random))", "--memory",
        "\(Int.random(in: 8_000...11_000, using: &random)) KiB",
        "--precision", ["float32", "float64"].randomElement(using: &random)!,
        "--set", "data.boundary=\(boundary)",
      ]
      let isPlain = Bool.random(using: &random)
      arguments += [isPlain ? "--output" : "-o", folder.path + "/m.safetensors"]
      // An open chain has a ground state in both sectors.
      if boundary == "open" { arguments += ["--set", "data.parity=1"] }
      if job == "compress" { arguments += ["--set", "compression.layers=2", "--set", "compression.latent=1"] }
      let result = try Binary.run(arguments)
      // A chain may have two states of the lowest energy.
      if result.code == 78 && result.errors.contains("data.") { continue }
      codes[result.code, default: 0] += 1
      if result.code == 5 {
        #expect(result.output.isEmpty && result.errors.contains("are missing: nothing was started"))
        continue
      }
      #expect(result.code == 0, "\(arguments): \(result.errors)")
      let report = try EndToEndTests.json(result)
      let numbers = try ["peak_memory_bytes", "planned_bytes", "memory_budget_bytes"].map {
        try #require(report[$0] as? Int)
      }
      #expect(numbers[0] <= numbers[1] && numbers[1] <= numbers[2], "\(arguments): \(numbers)")
      #expect(isPlain || numbers[1] - numbers[0] < Self.spareBytes, "\(arguments): \(numbers)")
      for key in ["allocations_after_seal", "frees_after_seal", "mappings_after_seal", "growth_after_seal_bytes"] {
        #expect(report[key] as? Int == 0, "\(key): \(arguments)")
      }
    }
    #expect(codes[0] ?? 0 > 20 && codes[5] ?? 0 > 5, "\(codes)")
  }
}
