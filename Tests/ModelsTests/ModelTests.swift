import Files
import Glibc
import Kernel
import Models
import TemporaryFolders
import Testing

@Suite struct ModelTests {
  private func model(
    scales: [Double] = [1, -2.5e-3], qubits: Int = 3, observables: [String] = ["Z0 - 0.5*X1*Y2", "Z1 + 1.5"]
  ) throws -> Model {
    let ansatz = Ansatz(
      qubits: qubits, layers: 2, entangler: .allPairs, finalRotation: true, rotation: .full, qubitOrder: .bigEndian)
    return Model(
      ansatz: ansatz, observables: try observables.map { try Observable($0) },
      angles: (0..<ansatz.parameterCount).map { Double($0) / 7 - 1 }, scales: scales, biases: [0.1, 1e12],
      encoder: .angle, rowRange: -0.5...2, provenance: ["seed": "1", "by": "a \"quoted\" ψ"])
  }

  /// The file of `model()` with other entries.
  private func file(
    _ change: (inout [String: String], inout [Tensor]) -> Void
  ) throws -> TensorFile {
    let file = try model().tensorFile()
    var (metadata, tensors) = (file.metadata, file.tensors)
    change(&metadata, &tensors)
    return try TensorFile(metadata: metadata, tensors: tensors)
  }

  private func entry(_ file: TensorFile) -> String? {
    do { _ = try Model(file) } catch {
      if case .entry(let name, _, _) = error { return name }
    }
    return nil
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = TemporaryFolder()
    let model = try model()
    let file = try model.tensorFile()
    let path = folder.put("model", file.encode())
    let read = try Model.read(path: path)
    #expect(read.model == model && read.digest == file.digest)
    #expect(try read.model.tensorFile().encode() == file.encode())
  }

  @Test func aRangeOfRowsIsWholeAndInOrder() throws {
    #expect(entry(try file { metadata, _ in metadata["row_minimum"] = nil }) == "row_minimum")
    #expect(entry(try file { metadata, _ in metadata["row_maximum"] = "x" }) == "row_maximum")
    #expect(entry(try file { metadata, _ in metadata["row_maximum"] = "inf" }) == "row_maximum")
    #expect(entry(try file { metadata, _ in metadata["row_maximum"] = "-1" }) == "row_minimum")
    let without = try file { metadata, _ in (metadata["row_minimum"], metadata["row_maximum"]) = (nil, nil) }
    #expect(try Model(without).rowRange == nil)
  }

  /// Of a regular file no more is read than its header says there is, nor more than is allowed.
  @Test func filesAreBoundedBeforeTheyAreRead() throws {
    let folder = TemporaryFolder()
    let bytes = try model().tensorFile().encode()
    let path = folder.put("model", bytes)
    #expect(try Model.read(path: path, atMost: bytes.count).model == model())
    #expect(throws: ModelError.file(.fileTooLarge(given: bytes.count, allowed: bytes.count - 1))) {
      try Model.read(path: path, atMost: bytes.count - 1)
    }
    // A file of 1 TiB without a byte on the disk.
    let huge = folder.put("huge", bytes)
    truncate(huge, 1 << 40)
    #expect(throws: ModelError.file(.fileTooLarge(given: 1 << 40, allowed: TensorFile.largestFileBytes))) {
      try Model.read(path: huge)
    }
    truncate(huge, off_t(bytes.count + 8))
    #expect(throws: ModelError.self) { try Model.read(path: huge) }
    #expect(throws: ModelError.file(.syntax(atByte: 8, expected: "{"))) {
      try Model.read(path: folder.put("zeros", [UInt8](repeating: 0, count: 1 << 20)))
    }
  }

  /// Whatever bit of a shipped model is another, and wherever it is cut, it is refused.
  @Test func everyBitOfAShippedModelCounts() throws {
    let path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let whole = try readFile(path + "/profiles/student-7q-1l.safetensors", atMost: 1 << 20)
    _ = try TensorFile(decoding: whole)
    var taken: [Int] = []
    for bit in 0..<8 * whole.count {
      var bytes = whole
      bytes[bit / 8] ^= 1 << (bit % 8)
      if (try? TensorFile(decoding: bytes)) != nil { taken.append(bit) }
    }
    for count in whole.indices where (try? TensorFile(decoding: Array(whole[..<count]))) != nil { taken.append(count) }
    #expect(taken.isEmpty)
  }

  @Test func everyConventionIsWrittenAndRead() throws {
    for entangler in Entangler.all {
      for rotation in RotationConvention.all {
        for order in QubitOrder.all {
          for encoder in Encoder.all {
            for finalRotation in [false, true] {
              let ansatz = Ansatz(
                qubits: 1, layers: 1, entangler: entangler, finalRotation: finalRotation, rotation: rotation,
                qubitOrder: order)
              let model = Model(
                ansatz: ansatz, observables: [try Observable(" Z0 ")],
                angles: [Double](repeating: 1, count: ansatz.parameterCount), scales: [1], biases: [0],
                encoder: encoder)
              #expect(try Model(model.tensorFile()) == model)
            }
          }
        }
      }
    }
  }

  @Test func listsAndGatesAreWrittenAndRead() throws {
    for list in ["0-1, 1-2, 2-0", "2-0", Array(repeating: "1-2", count: 64).joined(separator: ", "), "ring"] {
      for gate in EntanglingGate.all {
        let ansatz = Ansatz(
          qubits: 3, layers: 1, entangler: try #require(Entangler(name: list)), entanglingGate: gate)
        let model = Model(
          ansatz: ansatz, observables: [try Observable("Z0")], angles: [Double](repeating: 1, count: 9), scales: [1],
          biases: [0], encoder: .state)
        let file = try model.tensorFile()
        #expect(file.metadata["entangler"] == list)
        #expect(file.metadata["entangling_gate"] == (gate == .cnot ? nil : gate.name))
        #expect(try Model(file) == model)
      }
    }
    let same = try file { metadata, _ in metadata["entangling_gate"] = "cnot" }
    #expect(try Model(same) == model())
  }

  @Test func brokenListsAndGatesAreRefused() throws {
    for (key, value) in [
      ("entangler", "0-3"), ("entangler", "0-1, 3-1"), ("entangler", "1-1"), ("entangler", "0-1,"),
      ("entangler", "0-26"),
      ("entangler", "0-18446744073709551616"), ("entangler", "0-1, linear"), ("entangler", "-1-0"),
      ("entangler", Array(repeating: "0-1", count: 65).joined(separator: ", ")),
      ("entangling_gate", ""), ("entangling_gate", "CZ"), ("entangling_gate", "cz "), ("entangling_gate", "cnot, cz"),
    ] {
      #expect(entry(try file { metadata, _ in metadata[key] = value }) == key, "\(key): \(value)")
    }
    // What was given, and what is allowed.
    #expect(throws: ModelError.entry("entangler", given: "0-1, 3-1", allowed: "qubits 0 to 2")) {
      _ = try Model(file { metadata, _ in metadata["entangler"] = "0-1, 3-1" })
    }
    #expect(throws: ModelError.entry("entangling_gate", given: "swap", allowed: "cnot, cz")) {
      _ = try Model(file { metadata, _ in metadata["entangling_gate"] = "swap" })
    }
    #expect(throws: ModelError.entry("entangler", given: "0-0", allowed: Entangler.allowedNames)) {
      _ = try Model(file { metadata, _ in metadata["entangler"] = "0-0" })
    }
  }

  @Test func everyEntryIsNeededAndChecked() throws {
    let file = try model().tensorFile()
    let keys = file.metadata.keys.filter { !$0.hasPrefix("made_") && !$0.hasPrefix("row_") }.sorted()
    #expect(keys.count == 11)
    for key in keys {
      for value: String? in [nil, "", "x", "-1", "007", " \(file.metadata[key]!)", file.metadata[key]! + ","] {
        // A blank before an observable is none of its text, and a number is one.
        if key == "observables", let value, value.first == " " || Int(value) != nil { continue }
        #expect(entry(try self.file { metadata, _ in metadata[key] = value }) == key, "\(key): \(value ?? "nil")")
      }
    }
    for (key, value) in [
      ("qubits", "0"), ("qubits", "27"), ("qubits", "99999999999999999999"), ("layers", "0"), ("layers", "4097"),
      ("observables", "Z0; Z3"), ("observables", "Z0;; Z1"), ("observables", "1e13*Z0; Z1"),
      ("observables", Array(repeating: "Z0", count: 65).joined(separator: ";")), ("format_version", "2"),
    ] {
      #expect(entry(try self.file { metadata, _ in metadata[key] = value }) == key, "\(key): \(value)")
    }
    #expect(entry(try self.file { metadata, _ in metadata["made_more"] = "anything" }) == nil)
  }

  @Test func tensorsMustFitTheCircuit() throws {
    for (key, value, tensor) in [
      ("qubits", "4", "angles"), ("layers", "1", "angles"), ("layers", "4096", "angles"),
      ("final_rotation", "false", "angles"), ("observables", "Z0; Z1; Z2", "scales"),
    ] {
      #expect(entry(try file { metadata, _ in metadata[key] = value }) == tensor, "\(key): \(value)")
    }
    for index in 0..<3 {
      var name = ""
      let without = try file { _, tensors in name = tensors.remove(at: index).name }
      #expect(entry(without) == name)
      let flat = try file { _, tensors in
        let tensor = tensors[index]
        let count = tensor.shape.reduce(1, *)
        tensors[index] = Tensor(name: tensor.name, shape: [1, count], values: tensor.values)
      }
      #expect(entry(flat) == name)
      let single = try file { _, tensors in
        let tensor = tensors[index]
        let count = tensor.shape.reduce(1, *)
        tensors[index] = Tensor(
          name: tensor.name, shape: tensor.shape, values: .float32([Double](repeating: 1, count: count)))
      }
      #expect(entry(single) == name)
    }
  }

  @Test func aReadoutOfAbsurdSizeIsNeitherWrittenNorRead() throws {
    #expect(throws: ModelError.entry("scales", given: "-2000000000000.0", allowed: "magnitudes up to 1000000000000.0"))
    {
      _ = try model(scales: [1, -2e12]).tensorFile()
    }
    let large = try file { _, tensors in
      tensors[tensors.firstIndex { $0.name == "biases" }!] = Tensor(
        name: "biases", shape: [2], values: .float64([0, 1e300]))
    }
    #expect(entry(large) == "biases")
    for value in [Double.nan, .infinity] {
      #expect(throws: ModelError.file(.notFinite(tensor: "scales", index: 1))) {
        _ = try model(scales: [1, value]).tensorFile()
      }
    }
  }
}
