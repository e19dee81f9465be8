import Foundation
import Glibc
import Kernel
import Models
import Testing

/// Another model in the place of a spool's, and back.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct RolloutTests {
  static let teacher = EndToEndTests.profiles + "/teacher-7q-2l.safetensors"
  private static let student = SpoolFixture.model
  /// Of 40 labelled samples the teacher has 20 right, the student 10.
  private static let low = "[evaluation]\nminimum-accuracy = 0.3"
  private static let high = "[evaluation]\nminimum-accuracy = 0.9"

  private static func digest(_ path: String) throws -> String { try Model.read(path: path).digest }

  /// Two inputs with labels that are done, and one without.
  private func fill(_ spool: SpoolFixture) throws {
    for (index, name) in ["a", "b"].enumerated() {
      spool.drop(name + ".ndjson", SpoolFixture.rows(20, seed: index + 1))
    }
    spool.drop("c.ndjson", SpoolFixture.rows(5, seed: 3, label: nil))
    _ = try spool.run()
    #expect(spool.names("inbox").isEmpty && spool.metrics.count == 3)
  }

  private func rollout(_ candidate: String, _ spool: SpoolFixture, _ more: String...) throws -> Binary.Result {
    try Binary.run(["rollout", candidate, "--profile", spool.path + "/station.toml"] + more)
  }

  private func rollback(_ spool: SpoolFixture, _ more: String...) throws -> Binary.Result {
    try Binary.run(["rollback", "--profile", spool.path + "/station.toml"] + more)
  }

  private func expectModels(
    _ spool: SpoolFixture, _ model: String, previous: String?, _ location: SourceLocation = #_sourceLocation
  ) {
    let place = spool.path + "/model.safetensors"
    #expect(FaultyRun.bytes(place) == FaultyRun.bytes(model), sourceLocation: location)
    #expect(
      FaultyRun.bytes(place + ".previous") == (previous.map(FaultyRun.bytes) ?? []), sourceLocation: location)
    #expect(!spool.names("").contains { $0.hasPrefix(".qkd-run.") || $0.hasSuffix(".exchange") })
  }

  /// What a spool evaluates is another model's only by a rollout.
  @Test func trainingLeavesTheSpoolsModel() throws {
    let spool = SpoolFixture(ownsModel: true)
    let (profile, model) = (spool.path + "/station.toml", spool.path + "/model.safetensors")
    func train(_ more: [String] = []) throws -> Binary.Result {
      try Binary.run(
        ["train", "--profile", profile, "--memory", "64 MiB", "--iterations", "1", "--samples", "2", "--batch", "2"]
          + more)
    }
    for (more, code) in [([String](), Int32(78)), (["--output", model], 64)] {
      let refused = try train(more)
      #expect(refused.code == code, "\(refused.errors)")
      #expect(refused.errors.contains("(--output)") && refused.errors.contains("qkd-run rollout"), "\(refused.errors)")
      expectModels(spool, Self.student, previous: nil)
    }
    let trained = try train(["--output", spool.path + "/new.safetensors"])
    #expect(trained.code == 0, "\(trained.errors)")
    expectModels(spool, Self.student, previous: nil)
    // The first model of a spool replaces none; the same command again finds it done.
    unlink(model)
    for _ in 1...2 { #expect(try train().code == 0) }
  }

  @Test func aCandidateThatPasses() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    try fill(spool)
    chmod(spool.path + "/model.safetensors", 0o640)
    let results = spool.get("results/a.ndjson.json")
    let done = try rollout(Self.teacher, spool)
    #expect(done.code == 0 && done.errors == "")
    #expect(done.output.contains("rollout    the candidate is in place\n"))
    #expect(done.output.contains("inputs     2 of 3 with labels, 40 samples\n"))
    #expect(done.output.contains("accuracy   0.5000, 95 % interval 0.3520 to 0.6480 (20 of 40)\ngate       met\n"))
    expectModels(spool, Self.teacher, previous: Self.student)
    let permissions = try FileManager.default.attributesOfItem(atPath: spool.path + "/model.safetensors.previous")
    #expect(permissions[.posixPermissions] as? Int == 0o640)
    let line = spool.metrics[3]
    #expect(line["event"] as? String == "rollout" && line["samples"] as? Int == 40 && line["inputs"] as? Int == 2)
    #expect(try line["from_sha256"] as? String == Self.digest(Self.student))
    #expect(try line["to_sha256"] as? String == Self.digest(Self.teacher))
    #expect(line["accuracy"] as? Double == 0.5 && (line["time"] as? String)?.hasSuffix("Z") == true)
    // What is done stays done, with the digest of its model; what comes is the new one's.
    spool.drop("d.ndjson", SpoolFixture.rows(20, seed: 4))
    _ = try spool.run()
    #expect(spool.get("results/a.ndjson.json") == results && spool.metrics.count == 5)
    #expect(try spool.report("d.ndjson.json")["model_sha256"] as? String == Self.digest(Self.teacher))
    // Twice changes nothing.
    let state = spool.state
    let again = try rollout(Self.teacher, spool, "--format", "json")
    #expect(try EndToEndTests.json(again)["outcome"] as? String == "in-place")
    #expect(again.code == 0 && spool.state == state)
  }

  @Test func historyShowsModels() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    try fill(spool)
    #expect(try rollout(Self.teacher, spool).code == 0 && rollback(spool).code == 0)
    let (student, teacher) = (try Self.digest(Self.student).prefix(8), try Self.digest(Self.teacher).prefix(8))
    let history = ["history", "--profile", spool.path + "/station.toml"]
    let lines = try Binary.run(history).output.split(separator: "\n")
    #expect(lines[0].hasSuffix("  model") && lines[1].hasPrefix("  gate "))
    #expect(lines[2].hasPrefix("a.ndjson ") && lines[2].hasSuffix("  \(student)") && lines[3].hasPrefix("  missed "))
    #expect(lines[8].hasPrefix("(rollout) ") && lines[8].contains("    40  0.5000 (0.3520 to 0.6480)"))
    #expect(lines[8].hasSuffix("  \(teacher) *") && lines[9].hasPrefix("  met "))
    #expect(lines[10].hasPrefix("(rollback) ") && lines[10].hasSuffix("  \(student) *") && lines[11].hasPrefix("  - "))
    // The trend is of inputs alone.
    #expect(lines.contains("accuracy    ▁▁·  0.2500 to 0.2500"))
    let json = try Binary.run(history + ["--last", "2", "--format", "json"]).output
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(entries.map { $0["event"] as? String } == ["rollout", "rollback"])
    #expect(try Binary.run(history + ["--last", "1"]).output.split(separator: "\n").count == 4)
  }

  @Test func aCandidateThatFails() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.high)
    try fill(spool)
    let state = spool.state
    let failed = try rollout(Self.teacher, spool, "--format", "json")
    #expect(failed.code == 4 && failed.errors.contains("begins at 0.3520, evaluation.minimum-accuracy is 0.9"))
    #expect(try EndToEndTests.json(failed)["outcome"] as? String == "missed")
    #expect(spool.state == state)
    let low = ["--set", "evaluation.minimum-accuracy=0.3"]
    let tried = try rollout(Self.teacher, spool, "--dry-run", low[0], low[1])
    #expect(tried.code == 0 && tried.output.contains("would be put in place") && spool.state == state)
    let drift = try rollout(Self.teacher, spool, low[0], low[1], "--set", "evaluation.maximum-low-confidence=0")
    #expect(drift.code == 0, "no answer has low confidence: \(drift)")
  }

  @Test func whatARolloutNeeds() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    let none = try rollout(Self.teacher, spool, "--set", "evaluation.minimum-accuracy=none")
    #expect(none.code == 78 && none.errors.contains("evaluation.minimum-accuracy = none"))
    #expect(!spool.names("").contains("rejected"), "a folder was made before")
    spool.drop("c.csv", SpoolFixture.text(3, seed: 3))
    _ = try rollout(Self.teacher, spool)
    let state = spool.state
    let unlabelled = try rollout(Self.teacher, spool)
    #expect(unlabelled.code == 66 && unlabelled.errors.contains("none of 1 input has labels"))
    #expect(unlabelled.errors.contains("NAME.labels") && spool.state == state)
    let part = try rollout(Self.teacher, spool, "--set", "host.shard=1/2")
    #expect(part.code == 78 && part.errors.contains("host.shard = 1/2"))
    let alone = try Binary.run(["rollout", Self.teacher, "--model", Self.student])
    #expect(alone.code == 64 && alone.errors.contains("spool.inbox"))
    #expect(try Binary.run(["rollout"]).code == 64 && rollback(spool).code == 66)
    #expect(spool.state == state)
  }

  @Test func inputsOfTheInbox() throws {
    let spool = SpoolFixture(keepsInputs: true, ownsModel: true, settings: Self.low)
    spool.drop("a.csv", SpoolFixture.text(20, seed: 1))
    spool.drop("a.csv.labels", String(repeating: "0\n", count: 20))
    spool.drop("b.ndjson", SpoolFixture.rows(20, seed: 2))
    spool.drop("damaged.ndjson", "{\"features\": [1,")
    symlink("b.ndjson", spool.path + "/inbox/link.ndjson")
    let done = try rollout(Self.teacher, spool)
    #expect(done.code == 0 && done.output.contains("2 of 2 with labels, 40 samples; 1 cannot be evaluated"))
    #expect(spool.names("inbox").count == 5 && spool.names("results") == ["metrics.ndjson"])
    // Where inputs stay, another model evaluates them anew.
    #expect(try spool.run().code >= 3)
    #expect(try rollback(spool).code == 0)
    _ = try spool.run()
    #expect(
      spool.metrics.map { $0["event"] as? String ?? $0["input"] as? String } == [
        "rollout", "a.csv", "b.ndjson", "rollback", "a.csv", "b.ndjson",
      ])
  }

  @Test func candidatesThatAreNone() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    try fill(spool)
    _ = try rollout(Self.teacher, spool, "--dry-run")
    let state = spool.state
    func refused(_ path: String, _ code: Int32, _ part: String, _ location: SourceLocation = #_sourceLocation) throws {
      let result = try rollout(path, spool)
      #expect(result.code == code && result.errors.contains(part), "\(result)", sourceLocation: location)
      #expect(
        result.output == ""
          && spool.state.filter { $0.key.hasPrefix("/model") }
            == state.filter {
              $0.key.hasPrefix("/model")
            },
        sourceLocation: location)
    }
    spool.put("cut", "")
    let bytes = FaultyRun.bytes(Self.teacher)
    try Data(bytes.dropLast(8)).write(to: URL(fileURLWithPath: spool.path + "/cut"))
    try refused(spool.path + "/cut", 65, "damaged")
    try refused(spool.path + "/nothing", 66, "No such file")
    try refused(spool.path + "/inbox", 66, "no regular file")
    try refused("-", 66, "no regular file")
    try refused(EndToEndTests.profiles + "/autoencoder-7q-2q.safetensors", 65, "format")
    // Another number of classes, and of qubits.
    let whole = try Model.read(path: Self.student).model
    let observables = try whole.observables + [Observable("Z2")]
    let wide = Model(
      ansatz: whole.ansatz, observables: observables, angles: whole.angles, scales: whole.scales + [1],
      biases: whole.biases + [0], encoder: whole.encoder)
    try Data(wide.tensorFile().encode()).write(to: URL(fileURLWithPath: spool.path + "/wide"))
    try refused(spool.path + "/wide", 65, "classification, 3 logits, the one in place of classification, 2 logits")
    let ansatz = Ansatz(
      qubits: 6, layers: whole.ansatz.layers, entangler: whole.ansatz.entangler,
      finalRotation: whole.ansatz.finalRotation)
    let small = Model(
      ansatz: ansatz, observables: whole.observables, angles: Array(whole.angles.prefix(ansatz.parameterCount)),
      scales: whole.scales, biases: whole.biases, encoder: whole.encoder)
    try Data(small.tensorFile().encode()).write(to: URL(fileURLWithPath: spool.path + "/small"))
    try refused(spool.path + "/small", 65, "an input of the spool does not fit it: ")
    #expect(spool.metrics.count == 3)
  }

  @Test func pinsAndRollouts() throws {
    let (student, teacher) = (try Self.digest(Self.student), try Self.digest(Self.teacher))
    let spool = SpoolFixture(ownsModel: true, pin: student, settings: Self.low)
    try fill(spool)
    let state = spool.state
    let refused = try rollout(Self.teacher, spool)
    #expect(refused.code == 65 && refused.errors.contains("its sha256 is \(teacher)") && spool.state == state)
    #expect(refused.errors.contains("model.sha256 takes \(student) alone"))
    // The new digest comes first: until the model does, no run takes the old one.
    spool.put("station.toml", spool.get("station.toml").replacingOccurrences(of: student, with: teacher))
    spool.drop("d.ndjson", SpoolFixture.rows(20, seed: 4))
    #expect(try spool.run().code == 65 && spool.names("inbox") == ["d.ndjson"])
    #expect(try rollout(Self.teacher, spool).code == 0)
    expectModels(spool, Self.teacher, previous: Self.student)
    let back = try rollback(spool)
    #expect(back.code == 65 && back.errors.contains("its sha256 is \(student)"))
    expectModels(spool, Self.teacher, previous: Self.student)
    #expect(try rollback(spool, "--model-sha256", student).code == 0)
    expectModels(spool, Self.student, previous: Self.teacher)
  }

  @Test func thereAndBack() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    try fill(spool)
    // Through a link, which stays.
    rename(spool.path + "/model.safetensors", spool.path + "/results/m")
    symlink("results/m", spool.path + "/model.safetensors")
    func bytes(_ name: String) -> [UInt8] { FaultyRun.bytes(spool.path + "/results/" + name) }
    let (student, teacher) = (FaultyRun.bytes(Self.student), FaultyRun.bytes(Self.teacher))
    #expect(try rollout(Self.teacher, spool).code == 0)
    #expect(bytes("m") == teacher && bytes("m.previous") == student)
    let back = try EndToEndTests.json(rollback(spool, "--format", "json"))
    #expect(back["outcome"] as? String == "done" && bytes("m") == student && bytes("m.previous") == teacher)
    #expect(try back["to_sha256"] as? String == Self.digest(Self.student))
    let again = try rollback(spool)
    #expect(again.output.contains("rollback  the previous model is in place\n"))
    #expect(bytes("m") == teacher && bytes("m.previous") == student)
    var status = stat()
    #expect(lstat(spool.path + "/model.safetensors", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    // One that cannot run is not brought back.
    spool.put("results/m.previous", "no model")
    #expect(try rollback(spool).code == 65 && bytes("m") == teacher)
    unlink(spool.path + "/results/m.previous")
    symlink("m", spool.path + "/results/m.previous")
    #expect(try rollback(spool).code == 73 && bytes("m") == teacher)
    #expect(spool.metrics.compactMap { $0["event"] as? String } == ["rollout", "rollback", "rollback"])
  }

  /// A model that is not there yet, and one that is damaged.
  @Test func nothingToReplace() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    try fill(spool)
    spool.put("model.safetensors", "no model")
    #expect(try rollout(Self.teacher, spool).code == 65)
    unlink(spool.path + "/model.safetensors")
    #expect(try rollout(Self.teacher, spool).code == 0)
    expectModels(spool, Self.teacher, previous: nil)
    #expect(spool.metrics.last?["from_sha256"] is NSNull && spool.metrics.count == 4)
    #expect(try rollout(Self.student, spool, "--set", "evaluation.minimum-accuracy=0.1").code == 0)
    // What cannot be read goes where the previous one was.
    spool.put("model.safetensors", "no model")
    #expect(try rollback(spool).code == 0)
    #expect(FaultyRun.bytes(spool.path + "/model.safetensors") == FaultyRun.bytes(Self.teacher))
    #expect(spool.get("model.safetensors.previous") == "no model" && spool.metrics.last?["from_sha256"] is NSNull)
  }

  /// While a run works on the spool nothing changes, and a run that waits evaluates with what came meanwhile.
  @Test(.timeLimit(.minutes(1))) func locks() throws {
    let spool = SpoolFixture(ownsModel: true, settings: Self.low)
    try fill(spool)
    spool.put(
      "station.toml",
      spool.get("station.toml").replacingOccurrences(of: "[host]", with: "[host]\nif-locked = \"skip\""))
    let inbox = open(spool.path + "/inbox", O_RDONLY | O_CLOEXEC)
    defer { close(inbox) }
    #expect(flock(inbox, LOCK_EX) == 0)
    #expect(try rollout(Self.teacher, spool).code == 75 && rollback(spool).code == 66)
    expectModels(spool, Self.student, previous: nil)
    spool.drop("d.ndjson", SpoolFixture.rows(20, seed: 4))
    let waiting = Process()
    waiting.executableURL = URL(fileURLWithPath: Binary.path)
    waiting.arguments = ["--profile", spool.path + "/station.toml", "--lock-wait", "30"]
    waiting.standardError = FileHandle.nullDevice
    try waiting.run()
    usleep(500_000)
    try FileManager.default.removeItem(atPath: spool.path + "/model.safetensors")
    try FileManager.default.copyItem(atPath: Self.teacher, toPath: spool.path + "/model.safetensors")
    flock(inbox, LOCK_UN)
    waiting.waitUntilExit()
    #expect(try spool.report("d.ndjson.json")["model_sha256"] as? String == Self.digest(Self.teacher))
  }
}
