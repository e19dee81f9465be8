import Files
import Imports
import Kernel
import Models
import TemporaryFolders
import Testing

/// What is exported as arrays and imported again is the same model, but for how it came about.
@Suite struct RoundTripTests {
  private let folder = TemporaryFolder()
  private static let shipped =
    #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/profiles/student-7q-1l.safetensors"

  private func student() throws -> Model { try Model.read(path: Self.shipped).model }

  private func same(_ left: Model, _ right: Model) -> Bool {
    var (left, right) = (left, right)
    (left.provenance, right.provenance) = ([:], [:])
    return left == right
  }

  private func request(_ model: Model) -> ImportRequest {
    let ansatz = model.ansatz
    var request = ImportRequest(
      source: folder.put("a.npy", npy(model.angles, [ansatz.rotationLayers, ansatz.qubits, 3])),
      output: folder.path + "/m")
    request.scales = folder.put("s.npy", npy(model.scales, [model.logits]))
    request.biases = model.biases.map { "\($0)" }.joined(separator: ",")
    request.stated = [
      .axes: "layer,qubit,gate", .gates: "rx,ry,rz", .rotation: "half", .entangler: "descending",
      .qubitOrder: "little-endian", .finalRotation: "true", .encoder: "state", .observables: "Z0; Z1",
    ]
    return request
  }

  @Test func theShippedStudent() throws {
    let student = try student()
    let report = try ModelImport.run(request(student))
    #expect(try same(Model.read(path: report.path).model, student))
    #expect(report.model.provenance.keys.sorted() == ["by", "source_sha256"])
    // The same command writes the same bytes.
    let first = folder.get("m")
    #expect(try ModelImport.run(request(student)).sha256 == report.sha256 && folder.get("m") == first)
  }

  @Test func likeTheShippedStudent() throws {
    let student = try student()
    var request = request(student)
    (request.stated, request.scales, request.biases, request.like) = ([:], nil, nil, Self.shipped)
    let report = try ModelImport.run(request)
    #expect(try same(Model.read(path: report.path).model, student) && report.scalesOrigin == .like)
    #expect(report.model.provenance["like_sha256"] == (try Model.read(path: Self.shipped).digest))
    // Its own readout and layout of the array may be stated; another convention may not.
    request.stated = [.axes: "qubit,layer,gate"]
    var byQubit: [Double] = []
    for qubit in 0..<7 {
      for layer in 0..<2 { byQubit += student.angles[(3 * (7 * layer + qubit))...].prefix(3) }
    }
    request.source = folder.put("b.npy", npy(byQubit, [7, 2, 3]))
    request.biases = "0,0"
    let turned = try ModelImport.run(request)
    #expect(turned.model.angles == student.angles && turned.model.biases == [0, 0])
    request.stated = [.rotation: "full"]
    let error = try #require(throws: ImportError.self) { try ModelImport.run(request) }
    guard case .contradiction(.rotation, _, _, let other) = error, other.origin == .like else {
      Issue.record("\(error)")
      return
    }
  }

  /// A model file of ours is read as one of others is: its own digest, layout and readout.
  @Test func aModelFile() throws {
    let student = try student()
    let report = try ModelImport.run(ImportRequest(source: Self.shipped, output: folder.path + "/m"))
    #expect(same(report.model, student) && report.statements.values[.gates]?.origin == .metadata)
  }

  /// A regression of one output, one gate a block without its axis, in single precision.
  @Test func oneGateAndOneOutput() throws {
    var request = ImportRequest(
      source: folder.put("a.npy", npy([1, 2, 3, 4], [2, 2], single: true)), output: folder.path + "/m")
    request.stated = [
      .axes: "qubit,layer", .gates: "ry", .rotation: "half", .entangler: "ring", .entanglingGate: "cz",
      .qubitOrder: "big-endian", .finalRotation: "false", .encoder: "angle", .observables: "Z0", .task: "regression",
    ]
    let report = try ModelImport.run(request)
    #expect(report.model.angles == [0, 1, 0, 0, 3, 0, 0, 2, 0, 0, 4, 0])
    #expect(report.model.scales == [1] && report.model.biases == [0] && report.scalesOrigin == nil)
    #expect(report.model.task == .regression && report.model.ansatz.entanglingGate == .cz)
    #expect(try Model.read(path: report.path).model == report.model)
  }
}
