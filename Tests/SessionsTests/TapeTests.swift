import Batches
import Budget
import Foundation
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing
import Training

/// The error of distilling, and a check that it left no student and nothing half-written.
func distillationError(_ settings: Settings, in folder: TemporaryFolder) -> SessionError? {
  let before = folder.names
  do {
    _ = try Session.distill(settings)
    return nil
  } catch {
    #expect(folder.names == before)
    return error
  }
}

/// A teacher's logits of the training set, computed once and read many times.
@Suite struct TapeTests {
  let folder = TemporaryFolder()

  /// A student of one layer, its teacher written, for each kind of data.
  private func student(files: Bool) throws -> Settings {
    var settings = files ? FileTrainingTests.settings(folder) : shortSettings(in: folder)
    settings.training.iterations = 12
    settings.model.path = folder.path + "/student"
    settings.distillation.teacherPath = folder.path + "/teacher"
    settings.model.layers = 1
    try writeModel(
      settings.distillation.teacherPath, qubits: settings.model.qubits, layers: 3,
      encoder: files ? .amplitude : .state)
    return settings
  }

  private var tapePath: String { folder.path + "/logits.tape" }

  private func distilled(_ settings: Settings) throws -> (bytes: Data, report: TrainingReport) {
    let report = try Session.distill(settings)
    return (try #require(contents(settings.model.path)), report)
  }

  @Test(arguments: [false, true]) func aStudentOfTheTapeIsTheStudentOfTheTeacher(files: Bool) throws {
    var settings = try student(files: files)
    let direct = try distilled(settings)
    #expect(direct.report.teacher?.logitsPath == nil)
    settings.distillation.tapePath = tapePath
    let writing = try distilled(settings)
    #expect(writing.bytes == direct.bytes)
    let tape = try #require(contents(tapePath))
    let digest = try TensorFile.read(path: tapePath).digest
    #expect(writing.report.teacher?.logitsPath == tapePath && writing.report.teacher?.logitsSHA256 == digest)
    #expect(writing.report.teacher?.testAccuracy != nil)

    let reading = try distilled(settings)
    #expect(reading.bytes == direct.bytes && contents(tapePath) == tape)
    #expect(reading.report.facts.plan.buffers.contains { $0.name == "teacher diagonals" } == false)
    #expect(reading.report.teacher?.testAccuracy == nil)
    #expect(reading.report.teacher?.trainingAccuracy == writing.report.teacher?.trainingAccuracy)
    settings.distillation.teacherPath = ""
    let alone = try distilled(settings)
    #expect(alone.bytes == direct.bytes && alone.report.losses == direct.report.losses)
    #expect(alone.report.teacher?.modelSHA256 == direct.report.teacher?.modelSHA256)
    #expect(folder.names.contains { $0.hasSuffix(".partial") } == false)
  }

  /// A tape of double precision on a host of single precision: the student says so.
  @Test func precisionIsRecordedWhereItDiffers() throws {
    var settings = try student(files: true)
    settings.distillation.tapePath = tapePath
    _ = try Session.distill(settings)
    settings.host.precision = .float32
    _ = try Session.distill(settings)
    let made = try Model.read(path: settings.model.path).model.provenance
    #expect(made["teacher_precision"] == "float64" && made["precision"] == "float32")
  }

  @Test func theTeachersFeaturesTravelWithItsModel() throws {
    var settings = FileTrainingTests.settings(folder)
    settings.data.features = .pca
    settings.data.encoder = .phase
    settings.training.states = 40
    let teacher = try Session.train(settings)
    settings.training.states = 0
    settings.distillation.teacherPath = teacher.modelPath
    settings.model.path = folder.path + "/student"
    let direct = try distilled(settings)
    settings.distillation.tapePath = tapePath
    #expect(try distilled(settings).bytes == direct.bytes)
    #expect(try distilled(settings).bytes == direct.bytes)
    let features = try Model.read(path: teacher.modelPath).model.features
    // Without the model, features are fitted to the training set, which is larger than the teacher's was.
    settings.distillation.teacherPath = ""
    _ = try Session.distill(settings)
    let own = try #require(try Model.read(path: settings.model.path).model.features)
    #expect(own != features && own.columns == 4)
  }

  @Test func theTapeNeedsNoRoomForTheTeacher() throws {
    var settings = try student(files: true)
    // So many layers are tables that the student of one layer has no room for.
    try writeModel(settings.distillation.teacherPath, qubits: 2, layers: 4096, encoder: .amplitude)
    func least(_ settings: Settings) throws -> Int {
      var settings = settings
      settings.host.memoryBytes = 1
      return try #require(try Session.planOrSmallest(.distill, settings).refusal).neededBytes
    }
    let withTeacher = try least(settings)
    settings.distillation.tapePath = tapePath
    #expect(try least(settings) == withTeacher)
    #expect(!folder.names.contains("logits.tape"), "a plan writes nothing")
    let large = try distilled(settings)
    let withTape = try least(settings)
    #expect(withTape < withTeacher - 100_000)
    var small = settings
    small.distillation.teacherPath = ""
    small.host.memoryBytes = withTape
    let read = try distilled(small)
    #expect(read.report.facts.plan.ramBytes <= withTape)
    // Fewer lanes may round otherwise; the teacher is the same.
    #expect(zip(read.report.losses, large.report.losses).allSatisfy { abs($0 - $1) < 1e-12 })
    settings.distillation.tapePath = ""
    settings.host.memoryBytes = withTape
    #expect(budgetRefusal { () throws(SessionError) in _ = try Session.distill(settings) }?.neededBytes == withTeacher)
  }

  @Test func aTapeOfOtherInputs() throws {
    var settings = try student(files: true)
    settings.distillation.tapePath = tapePath
    _ = try Session.distill(settings)
    func difference(_ change: (inout Settings) -> Void) -> [String?]? {
      var other = settings
      change(&other)
      let error = distillationError(other, in: folder)
      guard case .otherInputs(tapePath, .tape(let what, let given, let recorded)) = error else { return nil }
      #expect(given != recorded)
      // A plan tells it too.
      #expect(throws: SessionError.self) { try Session.plan(.distill, other) }
      return [what, given, recorded]
    }
    try writeModel(folder.path + "/other", qubits: 2, layers: 2, encoder: .amplitude)
    let digests = try ["other", "teacher"].map { try Model.read(path: folder.path + "/" + $0).digest }
    #expect(difference { $0.distillation.teacherPath = self.folder.path + "/other" } == ["teacher_sha256"] + digests)
    #expect(difference { $0.training.states = 59 } == ["samples", "59", "60"])
    #expect(difference { $0.data.classes = [3, 0] } == ["classes", "3,0", "0,3"])
    let (images, labels) = FileTrainingTests.images(90)
    var changed = images
    changed[20] ^= 1
    let path = folder.put("train-2", changed)
    #expect(difference { $0.data.path = path }?[0] == "samples_sha256")
    var relabelled = labels
    relabelled[8 + 89] = 3
    relabelled[8 + 88] = 7
    let labelPath = folder.put("train-labels-2", relabelled)
    #expect(difference { $0.data.labelsPath = labelPath }?[0] == "labels_sha256")
    // Neither what is tested on, nor how the student learns, is the tape's concern.
    settings.seed = 99
    settings.data.testPath = settings.data.path
    settings.data.testLabelsPath = settings.data.labelsPath
    settings.distillation.temperature = 3
    #expect(distillationError(settings, in: folder) == nil)
  }

  @Test func aTapeOfOtherColumns() throws {
    var settings = try student(files: true)
    let rows = (0..<90).map { "\($0 % 7 + 1),\($0 % 5),\($0 % 3),\($0 % 11),\($0 % 2 * 3)\n" }.joined()
    settings.data.path = folder.put("rows.csv", Array("a,b,c,d,y\n\(rows)".utf8))
    settings.data.testPath = settings.data.path
    // The labels stand beside the samples.
    (settings.data.labelsPath, settings.data.testLabelsPath) = ("", "")
    settings.data.text.labelColumn = "y"
    settings.distillation.tapePath = tapePath
    _ = try Session.distill(settings)
    #expect(distillationError(settings, in: folder) == nil)
    settings.data.text.columns = ["d", "c", "b", "a"]
    let error = distillationError(settings, in: folder)
    guard case .otherInputs(tapePath, .tape(let what, let given, let recorded)) = error else {
      Issue.record("\(error as Any)")
      return
    }
    #expect([what, given, recorded] == ["text", "columns d,c,b,a; labels y", "labels y"])
  }

  @Test func aTapeOfOtherGroundStates() throws {
    var settings = try student(files: false)
    settings.distillation.tapePath = tapePath
    settings.training.iterations = 1
    _ = try Session.distill(settings)
    func what(_ change: (inout Settings) -> Void) -> String? {
      var other = settings
      change(&other)
      guard case .otherInputs(_, .tape(let what, _, _)) = distillationError(other, in: folder) else { return nil }
      return what
    }
    #expect(what { $0.seed = 2 } == "seed")
    #expect(what { $0.training.states = 51 } == "chain")
    #expect(what { $0.data.h2Minimum = 0.7 } == "chain")
    #expect(what { $0.data.parity = .plus } == "parity")
    #expect(what { $0.training.batch = 5 } == nil)
    // States of files are none that were drawn.
    let files = FileTrainingTests.settings(folder)
    #expect(
      what {
        $0 = files
        $0.distillation.tapePath = self.tapePath
      } == "chain")
  }

  @Test func aDamagedTapeAndWhatIsNone() throws {
    var settings = try student(files: true)
    settings.distillation.tapePath = tapePath
    _ = try Session.distill(settings)
    unlink(settings.model.path)
    let bytes = [UInt8](try #require(contents(tapePath)))
    for (place, mask) in [(bytes.count - 3, 64), (bytes.count / 2, 1), (100, 1)] as [(Int, UInt8)] {
      var flipped = bytes
      flipped[place] ^= mask
      _ = folder.put("logits.tape", flipped)
      guard case .model(tapePath, .file) = distillationError(settings, in: folder) else {
        Issue.record("byte \(place)")
        continue
      }
    }
    _ = folder.put("logits.tape", Array(bytes.dropLast()))
    guard case .model(tapePath, .file(.payload)) = distillationError(settings, in: folder) else {
      Issue.record("a cut tape")
      return
    }
    _ = folder.put("logits.tape", [UInt8](try #require(contents(settings.distillation.teacherPath))))
    let model = distillationError(settings, in: folder)
    guard case .model(tapePath, .entry("format", given: "qkd-model", allowed: "qkd-tape")) = model else {
      Issue.record("a model as a tape")
      return
    }
    // Logits that no softmax bears, on a tape that is whole.
    let read = try TensorFile(decoding: bytes)
    var values = try #require(read["logits"]?.doubles)
    values[5] = 1e101
    try TensorFile(
      metadata: read.metadata, tensors: [Tensor(name: "logits", shape: [60, 2], values: .float64(values))]
    ).write(path: tapePath)
    let large = distillationError(settings, in: folder)
    guard case .row(tapePath, row: 2, .logit(column: 1, value: 1e101, allowed: 1e100)) = large else {
      Issue.record("a logit of 1e101")
      return
    }
  }

  @Test func aTapeThatCannotBeWrittenIsFoundBeforeTheWork() throws {
    var settings = try student(files: true)
    // The data's first row is no numbers, which is found when the training set is read.
    settings.data.path = folder.put("rows", Data(String(repeating: "?\n", count: 90).utf8))
    guard case .row = distillationError(settings, in: folder) else {
      Issue.record("rows of letters were read")
      return
    }
    for path in [folder.path + "/nowhere/logits.tape", folder.path + "/teacher/logits.tape"] {
      settings.distillation.tapePath = path
      guard case .file(.system(.create, path, _)) = distillationError(settings, in: folder) else {
        Issue.record("\(path)")
        continue
      }
    }
    #expect(!folder.names.contains("student"))
  }

  @Test func withoutTapeAndTeacherThereIsNothingToLearn() throws {
    var settings = try student(files: true)
    settings.distillation.teacherPath = ""
    settings.distillation.tapePath = tapePath
    guard case .setting("distillation.teacher", given: "nothing", _) = distillationError(settings, in: folder) else {
      Issue.record("neither a teacher nor a tape")
      return
    }
  }
}
