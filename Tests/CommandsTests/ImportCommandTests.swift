import Foundation
import Models
import TemporaryFolders
import Testing

/// One with numpy and safetensors.
private let importPython = ProcessInfo.processInfo.environment["QKD_PYTHON"]

/// `import` as users meet it, on files that Python's libraries write.
@Suite(
  .enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"),
  .enabled(if: importPython != nil, "QKD_PYTHON names no Python with numpy and safetensors"))
struct ImportCommandTests {
  private static let student = EndToEndTests.profiles + "/student-7q-1l.safetensors"
  private static let conventions = [
    "--axes", "layer,qubit,gate", "--gates", "rx,ry,rz", "--rotation", "half", "--entangler", "descending",
    "--qubit-order", "little-endian", "--final-rotation", "true", "--encoder", "state", "--observables", "Z0; Z1",
  ]

  private let folder = TemporaryFolder()

  /// The student as arrays, as tensors, and a probe: random states and the logits of `evaluate`.
  init() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(importPython))
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.arguments = [
      "-c",
      """
      import sys, numpy as np
      from safetensors import safe_open
      from safetensors.numpy import load_file, save_file
      student, states = load_file(sys.argv[1]), np.random.default_rng(1).normal(size=(9, 128, 2)) @ [1, 1j]
      for name, values in student.items(): np.save(name, values)
      np.save("x", states / np.linalg.norm(states, axis=1, keepdims=True))
      stated = {"axes": "qubit,layer,gate", "gates": "rx,ry,rz", "rotation": "half", "entangler": "descending",
                "qubit_order": "little-endian", "final_rotation": "true", "encoder": "state", "observables": "Z0; Z1"}
      student["angles"] = np.ascontiguousarray(student["angles"].swapaxes(0, 1))
      save_file(student, "stated", stated)
      save_file({"weights": student["angles"].astype("f4")}, "silent", {"format": "pt"})
      """, Self.student,
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(
      try Binary.run(["--model", Self.student, "--input", "x.npy", "--predictions", "p.npy"], folder: folder.path).code
        == 0)
    let cut = Process()
    cut.executableURL = process.executableURL
    cut.currentDirectoryURL = process.currentDirectoryURL
    cut.arguments = ["-c", "import numpy as np; np.save('y', np.load('p.npy')[:, -2:])"]
    try cut.run()
    cut.waitUntilExit()
  }

  private func run(_ arguments: String...) throws -> Binary.Result {
    try Binary.run(["import"] + arguments, folder: folder.path)
  }

  private func run(_ arguments: [String]) throws -> Binary.Result {
    try Binary.run(["import"] + arguments, folder: folder.path)
  }

  private var array: [String] { ["angles.npy", "-o", "m", "--scales", "scales.npy", "--biases", "biases.npy"] }
  private let probe = ["--probe", "x.npy", "--expect", "y.npy"]

  @Test func arraysBecomeTheStudent() throws {
    let result = try run(array + Self.conventions + probe)
    #expect(result.code == 0 && result.errors == "")
    let lines = result.output.split(separator: "\n")
    #expect(
      lines.allSatisfy { $0.count <= 80 } && result.output.hasPrefix("model           m (written, 46 parameters)\n"))
    #expect(result.output.contains("\nproof           9 of 9 rows differ by at most "))
    let (model, shipped) = (try Model.read(path: folder.path + "/m").model, try Model.read(path: Self.student).model)
    #expect(model.angles == shipped.angles && model.ansatz == shipped.ansatz && model.scales == shipped.scales)
    #expect(
      try Binary.run(["--model", "m", "--input", "x.npy", "--predictions", "q.npy"], folder: folder.path).code == 0)
    #expect(folder.get("q.npy") == folder.get("p.npy"))
    #expect(try run(array + Self.conventions + ["--quiet"]).output == "")
  }

  @Test func tensorsStateThemselves() throws {
    let report = try EndToEndTests.json(run(["stated", "--output", "m", "--format", "json"] + probe))
    #expect(report["job"] as? String == "import" && report["scales_from"] as? String == "its tensor")
    #expect((report["stated_by"] as? [String: String])?["axes"] == "metadata")
    let proof = try #require(report["proof"] as? [String: Any])
    #expect(proof["allocations_after_seal"] as? Int == 0 && proof["rows"] as? Int == 9)
    let silent = try run("silent", "-o", "n")
    #expect(silent.code == 65 && silent.errors.contains("no tensor \"angles\"; name one with --angles-name: weights"))
    let named = try run(
      "silent", "-o", "n", "--angles-name", "weights", "--like", Self.student, "--axes", "qubit,layer,gate")
    #expect(named.code == 0 && named.output.contains("(--like)"))
  }

  @Test func whatDiffersIsNamed() throws {
    let result = try run(
      ["stated", "-o", "m", "--rotation", "half", "--log-format", "json", "--biases", "biases.npy"] + probe)
    #expect(result.code == 0)
    var wrong = Self.conventions
    wrong[5] = "full"
    let refused = try run(array + wrong + probe + ["--log-format", "json"])
    let error = try #require(try JSONSerialization.jsonObject(with: Data(refused.errors.utf8)) as? [String: Any])
    #expect(refused.code == 65 && error["exit_code"] as? Int == 65)
    let fit = try #require((error["fits"] as? [[String: Any]])?.first)
    #expect(fit["conventions"] as? [String: String] == ["rotation": "half"])
    #expect((error["message"] as? String)?.contains("By the probe --rotation half fits to ") == true)
    let disagreeing = try run("stated", "-o", "n", "--rotation", "full")
    #expect(
      disagreeing.code == 65 && disagreeing.errors.contains("rotation is full by --rotation, and half by its metadata"))
    let nobody = try run(
      array + ["--observables", "Z0;Z1", "--axes", "layer,qubit,gate", "--gates", "rx,ry,rz"] + probe)
    #expect(nobody.code == 65 && nobody.errors.contains("--entangler descending"))
  }

  @Test func badUsage() throws {
    for (arguments, message) in [
      (["angles.npy"], "Missing expected argument '--output <file>'"),
      (array + ["--rotation", "quarter"], "--rotation quarter: allowed is half for exp(-i angle P/2)"),
      (array + ["--observables", "Z0;Q1"], "--observables Q1: allowed is "),
      (array + ["--probe", "x.npy"], "--probe and --expect belong together"),
      (array + ["--tolerance", "1"], "--tolerance is for --probe"),
      (array + probe + ["--tolerance", "0"], "--tolerance is a number above 0"),
      (array + probe + ["--memory", "much"], "--memory is a size such as 256 MiB"),
      (["angles.npy", "-o", "angles.npy"], "--output angles.npy is an input of the import"),
      (["", "-o", "m"], "a file needs a name"),
    ] {
      let result = try run(arguments)
      #expect(result.code == 64 && result.errors.contains(message), "\(arguments): \(result.errors)")
    }
    #expect(try run(array + Self.conventions + probe + ["--memory", "1 KiB"]).code == 5)
    #expect(try run(["nowhere.npy", "-o", "m"]).code == 66)
    #expect(try run(array.map { $0 == "m" ? "nowhere/m" : $0 } + Self.conventions).code == 73)
    #expect(!folder.names.contains("m"))
    let help = try run("--help")
    #expect(help.code == 0 && help.output.contains("EXAMPLES:\n  qkd-run import "))
    #expect(help.output.split(separator: "\n").filter { $0.hasPrefix("  qkd-run") }.allSatisfy { $0.count <= 80 })
  }
}
