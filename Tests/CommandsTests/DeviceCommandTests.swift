import Foundation
import TemporaryFolders
import Testing

/// Devices as users meet them: a maker's file, a layout, shots, a comparison.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct DeviceCommandTests {
  private let folder = TemporaryFolder()

  /// IBM's properties of so many qubits in a line.
  private static func device(_ qubits: Int, error: Double = 0.01, name: String = "ibm_line") -> String {
    let qubit = """
      [{"name": "T1", "unit": "us", "value": 100}, {"name": "T2", "unit": "us", "value": 80},
       {"name": "prob_meas0_prep1", "unit": "", "value": 0.03}, {"name": "prob_meas1_prep0", "unit": "", "value": 0.01}]
      """
    func gate(_ name: String, _ qubits: [Int], _ error: Double, _ length: Double) -> String {
      """
      {"gate": "\(name)", "qubits": \(qubits), "parameters": [{"name": "gate_error", "unit": "", "value": \(error)},
       {"name": "gate_length", "unit": "ns", "value": \(length)}]}
      """
    }
    let gates =
      (0..<qubits).map { gate("sx", [$0], 3e-4, 35) } + (1..<qubits).map { gate("cx", [$0 - 1, $0], error, 300) }
    return """
      {"backend_name": "\(name)", "qubits": [\((0..<qubits).map { _ in qubit }.joined(separator: ","))],
       "gates": [\(gates.joined(separator: ","))]}
      """
  }

  init() {
    _ = folder.put("line.json", Array(Self.device(5).utf8))
    _ = folder.put("good.json", Array(Self.device(6, error: 0.001, name: "ibm_good").utf8))
    _ = folder.put("short.json", Array(Self.device(3).utf8))
    _ = folder.put("cut.json", Array(Self.device(5).utf8.dropLast(40)))
  }

  private func run(_ arguments: [String]) throws -> Binary.Result { try Binary.run(arguments, folder: folder.path) }

  /// A sample's draws are its own, wherever it stands.
  @Test(arguments: [["--format", "json"], ["--input", "rows.csv"]]) func drawsAreASamplesOwn(_ source: [String]) throws
  {
    let model = EndToEndTests.profiles + "/student-7q-1l.safetensors"
    let rows = (0..<11).map { row in (0..<128).map { $0 == 9 * row % 128 ? "1" : "0" }.joined(separator: ",") }
    _ = folder.put("rows.csv", Array((rows.joined(separator: "\n") + "\n").utf8))
    let job =
      ["evaluate", "--model", model, "--samples", "11", "--set", "device.pulse-error=0.02", "--trajectories", "5"]
      + source
    var found: Set<String> = []
    for (lanes, batch) in [(1, 64), (2, 3), (4, 64), (4, 5), (8, 7)] {
      let result = try run(job + ["--lanes", "\(lanes)", "--batch", "\(batch)", "--predictions", "p.csv", "--quiet"])
      #expect(result.code == 0, "\(result.errors)")
      found.insert(String(decoding: try #require(folder.get("p.csv")), as: UTF8.self))
    }
    #expect(found.count == 1)
    if source[0] != "--input" { return }
    for part in 1...3 {
      let result = try run(job + ["--shard", "\(part)/3", "--predictions", "parts.csv", "--quiet"])
      #expect(result.code == 0, "\(result.errors)")
    }
    let merged = try run(["merge", "parts.csv"] + (1...3).map { "parts.csv.shard-\($0)-of-3.json" })
    #expect(merged.code == 0, "\(merged.errors)")
    #expect(try folder.get("parts.csv").map { String(decoding: $0, as: UTF8.self) } == #require(found.first))
  }

  private static let circuit = ["--set", "model.qubits=4", "--iterations", "5", "--samples", "200"]

  private func model() throws {
    let made = try run(["train", "--output", "m", "-q"] + Self.circuit)
    try #require(made.code == 0, "\(made.errors)")
  }

  private func evaluate(_ more: [String]) throws -> Binary.Result {
    try run(["--model", "m", "--samples", "200"] + more)
  }

  @Test func reports() throws {
    try model()
    let text = try evaluate(["--device", "line.json", "--layout", "4,3,2,1", "--shots", "50"])
    #expect(text.code == 0 && text.errors == "")
    #expect(text.output.contains("\ndevice      ibm_line, qubits 4, 3, 2, 1\n"))
    #expect(text.output.contains("\nshots       50 a sample and setting, drawn; the accuracy is theirs\n"))
    #expect(text.output.contains("\nexact ") && text.output.contains("\nto decide   p50 "))
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let json = try EndToEndTests.json(try evaluate(["--device", "line.json", "--shots", "50", "--format", "json"]))
    let device = try #require(json["device"] as? [String: Any])
    #expect((device["layout"] as? [Int])?.count == 4 && (device["sha256"] as? String)?.count == 64)
    let shots = try #require(json["shots"] as? [String: Any])
    #expect(shots["shots"] as? Int == 50 && shots["exact_accuracy"] is Double && shots["shots_to_decide"] != nil)
    #expect(json["allocations_after_seal"] as? Int == 0)
    let plan = try run(["plan", "--model", "m", "--device", "line.json"])
    #expect(plan.code == 0 && plan.output.contains("folded observables"))
  }

  @Test(
    arguments: [
      (["--device", "cut.json"], 65, "cut.json: is not a JSON text, or is cut off"),
      (["--device", "none.json"], 66, "none.json"),
      (["--device", "short.json"], 78, "ibm_line has 3 usable qubits; the circuit has 4"),
      (["--device", "line.json", "--layout", "0,1,2"], 78, "the layout has 3 qubits; the circuit has 4"),
      (["--device", "line.json", "--layout", "0,1,2,1"], 78, "the layout names qubit 1 twice"),
      (["--device", "line.json", "--layout", "0,1,2,9"], 78, "names qubit 9; ibm_line has qubits 0 to 4"),
      (["--device", "line.json", "--layout", "0,2,1,3"], 78, "does not couple qubits 0 and 2"),
      (["--device", "line.json", "--layout", "best,1"], 64, "device.layout = \"best,1\": allowed is physical qubits"),
      (["--layout", "0,1,2,3"], 78, "device.layout = [0, 1, 2, 3]: allowed is best without device.file"),
      (
        ["--device", "line.json", "--set", "device.pair-error=0.1"], 78,
        "device.file = line.json: allowed is nothing beside numbers of the device"
      ), (["--shots", "-1"], 64, "evaluation.shots = \"-1\": allowed is an integer from 0"),
      (["--trajectories", "5"], 78, "device.trajectories = 5: allowed is 0 without a device"),
      (["--set", "device.pair-seconds=1e-7"], 78, "device.pair-seconds = 1e-07: allowed is 0 without device.t1"),
    ] as [([String], Int32, String)])
  func refusals(_ arguments: [String], _ code: Int32, _ message: String) throws {
    try model()
    let result = try evaluate(arguments)
    #expect(result.code == code && result.errors.contains(message), "\(result.errors)")
  }

  @Test func comparison() throws {
    try model()
    let devices = ["devices", "--model", "m", "--samples", "200", "line.json", "good.json"]
    let text = try run(devices)
    #expect(text.code == 0 && text.errors == "", "\(text.errors)")
    let lines = text.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 } && lines[0].hasPrefix("device"))
    #expect(Set(lines[1...2].map { $0.prefix(8) }) == ["ibm_line", "ibm_good"])
    let json = try run(devices + ["--format", "json"])
    let entries = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    #expect(entries.count == 2)
    let some = try run(devices + ["short.json", "cut.json"])
    #expect(some.code == 3 && some.output.hasPrefix("device"))
    #expect(some.errors.contains("2 of 4 devices cannot run the model: see above"))
    #expect(some.errors.contains("3 usable qubits") && some.errors.contains("cut.json"))
    #expect(try run(["devices", "--model", "m"]).code == 64)
  }

  /// Nothing allocates after the seal: trained through noise and under shots, distilled from a laboratory's teacher.
  @Test(arguments: [
    ["train", "--device", "line.json"], ["train", "--device", "line.json", "--shots", "20"],
    ["distill", "--teacher", "m", "--device", "line.json", "--set", "distillation.teacher-shares-device=true"],
    [
      "distill", "--teacher", "m", "--teacher-device", "good.json", "--set", "distillation.teacher-zne=1,2,3", "--set",
      "distillation.teacher-shots=30",
    ],
  ])
  func nothingAllocates(_ job: [String]) throws {
    try model()
    let result = try run(job + ["--output", "s", "--format", "json"] + Self.circuit)
    try #require(result.code == 0, "\(result.errors)")
    #expect(try EndToEndTests.json(result)["allocations_after_seal"] as? Int == 0)
  }

  /// An experiment in parts, with comparisons across students and tests from shots.
  @Test func partsOfAnExperiment() throws {
    let profile = """
      [model]
      qubits = 3
      [device]
      pair-error = 0.02
      [training]
      states = 20
      batch = 10
      [evaluation]
      samples = 30
      [experiment]
      name = "mine"
      seeds = 3
      teacher-iterations = 4
      iterations = [3]
      trained-for = ["ideal", "device"]
      trained-shots = [0, 10]
      test-shots = [5]
      treatments = ["none", "noisy-teacher"]
      """
    _ = folder.put("mine.toml", Array(profile.utf8))
    let whole = try run(["reproduce", "mine.toml", "--format", "json", "--output", "whole.json"])
    try #require(whole.code == 0, "\(whole.errors)")
    #expect(try EndToEndTests.json(whole)["allocations_after_seal"] as? Int == 0)
    for index in 1...2 {
      let part = try run(["reproduce", "mine.toml", "-q", "--output", "r.json", "--shard", "\(index)/2"])
      try #require(part.code == 0, "\(part.errors)")
    }
    let merged = try run(["merge", "r.json", "r.json.shard-1-of-2.json", "r.json.shard-2-of-2.json"])
    #expect(merged.code == 0 && folder.get("r.json") == folder.get("whole.json"), "\(merged.errors)")
  }
}
