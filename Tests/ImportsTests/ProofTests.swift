import Foundation
import Imports
import Models
import Reports
import TemporaryFolders
import Testing

/// Circuits that are run by their definitions, imported with and without the right conventions.
@Suite struct ProofTests {
  private static let right: [Convention: String] = [
    .axes: "qubit,layer,gate", .gates: "rz,ry,rz", .rotation: "full", .entangler: "linear", .entanglingGate: "cz",
    .qubitOrder: "big-endian", .finalRotation: "true", .encoder: "state", .observables: "X0; Z1",
    .task: "classification",
  ]

  private let folder = TemporaryFolder()

  /// - Parameter stated: instead of what is right; nil: nobody states it.
  private func request(
    _ circuit: Circuit, _ stated: [Convention: String?], rows: Int = 12, single: Bool = false, off: Double = 0
  ) -> ImportRequest {
    var numbers = Numbers(seed: 3)
    let isProduct = circuit.conventions[.encoder] == "angle"
    let inputs = (0..<rows).map { _ -> [Complex] in
      if isProduct { return numbers.list(circuit.qubits).map { Complex(re: 3 * $0, im: 0) } }
      let row = (0..<1 << circuit.qubits).map { _ in Complex(re: numbers.next(), im: numbers.next()) }
      if circuit.conventions[.encoder] == "amplitude" { return row }
      let norm = row.reduce(0) { $0 + $1.re * $1.re + $1.im * $1.im }.squareRoot()
      return row.map { Complex(re: $0.re / norm, im: $0.im / norm) }
    }
    var expected = inputs.flatMap(circuit.logits)
    expected[3] += off
    var data: [UInt8] = []
    for value in inputs.joined() {
      for part in [value.re, value.im] { data += withUnsafeBytes(of: part.bitPattern.littleEndian, Array.init) }
    }
    var request = ImportRequest(
      source: folder.put("a.npy", npy(circuit.angles, circuit.shape)), output: folder.path + "/m")
    request.probe = folder.put(
      "x.npy",
      isProduct
        ? npy(inputs.joined().map(\.re), [rows, circuit.qubits])
        : npy(descriptor: "<c16", [rows, 1 << circuit.qubits], data))
    request.expected = folder.put("y.npy", npy(expected, [rows, 2], single: single))
    request.scales = "1.5, -0.5"
    request.biases = folder.put("b.npy", npy(circuit.biases, [2]))
    for (convention, text) in circuit.conventions where stated[convention] == nil { request.stated[convention] = text }
    for (convention, text) in stated { request.stated[convention] = text }
    return request
  }

  @Test func theRightOnesHold() throws {
    let report = try ModelImport.run(request(Circuit(Self.right, [3, 3, 3]), [:]))
    let proof = try #require(report.proof)
    #expect(proof.rows == 12 && proof.fileRows == 12 && proof.difference < 1e-13 && proof.allowed < 1e-5)
    #expect(report.isConverted && report.parameters == 31)
    let (model, digest) = try Model.read(path: report.path)
    #expect(model == report.model && digest == report.sha256)
    #expect(model.provenance["source_gates"] == "rz,ry,rz" && model.provenance["source_axes"] == "qubit,layer,gate")
    #expect(model.provenance["proof"] == "12 of 12 rows, tolerance 1e-06")
    #expect(model.provenance["by"]?.hasSuffix(" import") == true)
  }

  /// One convention each is stated wrongly; the array's shape fits any axes.
  @Test(arguments: [
    (Convention.axes, "layer,qubit,gate"), (.axes, "gate,qubit,layer"), (.gates, "rx,ry,rz"), (.gates, "rz,rx,rz"),
    (.rotation, "half"), (.entangler, "ring"), (.entangler, "0-1, 0-2"), (.entanglingGate, "cnot"),
    (.qubitOrder, "little-endian"), (.finalRotation, "false"),
  ])
  func theWrongOneIsFound(_ convention: Convention, _ wrong: String) throws {
    let wanted = request(Circuit(Self.right, [3, 3, 3]), [convention: wrong])
    let error = try #require(throws: ImportError.self) { try ModelImport.run(wanted) }
    guard case .unproven(_, let result, let outcome) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(result.difference > 1e-3 && !result.holds)
    #expect(
      outcome.fits.contains {
        $0.changes.map(\.convention) == [convention] && $0.changes[0].text == Self.right[convention]
      })
    #expect(outcome.fits.allSatisfy { $0.changes.count == 1 && $0.difference < 1e-13 })
    #expect(error.text.contains("\(convention.flag) \(Self.right[convention]!)"), "\(error.text)")
    #expect(!folder.names.contains("m"), "a model was written")
  }

  @Test func twoWrongOnesAreFound() throws {
    let wanted = request(Circuit(Self.right, [3, 3, 3]), [.rotation: "half", .qubitOrder: "little-endian"])
    let error = try #require(throws: ImportError.self) { try ModelImport.run(wanted) }
    #expect(error.text.contains("By the probe --rotation full --qubit-order big-endian fits to "), "\(error.text)")
  }

  /// Rows that the stated encoder or layout does not take.
  @Test func encodersAreFound() throws {
    var conventions = Self.right
    conventions[.encoder] = "amplitude"
    let amplitudes = request(Circuit(conventions, [3, 3, 3]), [.encoder: "state"])
    let unnormalised = try #require(throws: ImportError.self) { try ModelImport.run(amplitudes) }
    #expect(
      unnormalised.text.contains("squared norm") && unnormalised.text.contains("By the probe --encoder amplitude fits"))
    (conventions[.encoder], conventions[.gates]) = ("angle", "rx,rz")
    let angles = request(Circuit(conventions, [3, 2, 2]), [.encoder: "basis", .axes: "layer,qubit,gate"])
    let other = try #require(throws: ImportError.self) { try ModelImport.run(angles) }
    #expect(other.text.contains("By the probe --axes qubit,layer,gate --encoder angle fits to "), "\(other.text)")
    #expect(try ModelImport.run(request(Circuit(conventions, [3, 2, 2]), [:])).proof?.holds == true)
  }

  @Test func whatNobodyStatesIsFound() throws {
    let wanted = request(
      Circuit(Self.right, [3, 3, 3]), [.rotation: nil, .qubitOrder: nil, .finalRotation: nil, .entangler: nil])
    let error = try #require(throws: ImportError.self) { try ModelImport.run(wanted) }
    guard case .unstated(_, let missing, let outcome) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(missing == [.rotation, .entangler, .qubitOrder, .finalRotation])
    let first = try #require(outcome?.fits.first)
    #expect(first.changes.map(\.convention) == missing && first.changes.map(\.text) == missing.map { Self.right[$0]! })
    #expect(missing.allSatisfy { error.text.contains("\($0.flag) (in metadata \($0.rawValue): ") })
  }

  @Test func whatFitsNothingIsSaid() throws {
    let conventions = Self.right.merging([.gates: "ry,rx"]) { $1 }
    let wanted = request(Circuit(conventions, [3, 4, 2]), [.observables: "Z0; Z2"])
    let error = try #require(throws: ImportError.self) { try ModelImport.run(wanted) }
    guard case .unproven(_, _, let outcome) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(outcome.fits.isEmpty && outcome.nearest != nil && outcome.tried == 1152 && outcome.isComplete)
    #expect(error.text.contains("None of ") && error.text.contains("the same observables"))
  }

  /// No axes of the array go with the probe's rows.
  @Test func aProbeOfOtherRowsIsSaid() throws {
    var wanted = request(Circuit(Self.right, [3, 3, 3]), [.axes: nil, .gates: nil])
    wanted.source = folder.put("other.npy", npy([Double](repeating: 0.5, count: 20), [5, 2, 2]))
    let unstated = try #require(throws: ImportError.self) { try ModelImport.run(wanted) }
    #expect(unstated.text.contains("No other convention makes a model that takes the probe's rows"))
    (wanted.stated[.axes], wanted.stated[.gates]) = ("layer,qubit,gate", "rx,ry")
    let refused = try #require(throws: ImportError.self) { try ModelImport.run(wanted) }
    #expect(refused.text.contains("rows of 8 numbers") && refused.text.contains("No other convention"))
  }

  /// float32 is looser; a tolerance decides otherwise.
  @Test func tolerances() throws {
    let circuit = Circuit(Self.right, [3, 3, 3])
    #expect(try ModelImport.run(request(circuit, [:], single: true)).proof!.difference > 1e-9)
    #expect(throws: ImportError.self) { try ModelImport.run(request(circuit, [:], off: 1e-5)) }
    var loose = request(circuit, [:], off: 1e-5)
    loose.tolerance = 1e-4
    #expect(try ModelImport.run(loose).model.provenance["proof"] == "12 of 12 rows, tolerance 0.0001")
    #expect(try ModelImport.run(request(circuit, [:], single: true, off: 1e-5)).proof?.holds == true)
  }

  /// At most so many rows are run, and no more memory is taken than allowed.
  @Test func boundsHold() throws {
    let circuit = Circuit(Self.right, [3, 3, 3])
    let proof = try #require(try ModelImport.run(request(circuit, [:], rows: 1100)).proof)
    #expect(proof.rows == 1024 && proof.fileRows == 1100)
    var small = request(circuit, [:])
    small.memoryBytes = 64 << 10
    let error = try #require(throws: ImportError.self) { try ModelImport.run(small) }
    guard case .overBudget(let needed, 65536) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(needed > 65536 && error.text.contains("--memory"))
  }
}
