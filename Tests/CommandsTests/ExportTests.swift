import Foundation
import Kernel
import Models
import TemporaryFolders
import Testing

/// Exported circuits say what `evaluate` says, by their text alone.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct ExportTests {
  private let folder = TemporaryFolder()

  private func run(_ arguments: String...) throws -> Binary.Result { try Binary.run(arguments, folder: folder.path) }

  /// Every entangler, gate, rotation, order, encoder and final layer comes up, and observables with all letters.
  static func model(_ seed: Int) -> Model {
    let qubits = 1 + seed % 5
    let entanglers: [Entangler] = [.linear, .ring, .descending, .allPairs]
    let pairs = Entangler(name: "1-0, 0-1, 1-0") ?? .linear
    let entangler = seed % 7 == 6 && qubits > 1 ? pairs : entanglers[seed % 4]
    let ansatz = Ansatz(
      qubits: qubits, layers: 1 + seed % 3, entangler: entangler, entanglingGate: seed % 5 < 3 ? .cnot : .cz,
      finalRotation: seed % 2 == 0, rotation: seed % 3 == 0 ? .full : .half,
      qubitOrder: seed % 4 < 2 ? .littleEndian : .bigEndian)
    let last = qubits - 1
    let observables = [
      "Z0", "0.5*X\(last) - 2*Z0 + 0.25", last > 0 ? "Y0*Z\(last)" : "Y0", "3", "-X0", "1.5*Y\(last) + Z\(last)",
    ]
    let chosen = [seed % 6, (seed + 1 + seed / 6) % 6].map { observables[$0] }
    return Model(
      ansatz: ansatz, observables: chosen.map { try! Observable($0) },
      angles: (0..<ansatz.parameterCount).map { Double((37 * $0 + 11 * seed) % 101) / 16 - 3 },
      scales: [1.5, -20], biases: [0.25, 3], encoder: Encoder.all[seed % Encoder.all.count])
  }

  static func row(_ model: Model, _ seed: Int) -> [Double] {
    switch model.encoder {
    case .phase, .basis: return (0..<model.ansatz.qubits).map { Double((seed >> $0 ^ seed >> 3) & 1) }
    case .angle: return (0..<model.ansatz.qubits).map { Double((5 * $0 + seed) % 17) / 3 - 2 }
    default:
      let numbers = (0..<model.ansatz.amplitudes).map { Double((29 * $0 + 7 * seed) % 31) / 16 - 1 }
      let norm = model.encoder == .state ? numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() : 1
      return numbers.map { $0 / norm }
    }
  }

  /// The last 2ⁿ complex numbers of a state file, as amplitudes with qubit q in bit q.
  private static func state(_ bytes: [UInt8], _ ansatz: Ansatz) -> [CircuitSimulator.Amplitude] {
    let numbers = bytes.suffix(16 * ansatz.amplitudes).withUnsafeBytes { raw in
      (0..<2 * ansatz.amplitudes).map { raw.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    return (0..<ansatz.amplitudes).map { index in
      let own = (0..<ansatz.qubits).reduce(0) { $0 | (index >> $1 & 1) << ansatz.bit(of: $1) }
      return (numbers[2 * own], numbers[2 * own + 1])
    }
  }

  @Test(arguments: 0..<60) func circuitsAnswerAsModelsDo(seed: Int) throws {
    let model = Self.model(seed)
    try model.tensorFile().write(path: folder.path + "/m")
    let row = Self.row(model, seed)
    _ = folder.put("x.csv", Array((row.map { "\($0)" }.joined(separator: ",") + "\n").utf8))
    let evaluated = try run(
      "--model", "m", "--input", "x.csv", "--precision", "float64", "--predictions", "p.ndjson", "--format", "json")
    try #require(evaluated.code == 0, "\(evaluated.errors)")
    let line = try JSONSerialization.jsonObject(with: Data(try #require(folder.get("p.ndjson")))) as? [String: Any]
    let logits = try #require(line?["logits"] as? [Double])
    for format in ["qasm2", "qasm3", "braket"] {
      let exported = try run(
        "export", "m", "--format", format, "--encoder", "--input", "x.csv", "--row", "0", "--output", "c.qasm")
      try #require(exported.code == 0, "\(exported.errors)")
      let text = String(decoding: try #require(folder.get("c.qasm")), as: UTF8.self)
      let start = folder.get("c.qasm.state.npy").map { Self.state($0, model.ansatz) }
      #expect((start == nil) == model.encoder.isProduct)
      let circuit = try CircuitSimulator(text, start: start)
      let norm = model.encoder == .amplitudeUnnormalized ? row.reduce(0) { $0 + $1 * $1 } : 1
      for (index, observable) in model.observables.enumerated() {
        let value = observable.terms.reduce(0) { sum, term in
          sum + term.weight * circuit.expectation(term.factors.map { "\($0.pauli)\($0.qubit)" }.joined(separator: "*"))
        }
        let logit = model.scales[index] * norm * value + model.biases[index]
        #expect(abs(logit - logits[index]) < 1e-12 * max(1, abs(model.scales[index]) * norm * 4), "\(format) \(model)")
      }
    }
  }

  /// A circuit a setting; the outcomes of each tell the strings that it is for.
  @Test func measurements() throws {
    let ansatz = Ansatz(qubits: 3, layers: 1, entangler: .ring, finalRotation: true)
    let model = Model(
      ansatz: ansatz, observables: try ["Z0*Z2 + X1", "Y1*X0", "Z1"].map { try Observable($0) },
      angles: (0..<ansatz.parameterCount).map { Double($0 * 7 % 11) / 4 }, scales: [1, 1, 1], biases: [0, 0, 0],
      encoder: .state)
    try model.tensorFile().write(path: folder.path + "/m")
    for format in ["qasm2", "qasm3", "braket"] {
      let result = try run("export", "m", "--format", format, "--measure", "--output", "c.qasm")
      #expect(result.code == 0 && result.output.split(separator: "\n").count == 3, "\(result)")
      let plain = try CircuitSimulator(try run("export", "m", "--format", format).output)
      for (setting, strings) in [["Z0*Z2", "Z1"], ["X1"], ["X0*Y1"]].enumerated() {
        let text = String(decoding: try #require(folder.get("c-setting-\(setting).qasm")), as: UTF8.self)
        let circuit = try CircuitSimulator(text)
        for string in strings {
          // The letters have become Z of the qubits measured.
          let outcome = string.split(separator: "*").map { "Z\($0.dropFirst())" }.joined(separator: "*")
          #expect(abs(circuit.expectation(outcome) - plain.expectation(string)) < 1e-14, "\(string)")
          #expect(circuit.measured.count == Set(strings.joined(separator: "*").split(separator: "*")).count)
        }
      }
    }
    let refused = try run("export", "m", "--measure")
    #expect(refused.code == 64 && refused.errors.contains("the observables take 3 circuits"), "\(refused.errors)")
    let json = try EndToEndTests.json(try run("export", "m", "--measure", "--format", "json"))
    #expect((json["settings"] as? [Any])?.count == 3 && json["format"] as? String == "qkd-circuit")
    #expect((json["gates"] as? [Any])?.count == 9 + 3 + 9)
  }

  @Test func wholeFiles() throws {
    let model = Model(
      ansatz: Ansatz(qubits: 2, layers: 1, entanglingGate: .cz, rotation: .full, qubitOrder: .bigEndian),
      observables: [try Observable("X1")], angles: [0.5, -0.25, 1, 1e-7, 2, 3], scales: [2], biases: [-1],
      encoder: .phase)
    try model.tensorFile().write(path: folder.path + "/m")
    let digest = try EndToEndTests.json(try run("inspect", "m", "--format", "json"))["model_sha256"] as? String
    _ = folder.put("x.csv", Array("0,1\n".utf8))
    let exported = try run(
      "export", "m", "--format", "qasm2", "--encoder", "--input", "x.csv", "--measure")
    #expect(
      exported.output == """
        OPENQASM 2.0;
        // model \(try #require(digest)), by qkd-run 0.1.0
        // amplitude i of a state has qubit q in bit n-1-q of i (big-endian)
        // the first gates, on |0...0>, encode the sample
        // logit 0 = 2 * <X1> + -1
        // probabilities: softmax(logits); class: the largest
        // bit k of setting_0 is 1 for the outcome -1 of
        //   X1: k = 0
        // a string's value in a shot is the product of its letters' outcomes, an expectation their mean
        include "qelib1.inc";
        qreg q[2];
        creg setting_0[1];
        ry(1.5707963267948966) q[0];
        ry(-1.5707963267948966) q[1];
        rx(-1) q[0];
        ry(0.5) q[0];
        rz(-2) q[0];
        rx(-2.0e-07) q[1];
        ry(-4) q[1];
        rz(-6) q[1];
        cz q[0], q[1];
        ry(-1.5707963267948966) q[1];
        measure q[1] -> setting_0[0];

        """)
  }

  /// Every format has the same circuit; that it is the autoencoder's, tools/verify-student shows.
  @Test func autoencoders() throws {
    let ansatz = AutoencoderAnsatz(qubits: 3, latent: 1, layers: 2, rotation: .full)
    let autoencoder = Autoencoder(
      ansatz: ansatz, parameters: (0..<ansatz.parameterCount).map { Double($0 * 5 % 13) / 5 - 1 })
    try autoencoder.tensorFile().write(path: folder.path + "/a")
    var values: [Double] = []
    for format in ["qasm2", "qasm3", "braket"] {
      let text = try run("export", "a", "--format", format).output
      #expect(text.contains("// qubits 0 to 0 are latent"))
      values.append(try CircuitSimulator(text).expectation("X0"))
    }
    #expect(values[0] == values[1] && values[0] == values[2] && abs(values[0]) > 0.01)
    #expect(try run("export", "a", "--measure").code == 64)
    let drawn = try run("inspect", "a", "--draw", "--svg", "a.svg")
    #expect(drawn.output.contains("◆: RXX, RYY, RZZ") && folder.names.contains("a.svg"))
  }

  @Test func refusals() throws {
    let features = PrincipalFeatures(mean: [0, 0, 0], components: [1, 0, 0, 0, 1, 0], threshold: 0.5)
    let ansatz = Ansatz(qubits: 2, layers: 1)
    func write(_ name: String, _ encoder: Encoder, _ features: PrincipalFeatures? = nil) throws {
      let model = Model(
        ansatz: ansatz, observables: [try Observable("Z0")], angles: .init(repeating: 0.1, count: 6), scales: [1],
        biases: [0], encoder: encoder, features: features)
      try model.tensorFile().write(path: folder.path + "/" + name)
    }
    try write("pca", .phase, features)
    try write("zero", .amplitudeUnnormalized)
    try write("amplitude", .amplitude)
    _ = folder.put("zeros.csv", Array("0,0,0,0\n".utf8))
    _ = folder.put("row.csv", Array("0.9,0.1,0.3\n".utf8))

    let bare = try run("export", "pca")
    #expect(bare.code == 0 && bare.errors.contains("bits that it does not make itself"), "\(bare.errors)")
    #expect(bare.output.contains("// NOT in this file: the bits that are encoded are made of 3 numbers"))
    let encoded = try run("export", "pca", "--encoder", "--input", "row.csv")
    #expect(encoded.output.contains("ry(-1.5707963267948966) q0;\nry(1.5707963267948966) q1;"), "\(encoded)")
    for model in ["zero", "amplitude"] {
      let refused = try run("export", model, "--encoder", "--input", "zeros.csv", "--output", "c")
      #expect(refused.code == 65 && refused.errors.contains("zeros.csv: row 0 (from 0): "), "\(refused.errors)")
      #expect(!folder.names.contains("c") && !folder.names.contains("c.state.npy"))
    }
    let beyond = try run("export", "pca", "--encoder", "--input", "row.csv", "--row", "7")
    #expect(beyond.code == 64 && beyond.errors.contains("0 to 0: row.csv has 1 row"), "\(beyond.errors)")
    #expect(try run("export", "amplitude", "--encoder", "--input", "row.csv", "--row", "0").code == 65)
    #expect(try run("export", "pca", "--encoder").code == 64 && run("export", "pca", "--row", "1").code == 64)
    #expect(try run("export", "none").code == 66 && run("export", "row.csv").code == 65)
    let nowhere = try run("export", "pca", "--output", "/nowhere/c")
    #expect(nowhere.code == 73, "\(nowhere.errors)")
  }

  /// What stands beside a model may be anything, and of another model.
  @Test func verifications() throws {
    try Self.model(0).tensorFile().write(path: folder.path + "/m")
    let digest = try #require(
      try EndToEndTests.json(try run("inspect", "m", "--format", "json"))["model_sha256"] as? String)
    func shown(_ sha256: String, _ difference: String) throws -> String {
      let peer =
        "{\"peer\": \"Qiskit\\u001b[2J\", \"version\": \"2\", \"logit_difference\": \(difference), "
        + "\"verdict\": \"differ\"}"
      let text =
        "{\"format\": \"qkd-verification\", \"format_version\": \"1\", \"model_sha256\": \"\(sha256)\", "
        + "\"peers\": [\(peer)]}"
      _ = folder.put("m.verified.json", Array(text.utf8))
      let result = try run("inspect", "m")
      #expect(result.code == 0 && !result.output.contains("\u{1B}"))
      return result.output
    }
    #expect(try shown(digest, "2e-16").contains("DIFFERS, by at most 2.00e-16\n"))
    #expect(try shown(digest, "-2e-16").contains("DIFFERS, by at most 2.00e-16\n"))
    #expect(try shown(digest, "null").contains("DIFFERS, by at most unknown\n"))
    #expect(try shown(String(repeating: "0", count: 64), "0").contains("m.verified.json is of another model"))
    _ = folder.put("m.verified.json", Array("[]".utf8))
    #expect(try run("inspect", "m").output.contains("m.verified.json is no verification"))
  }
}
