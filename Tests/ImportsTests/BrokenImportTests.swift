import Files
import Imports
import Models
import Reports
import TemporaryFolders
import Testing

/// Files and statements made by hand, each with what is said of it.
@Suite struct BrokenImportTests {
  enum Broken: CaseIterable {
    case empty, text, npyCut, npyLong, fortran, complex, integers, fourAxes, nan, infinity
    case noTensor, otherName, integerTensor, scalarTensor, tensorNaN, tensorDtype, tensorHole, digestWrong,
      digestMalformed
    case scalesOfTwoAxes, scalesTooMany, scalesHuge, scalesTwice
    case metadataValue, metadataSpelling, metadataOrder, metadataFeatures, metadataQubits, metadataLayers
    case contradiction, axesTooFew, gateAxis, gatesMissing, extentZero, noQubit, tooManyQubits, oneLayerAndFinal
    case observableQubit, observableOne, pairsQubit
  }

  private let folder = TemporaryFolder()
  private static let stated: [(String, String)] = [
    ("axes", "layer,qubit,gate"), ("gates", "rx,ry,rz"), ("rotation", "half"), ("entangler", "linear"),
    ("qubit_order", "little-endian"), ("final_rotation", "false"), ("encoder", "state"), ("observables", "Z0; Z1"),
  ]
  private static let angles = (0..<12).map { Double($0) / 4 }

  private func tensors(
    _ metadata: [(String, String)] = stated, _ name: String = "angles", _ type: String = "F64",
    _ shape: [Int] = [2, 2, 3], _ values: [Double] = angles, readout: [(String, String, [Int], [Double])] = []
  ) -> [UInt8] {
    foreign(metadata, [(name, type, shape, values)] + readout.map { (name: $0.0, type: $0.1, shape: $0.2, $0.3) })
  }

  private func stating(_ key: String, _ text: String) -> [(String, String)] {
    Self.stated.filter { $0.0 != key } + [(key, text)]
  }

  private func array(_ shape: [Int] = [2, 2, 3]) -> [UInt8] {
    npy([Double](repeating: 0.5, count: shape.reduce(1, *)), shape)
  }

  /// - Returns: the file, what is stated besides, and a part of the message.
  private func answer(_ kind: Broken) -> (bytes: [UInt8], flags: [String: String], expected: String) {
    let flags = Dictionary(uniqueKeysWithValues: Self.stated)
    func flagged(_ key: String, _ text: String) -> [String: String] { flags.merging([key: text]) { $1 } }
    switch kind {
    case .empty: return ([], [:], "damaged: it ends after 0 bytes")
    case .text: return (Array("0.1, 0.2, 0.3\n".utf8), [:], "angles are saved by numpy.save, or by safetensors")
    case .npyCut: return (array().dropLast(), flags, "bytes, its header says")
    case .npyLong: return (array() + [0], flags, "bytes, its header says")
    case .fortran:
      let bytes = npy(descriptor: "<f8", fortran: true, [2, 2, 3], [UInt8](repeating: 0, count: 96))
      return (bytes, flags, "numpy.ascontiguousarray")
    case .complex:
      return (npy(descriptor: "<c16", [1, 2, 3], [UInt8](repeating: 0, count: 96)), flags, "allowed are <f4, <f8")
    case .integers:
      return (npy(descriptor: "<i8", [2, 2, 3], [UInt8](repeating: 0, count: 96)), flags, "allowed are <f4, <f8")
    case .fourAxes: return (array([1, 2, 2, 3]), flags, "4 dimensions, allowed are 1 to 3")
    case .nan: return (npy([0, .nan], [2]), flags, "number 1 (from 0) is not finite")
    case .infinity: return (npy([.infinity, 0], [2], single: true), flags, "number 0 (from 0) is not finite")
    case .noTensor:
      return (tensors(Self.stated, "weights"), [:], "no tensor \"angles\"; name one with --angles-name: weights")
    case .otherName: return (foreign([], []), [:], "no tensor \"angles\"; name one with --angles-name: it has none")
    case .integerTensor:
      return (tensors(Self.stated, "angles", "I64"), [:], "tensor angles is I64, allowed is F32, F64")
    case .scalarTensor:
      return (
        tensors(Self.stated, "angles", "F64", [], [1]), [:], "tensor angles is of shape [], allowed is 1 to 3 axes"
      )
    case .tensorNaN:
      return (
        tensors(Self.stated, "angles", "F64", [1, 2, 3], [0, 1, 2, .nan, 4, 5]), [:], "value 3 of tensor \"angles\""
      )
    case .tensorDtype: return (tensors(Self.stated, "angles", "BF16"), [:], "type BF16, allowed are F32, F64, I64")
    case .tensorHole: return (tensors() + [0, 0, 0, 0, 0, 0, 0, 0], [:], "bytes of tensors, expected are 96")
    case .digestWrong:
      return (tensors(stating("sha256", String(repeating: "0", count: 64))), [:], "its sha256 is ")
    case .digestMalformed: return (tensors(stating("sha256", "none")), [:], "is not 64 lower-case hexadecimal digits")
    case .scalesOfTwoAxes:
      return (
        tensors(readout: [("scales", "F64", [2, 1], [1, 1])]), [:], "tensor scales is F64 [2, 1], allowed is F32"
      )
    case .scalesTooMany:
      return (tensors(readout: [("scales", "F64", [3], [1, 1, 1])]), [:], "scales is 3, allowed is 2, one")
    case .scalesHuge:
      return (tensors(readout: [("biases", "F32", [2], [1e13, 0])]), [:], "numbers up to 1000000000000.0")
    case .scalesTwice:
      return (
        tensors(readout: [("scales", "F64", [2], [1, 2])]), ["scales": "1,3"],
        "--scales is 1,3, allowed is the file's own, [1.0, 2.0]"
      )
    case .metadataValue:
      return (
        tensors(stating("rotation", "quarter")), [:], "its metadata have rotation = \"quarter\", allowed is half for"
      )
    case .metadataSpelling:
      return (
        tensors(Self.stated + [("entangling-gate", "cz")]), [:],
        "entangling-gate = \"cz\", allowed is the key entangling_gate"
      )
    case .metadataOrder:
      return (tensors(stating("parameter_order", "qubit, layer")), [:], "parameter_order = \"qubit, layer\"")
    case .metadataFeatures: return (tensors(stating("features", "pca")), [:], "--like")
    case .metadataQubits: return (tensors(stating("qubits", "3")), [:], "of 2 qubits is qubits = 3 in the metadata")
    case .metadataLayers: return (tensors(stating("layers", "1")), [:], "of 2 layers is layers = 1 in the metadata")
    case .contradiction:
      return (tensors(), ["rotation": "full"], "rotation is full by --rotation, and half by its metadata")
    case .axesTooFew: return (array(), flagged("axes", "layer,qubit"), "as many axes as --axes layer,qubit names, 2")
    case .gateAxis: return (array(), flagged("axes", "gate,qubit,layer"), "the gate axis is 2, allowed is 3")
    case .gatesMissing:
      return (
        array([2, 2]), flagged("axes", "layer,qubit"), "the gate axis is left out, allowed is 3, the gates of --gates"
      )
    case .extentZero: return (array([0, 2, 3]), flags, "shape is [0, 2, 3], allowed is extents from 1 on")
    case .noQubit:
      return (array([2, 3]), flagged("axes", "layer,gate"), "observables is qubit 1, allowed is qubits 0 to 0")
    case .tooManyQubits: return (array([1, 27, 3]), flags, "the qubit axis is 27, allowed is 1 to 26")
    case .oneLayerAndFinal:
      return (array([1, 2, 3]), flagged("final_rotation", "true"), "the layer axis is 1, allowed is 2 to 4097")
    case .observableQubit:
      return (array(), flagged("observables", "Z0; X2"), "observables is qubit 2, allowed is qubits 0 to 1")
    case .observableOne: return (array(), flagged("observables", "Z0"), "at least 2 for classes; or --task regression")
    case .pairsQubit: return (array(), flagged("entangler", "0-2"), "entangler is 0-2, allowed is qubits 0 to 1")
    }
  }

  @Test(arguments: Broken.allCases)
  func isRefused(_ kind: Broken) throws {
    let (bytes, flags, expected) = answer(kind)
    var request = ImportRequest(source: folder.put("a", bytes), output: folder.path + "/m")
    for (key, text) in flags {
      if key == "scales" { request.scales = text } else { request.stated[Convention(rawValue: key)!] = text }
    }
    let error = try #require(throws: ImportError.self) { try ModelImport.run(request) }
    #expect(error.text.contains(expected), "\(error.text)")
    #expect(error.text.hasPrefix(request.source + ": ") && !error.text.contains("\n"), "\(error.text)")
    #expect(error.status == .badData && folder.names == ["a"])
  }

  /// A file of every length that is shorter than the whole is refused.
  @Test func truncation() throws {
    for bytes in [tensors(), npy(Self.angles, [2, 2, 3])] {
      for count in bytes.indices {
        #expect(throws: ImportError.self) {
          try AngleSource(decoding: Array(bytes[..<count]), path: "a", anglesName: nil)
        }
      }
      #expect(try AngleSource(decoding: bytes, path: "a", anglesName: nil).angles == Self.angles)
    }
  }

  /// The same parts, put together rightly, are read: so what is refused above is refused for the reason given.
  @Test func whatIsNotBrokenIsRead() throws {
    let bytes = tensors(readout: [("scales", "F32", [2], [1, 2]), ("biases", "F64", [2], [3, 4])])
    let report = try ModelImport.run(ImportRequest(source: folder.put("a", bytes), output: folder.path + "/m"))
    #expect(report.model.angles == Self.angles && report.model.scales == [1, 2] && report.model.biases == [3, 4])
    #expect(report.scalesOrigin == .metadata && report.proof == nil && !report.isConverted)
    #expect(report.source.sha256 == SHA256.hex(of: bytes) && report.source.format == "safetensors F64")
  }

  @Test(arguments: [
    (Convention.axes, "layer,layer"), (.axes, ""), (.axes, "layers,qubit"), (.gates, ""), (.gates, "rx,ry,rz,rx"),
    (.gates, "x"), (.rotation, "Half"), (.entangler, "star"), (.entangler, "0-0"), (.entanglingGate, "cx"),
    (.qubitOrder, "little"), (.finalRotation, "yes"), (.encoder, "angles"), (.observables, ""), (.observables, "Z0;"),
    (.observables, "Z0;Q1"), (.task, "ranking"),
  ])
  func valuesOfNoConvention(_ convention: Convention, _ text: String) throws {
    let fault = try #require(throws: ConventionFault.self) { try convention.canonical(text) }
    #expect(fault.convention == convention && !fault.allowed.isEmpty)
  }

  @Test func oneSpelling() throws {
    #expect(try Convention.axes.canonical(" qubit , layer") == "qubit,layer")
    #expect(try Convention.observables.canonical("Z0,0.5*Z0*Z1 - X2;  Y1 ") == "Z0; 0.5*Z0*Z1 - X2; Y1")
    #expect(try Convention.entangler.canonical("0-1,1-2") == "0-1, 1-2")
    #expect(Convention.finalRotation.flag == "--final-rotation" && Convention.allCases.count == 10)
  }
}
