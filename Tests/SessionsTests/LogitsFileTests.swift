import Batches
import Foundation
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Students of a teacher that is known by its logits alone.
@Suite struct LogitsFileTests {
  let folder = TemporaryFolder()

  /// 60 samples of two classes, and logits that know the labels without being sure of all.
  private func student() -> (settings: Settings, logits: [[Double]]) {
    var settings = FileTrainingTests.settings(folder)
    settings.training.iterations = 12
    let logits = (0..<60).map { (i: Int) -> [Double] in
      let second: Double = i % 7 == 0 ? -1 : 1.5
      return i % 2 == 0 ? [2 + Double(i % 5) / 4, -1] : [-0.5, second]
    }
    settings.distillation.logitsPath = folder.put("logits.npy", npy(logits))
    return (settings, logits)
  }

  private func model(_ settings: Settings) throws -> Model { try Model.read(path: settings.model.path).model }

  @Test func aStudentLearnsFromThem() throws {
    var (settings, logits) = student()
    let report = try Session.distill(settings)
    let digest = try SHA256.hex(ofFile: settings.distillation.logitsPath)
    #expect(report.teacher?.logitsSHA256 == digest && report.teacher?.modelSHA256 == nil)
    #expect(report.teacher?.trainingAccuracy == Proportion(successes: 56, trials: 60))
    #expect(report.teacher?.testAccuracy == nil)
    let made = try model(settings).provenance
    #expect(made["teacher_logits_sha256"] == digest && made["teacher_sha256"] == nil && made["distillation"] != nil)
    let plan = report.facts.plan
    #expect(plan.buffers.contains { $0.name == "teacher logits" && $0.bytes == 60 * 2 * 8 })
    #expect(!plan.buffers.contains { $0.name == "teacher diagonals" })
    // Single precision, and compressed, the same numbers teach the same.
    let first = try model(settings)
    let singles = logits.flatMap { $0 }.reduce(into: Data()) { data, value in
      withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
    settings.distillation.logitsPath = folder.put("logits-4.npy", npy("<f4", [60, 2], singles))
    _ = try Session.distill(settings)
    let second = try model(settings)
    #expect(first.angles == second.angles && first.scales == second.scales && first.biases == second.biases)
    // Other logits teach otherwise.
    logits.reverse()
    settings.distillation.logitsPath = folder.put("logits-r.npy", npy(logits))
    _ = try Session.distill(settings)
    #expect(try model(settings).angles != first.angles)
  }

  @Test(arguments: [false, true]) func theTeachersOwnLogitsAreTheTeacher(files: Bool) throws {
    var settings = files ? FileTrainingTests.settings(folder) : shortSettings(in: folder)
    settings.training.iterations = 12
    settings.distillation.teacherPath = folder.path + "/teacher"
    try writeModel(
      settings.distillation.teacherPath, qubits: settings.model.qubits, encoder: files ? .amplitude : .state)
    settings.distillation.tapePath = folder.path + "/tape"
    _ = try Session.distill(settings)
    let taught = try model(settings)
    let tape = try #require(try TensorFile.read(path: settings.distillation.tapePath)["logits"])
    let values = try #require(tape.doubles)
    let m = tape.shape[1]
    settings.distillation = DistillationSettings()
    settings.distillation.logitsPath = folder.put(
      "logits.npy", npy((0..<tape.shape[0]).map { Array(values[m * $0..<m * ($0 + 1)]) }))
    _ = try Session.distill(settings)
    let learnt = try model(settings)
    #expect(learnt.angles == taught.angles && learnt.scales == taught.scales && learnt.biases == taught.biases)
  }

  @Test func shapesAreExact() throws {
    let (settings, logits) = student()
    func shapes(_ rows: [[Double]], states: Int = 0) -> [[Int]]? {
      var other = settings
      other.training.states = states
      other.distillation.logitsPath = folder.put("other.npy", npy(rows))
      let error = distillationError(other, in: folder)
      guard case .teacherLogits(other.distillation.logitsPath, let given, let expected) = error else { return nil }
      return [given, expected]
    }
    #expect(shapes(logits.dropLast()) == [[59, 2], [60, 2]])
    #expect(shapes(logits + logits) == [[120, 2], [60, 2]])
    #expect(shapes(logits.map { $0 + [0] }) == [[60, 3], [60, 2]])
    #expect(shapes(logits.map { [$0[0]] }) == [[60, 1], [60, 2]])
    // Where the set is a part of the file, so are the logits.
    #expect(shapes(logits, states: 40) == [[60, 2], [40, 2]])
    #expect(shapes(Array(logits[..<40]), states: 40) == nil)
    #expect(shapes(logits, states: 1000) == nil)
  }

  @Test func everyValueIsFinite() throws {
    let (settings, logits) = student()
    func problem(_ value: Double, row: Int, column: Int) -> RowProblem? {
      var (other, rows) = (settings, logits)
      rows[row][column] = value
      other.distillation.logitsPath = folder.put("other.npy", npy(rows))
      guard case .row(other.distillation.logitsPath, row, let problem) = distillationError(other, in: folder) else {
        return nil
      }
      return problem
    }
    for (value, row, column) in [(Double.nan, 0, 1), (.infinity, 59, 0), (-.infinity, 17, 1)] {
      #expect(problem(value, row: row, column: column) == .unreadable(.notFinite(column: column)))
    }
    #expect(problem(-2e100, row: 3, column: 1) == .logit(column: 1, value: -2e100, allowed: 1e100))
    #expect(problem(-1e100, row: 3, column: 1) == nil)
  }

  @Test func damagedFilesAndOtherFormats() throws {
    let (settings, logits) = student()
    let whole = [UInt8](npy(logits))
    func error(_ bytes: [UInt8], _ name: String = "other.npy") -> SessionError? {
      var other = settings
      other.distillation.logitsPath = folder.put(name, bytes)
      return distillationError(other, in: folder)
    }
    for count in stride(from: 0, to: whole.count, by: 13) {
      guard case .samples = error(Array(whole[..<count])) else {
        Issue.record("length \(count)")
        continue
      }
    }
    guard case .samples(_, .npy(.size)) = error(whole + [0]) else {
      Issue.record("a byte more")
      return
    }
    for bytes in [Array("1 2\n".utf8), FileTrainingTests.images(30).images, Array("no npy".utf8)] {
      guard case .samples(_, .npy(.magic)) = error(bytes) else {
        Issue.record("another format")
        continue
      }
    }
    guard case .samples(_, .complex) = error([UInt8](complexNPY(logits.map { [$0[0], 0, $0[1], 0] }))) else {
      Issue.record("complex logits")
      return
    }
    guard case .samples(_, .npy(.fortranOrder)) = error([UInt8](fortran(logits))) else {
      Issue.record("columns first")
      return
    }
  }

  private func fortran(_ rows: [[Double]]) -> Data {
    var data = npy(rows)
    let range = data.range(of: Data("False".utf8))!
    data.replaceSubrange(range, with: Data("True ".utf8))
    return data
  }

  /// A compressed file is checked to its end, which is behind the last row.
  @Test func compressedLogits() throws {
    var (settings, logits) = student()
    let plain = [UInt8](npy(logits))
    var crc: UInt32 = .max
    for byte in plain {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    // One stored block (RFC 1951, 3.2.4; RFC 1952, 2.3).
    func bytes(_ value: UInt32, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> UInt32(8 * $0) & 255) } }
    let count = UInt32(plain.count)
    let front = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 1] + bytes(count, 2) + bytes(~count, 2) + plain
    _ = try Session.distill(settings)
    let first = try model(settings)
    settings.distillation.logitsPath = folder.put("logits.npy.gz", front + bytes(~crc, 4) + bytes(count, 4))
    let report = try Session.distill(settings)
    #expect(try model(settings).angles == first.angles)
    #expect(report.facts.plan.outside.contains { $0.name == "teacher logits decompression" })
    for end in [bytes(crc, 4) + bytes(count, 4), bytes(~crc, 4), bytes(~crc, 4) + bytes(count, 4) + [1]] {
      settings.distillation.logitsPath = folder.put("logits.npy.gz", front + end)
      let error = distillationError(settings, in: folder)
      // A wrong checksum is seen with the bytes that come before it.
      guard case .row(_, _, .unreadable(.damaged)) = error else {
        Issue.record("\(end): \(String(describing: error))")
        continue
      }
    }
  }

  @Test func oneTeacherAtATime() throws {
    var (settings, _) = student()
    func setting() -> String? {
      guard case .setting(let name, _, _) = distillationError(settings, in: folder) else { return nil }
      return name
    }
    settings.distillation.teacherPath = folder.path + "/teacher"
    #expect(setting() == "distillation.teacher")
    settings.distillation.teacherPath = ""
    settings.distillation.tapePath = folder.path + "/tape"
    #expect(setting() == "distillation.tape")
    settings.distillation.tapePath = ""
    #expect(setting() == nil)
    settings.distillation.logitsPath = ""
    #expect(setting() == "distillation.teacher")
    settings.distillation.logitsPath = "-"
    #expect(distillationError(settings, in: folder) != nil)
  }

  /// In a process of its own, where no other test allocates meanwhile.
  @Test func nothingIsAllocatedAfterTheSeal() async {
    await #expect(processExitsWith: .success) {
      let tests = LogitsFileTests()
      var settings = tests.student().settings
      settings.host.threads = 2
      let report = try Session.distill(settings)
      #expect(report.facts.allocationsAfterSeal == 0)
    }
  }
}
