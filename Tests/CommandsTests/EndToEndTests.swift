import Foundation
import TemporaryFolders
import Testing

/// The program as its users run it, on the profiles and models of the checkout.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct EndToEndTests {
  static let profiles =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/profiles"

  static func run(_ arguments: String..., input: FileHandle = .nullDevice) throws -> Binary.Result {
    try Binary.run(arguments, environment: ["QKD_PROFILE_PATH": profiles], input: input)
  }

  static func json(_ result: Binary.Result) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test(arguments: ["float32", "float64"])
  func theShippedStudentKeepsItsPromises(precision: String) throws {
    let result = try Self.run("--profile", "small-device", "--precision", precision, "--format", "json")
    #expect(result.code == 0 && result.errors.isEmpty)
    let report = try Self.json(result)
    let number = { (key: String) in try #require(report[key] as? NSNumber).doubleValue }
    let accuracy = try number("accuracy")
    #expect(accuracy >= 0.999)
    #expect(try number("samples") == 100_000)
    #expect(try number("allocations_after_seal") == 0)
    #expect(try number("ram_budget_bytes") == Double(2 << 20))
    #expect(try number("ram_planned_bytes") <= number("ram_budget_bytes"))
    // What was planned is what is held: no less, and allowances are no excuse for half a megabyte more.
    #expect(try number("ram_peak_bytes") <= number("ram_planned_bytes"))
    #expect(try number("ram_planned_bytes") - number("ram_peak_bytes") <= Double(512 << 10))
    #expect(try number("rom_touched_bytes") <= number("resident_peak_bytes"))
    #expect(try number("resident_peak_bytes") < Double(16 << 20))
    #expect(try number("samples_per_second") > 0)
    #expect(try number("seed") == 1)
    let interval = try #require(report["accuracy_interval"] as? [Double])
    #expect(interval[0] < accuracy && accuracy < interval[1] && interval[1] - interval[0] < 0.001)
    let latency = try #require(report["latency_microseconds"] as? [String: Double])
    #expect(latency["n"] == 1563 && latency["p50"]! <= latency["p90"]! && latency["p90"]! <= latency["p99"]!)
    #expect((report["model_sha256"] as? String)?.count == 64 && report["version"] is String)
    #expect(try number("arena_bytes") > 0)
  }

  @Test func theMicrocontrollersArenaIs64KiB() throws {
    let report = try Self.json(Self.run("--profile", "microcontroller", "--format", "json"))
    #expect(try #require(report["arena_bytes"] as? Int) <= 64 << 10)
    #expect(try #require(report["accuracy"] as? Double) >= 0.99)
  }

  @Test func thePlanIsTheRunsLayout() throws {
    let planned = try Self.json(Self.run("plan", "--profile", "small-device", "--json"))
    let ran = try Self.json(Self.run("--profile", "small-device", "--format", "json", "--plan"))
    let (before, after) = (planned["plan"] as? NSArray, ran["plan"] as? NSArray)
    #expect(before != nil && before == after)
    #expect((planned["outside_arena"] as? NSArray).map { $0 == ran["outside_arena"] as? NSArray } == true)
    let short = try Self.json(Self.run("--profile", "small-device", "--format", "json"))
    #expect(short["plan"] == nil && short["outside_arena"] == nil && short["arena_bytes"] != nil)
    let text = try Self.run("--profile", "small-device", "--plan")
    #expect(text.code == 64 && text.errors.contains("--plan is for --format json"))
  }

  /// The first screen: 80 columns, 24 lines; and nothing where nobody wants to read.
  @Test func theResultIsOneScreen() throws {
    let lines = try Self.run("--profile", "small-device").output.split(separator: "\n")
    #expect(lines.count <= 24)
    // A path has its own length.
    #expect(lines.dropFirst().allSatisfy { $0.count <= 80 }, "\(lines)")
    let quiet = try Self.run("--profile", "small-device", "-q")
    #expect(quiet.code == 0 && quiet.output == "" && quiet.errors == "")
    #expect(try Self.run("--profile", "small-device", "-q", "--format", "json").output.hasPrefix("{"))
  }

  @Test(arguments: [["plan", "--profile", "small-device"], ["plan", "reproduce", "--profile", "table-1-literal"]])
  func plansFitTheScreen(arguments: [String]) throws {
    let lines = try Binary.run(
      arguments, environment: ["QKD_PROFILE_PATH": "../profiles"], folder: Self.profiles
    ).output.split(separator: "\n")
    #expect(lines.count > 40 && lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
  }

  @Test func keysFitTheScreen() throws {
    let lines = try Self.run("plan", "--keys").output.split(separator: "\n")
    #expect(lines.count > 400 && lines.allSatisfy { $0.count <= 80 }, "\(lines.filter { $0.count > 80 })")
  }

  /// The commands of the README make the shipped models again. Rounding differs between processors, and training
  /// carries it on, so outputs are compared, not bytes.
  @Test func theShippedModelsCanBeMadeAgain() throws {
    let folder = TemporaryFolder()
    let (teacher, student) = (folder.path + "/teacher.safetensors", folder.path + "/student.safetensors")
    #expect(try Self.run("train", "--profile", "workstation", "--output", teacher, "--quiet").code == 0)
    #expect(try Self.run("distill", "--profile", "small-device", "--output", student, "--quiet").code == 0)
    for (made, shipped, tolerance) in [
      (teacher, "teacher-7q-2l.safetensors", 1e-6), (student, "student-7q-1l.safetensors", 2e-2),
    ] {
      let logits = try [made, Self.profiles + "/" + shipped].map { model in
        let file = folder.path + "/p.csv"
        #expect(try Self.run("--model", model, "--predictions", file, "--samples", "200").code == 0)
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
          $0.split(separator: ",").suffix(2).compactMap { Double($0) }
        }
      }
      #expect(logits[0].count == 200 && logits[1].count == 200)
      // Of the largest: a readout that is solved for classes which can be separated has large scales.
      let bound = tolerance * (logits[1].flatMap { $0.map(\.magnitude) }.max() ?? 0)
      for (a, b) in zip(logits[0], logits[1]) {
        #expect(abs(a[0] - b[0]) < bound && abs(a[1] - b[1]) < bound, "\(shipped)")
      }
    }
  }

  /// A circuit of a list of CZs: trained, shown, used; and refused where it has no such qubits.
  @Test func aListOfPairsIsTrainedAndEvaluated() throws {
    let folder = TemporaryFolder()
    let model = folder.path + "/m.safetensors"
    let circuit = ["--set", "model.entangler=0-1, 1-2, 2-0", "--set", "model.entangling-gate=cz"]
    let trained = try Binary.run(
      ["train", "--profile", "workstation", "--iterations", "20", "-o", model, "-q"] + circuit,
      environment: ["QKD_PROFILE_PATH": Self.profiles])
    #expect(trained.code == 0, "\(trained.errors)")
    let shown = try Self.json(Self.run("inspect", model, "--format", "json"))
    #expect(shown["entangler"] as? String == "0-1, 1-2, 2-0" && shown["entangling_gate"] as? String == "cz")
    let evaluated = try Self.json(Self.run("--model", model, "--samples", "100", "--format", "json"))
    #expect(evaluated["samples"] as? Int == 100 && evaluated["allocations_after_seal"] as? Int == 0)
    let refused = try Self.run(
      "train", "--profile", "workstation", "-o", model, "--set", "model.entangler=0-1, 1-7", "-q")
    #expect(refused.code == 78)
    for part in ["model.entangler", "0-1, 1-7", "qubits 0 to 6"] {
      #expect(refused.errors.contains(part), "\(refused.errors)")
    }
  }

  @Test func standardInputIsASourceOfStates() throws {
    // |0…0⟩ and |1…1⟩ as text, one state a line.
    let states = [0, 127].map { one in (0..<128).map { $0 == one ? "1" : "0" }.joined(separator: " ") }
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data((states.joined(separator: "\n") + "\n").utf8))
    try pipe.fileHandleForWriting.close()
    let result = try Self.run(
      "--profile", "small-device", "--input", "-", "--format", "json", input: pipe.fileHandleForReading)
    #expect(result.code == 0, "\(result.errors)")
    let report = try Self.json(result)
    #expect(report["samples"] as? Int == 2)
    #expect(report["accuracy"] is NSNull)
  }

  @Test func aBudgetThatIsTooSmallIsRefusedWithWhatWouldFit() throws {
    let result = try Self.run(
      "train", "--profile", "workstation", "--set", "model.qubits=18", "--memory", "32 MiB", "--output", "/dev/null/x")
    #expect(result.code == 5 && result.output.isEmpty)
    for part in ["needs", "33,554,432", "missing", "qubits"] {
      #expect(result.errors.contains(part), "\(part): \(result.errors)")
    }
    let plan = try Self.run(
      "plan", "train", "--profile", "workstation", "--set", "model.qubits=18", "--memory", "32 MiB")
    #expect(plan.code == 5 && plan.output.contains("student cotangents") && plan.errors == result.errors)
  }

  @Test func oneByteDecides() throws {
    let refused = try Self.run("--profile", "small-device", "--memory", "512 KiB")
    #expect(refused.code == 5)
    let words = refused.errors.split(separator: " ")
    let needed = try #require(
      words.firstIndex(of: "needs").flatMap { Int(words[$0 + 1].filter { $0 != "," }) })
    #expect(try Self.run("plan", "--profile", "small-device", "--memory", "\(needed)").code == 0)
    #expect(try Self.run("plan", "--profile", "small-device", "--memory", "\(needed - 1)").code == 5)
  }

  /// Observables of thousands of strings are on the heap, and in the plan.
  @Test func manyPauliStringsArePlannedFor() throws {
    let folder = TemporaryFolder()
    let strings = (0..<1500).map { "0.\($0 % 9 + 1)*X\($0 % 7)*Z\(($0 + 1) % 7)" }.joined(separator: "+")
    let model = folder.path + "/m"
    let trained = try Self.run(
      "train", "--profile", "workstation", "--set", "model.observables=\(strings);\(strings)", "--iterations", "2",
      "--samples", "10", "--output", model)
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(try Self.run("--model", model, "--samples", "10").code == 0)
  }

  @Test func whatIsSaidOfWrongWords() throws {
    let negative = try Self.run("--profile", "small-device", "--samples", "-1")
    #expect(negative.code == 64 && negative.errors.contains("evaluation.samples = \"-1\""))
    let quoted = try Self.run("plan", "train", "--set", "model.observables=[\"Z0\", 'Z1']")
    #expect(quoted.code == 0, "\(quoted.errors)")
    let name = try Self.run("plan", "--profile", "small-devise")
    #expect(name.code == 66 && name.errors.contains("did you mean small-device?"))
    let escaped = try Self.run("--model", "a\u{1B}[31m\nb")
    #expect(escaped.code == 66 && escaped.errors.contains("a\\x1b[31m\\x0ab"))
  }

  @Test func damagedModelsAreBadDataAndMissingOnesNoInput() throws {
    let folder = TemporaryFolder()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.profiles + "/student-7q-1l.safetensors")))
    bytes[bytes.count - 20] ^= 1
    let damaged = try Self.run("--model", folder.put("m.safetensors", bytes))
    #expect(damaged.code == 65 && damaged.output.isEmpty && damaged.errors.contains("m.safetensors"))
    #expect(try Self.run("--model", folder.path + "/none.safetensors").code == 66)
  }

  @Test func noOutputReplacesAnInput() throws {
    let folder = TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.profiles + "/teacher-7q-2l.safetensors")))
    let teacher = folder.put("t.safetensors", bytes)
    let result = try Self.run("distill", "--profile", "small-device", "--teacher", teacher, "--output", teacher)
    #expect(result.code == 78 && result.errors.contains("no input of the run"))
    #expect(folder.get("t.safetensors") == bytes && folder.names == ["t.safetensors"])
  }

  /// A tape, where the teacher's model is given once: written, read, shown, and refused for other data.
  @Test func aTapeStandsForItsTeacher() throws {
    let folder = TemporaryFolder()
    let (tape, student) = (folder.path + "/t.tape", folder.path + "/s.safetensors")
    func distil(_ arguments: String...) throws -> Binary.Result {
      try Binary.run(
        ["distill", "--profile", "small-device", "--output", student, "--iterations", "20", "--format", "json"]
          + arguments, environment: ["QKD_PROFILE_PATH": Self.profiles])
    }
    let direct = try distil()
    let bytes = try #require(folder.get("s.safetensors"))
    #expect(direct.code == 0 && !bytes.isEmpty)
    for arguments in [[], [], ["--teacher", ""]] {
      let result = try Binary.run(
        ["distill", "--profile", "small-device", "--output", student, "--iterations", "20", "--tape", tape]
          + arguments, environment: ["QKD_PROFILE_PATH": Self.profiles])
      #expect(result.code == 0, "\(result.errors)")
      #expect(folder.get("s.safetensors") == bytes)
    }
    let shown = try Self.json(Self.run("inspect", tape, "--format", "json"))
    #expect((shown["logits_shape"] as? [Int])?.last == 2 && (shown["teacher_sha256"] as? String)?.count == 64)
    #expect(try Self.run("inspect", tape).output.contains("of: seed"))
    let other = try distil("--tape", tape, "--seed", "77")
    #expect(other.code == 6 && other.errors.contains("seed is 77 here, 1 on the tape"), "\(other.errors)")
    #expect(folder.get("s.safetensors") == bytes)
    #expect(try distil("--tape", folder.path + "/nowhere/t.tape").code == 73)
    let same = try Self.run(
      "distill", "--profile", "small-device", "--output", folder.path + "/x", "--tape", folder.path + "/./x")
    #expect(same.code == 78 && same.errors.contains("no input of the run"), "\(same.errors)")
    #expect(try distil("--tape", folder.path + "/teacher-none.tape", "--teacher", "").code == 78)
    // Logits of another teacher take the place of the profile's, but not of one on the command line.
    let rows = (0..<4).map { "\($0)" }.joined()
    let logits = folder.put("l.npy", Array(rows.utf8))
    #expect(try distil("--teacher-logits", logits).code == 65)
    let both = try distil("--teacher-logits", logits, "--teacher", tape)
    #expect(both.code == 78 && both.errors.contains("distillation.teacher-logits, which takes its place"))
  }
}
