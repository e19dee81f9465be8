import Foundation
import Kernel
import Models
import TemporaryFolders
import Testing

private enum Compiler {
  static let path = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first(
    where: FileManager.default.isExecutableFile)
  static let isThere = path != nil
}

/// A model's C file, compiled by this host's compiler without a warning, says what `evaluate` says.
@Suite(.enabled(if: Binary.isThere && Compiler.isThere, "no executable, or no C compiler"))
struct DeviceSourceTests {
  private let folder = TemporaryFolder()

  private func run(_ arguments: String...) throws -> Binary.Result { try Binary.run(arguments, folder: folder.path) }

  /// Runs a program of the folder, or the compiler.
  private func execute(_ path: String, _ arguments: [String] = []) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  /// Prints the status, the logits of a sample, its class, and the self-test's result.
  private func answers(
    _ model: Model, _ row: [Double], _ options: [String] = [], imaginary: [Double]? = nil
  ) throws -> [Double] {
    let parts = imaginary.map {
      "static const float parts[STUDENT_INPUTS] = {\($0.map { "\(Float($0))f" }.joined(separator: ", "))};"
    }
    try model.tensorFile().write(path: folder.path + "/m")
    let exported = try Binary.run(
      ["export", "m", "--format", "c", "--output", "student.c"] + options, folder: folder.path)
    try #require(
      exported.code == 0 && exported.output.hasPrefix("student.c (written, with student.h)\n"), "\(exported)")
    _ = folder.put(
      "main.c",
      Array(
        """
        #include "student.h"
        #include <stdio.h>
        int main(void) {
          static const float row[STUDENT_INPUTS] = {\(row.map { "\(Float($0))f" }.joined(separator: ", "))};
          static float again[STUDENT_INPUTS];
          \(parts ?? "")
          float logits[STUDENT_LOGITS] = {0}, shares[STUDENT_LOGITS] = {0}, sum = 0;
          int i;
          printf("%d", (int)student_logits(row, \(parts == nil ? "0" : "parts"), logits));
          for (i = 0; i < STUDENT_LOGITS; i++) printf(" %.9g", (double)logits[i]);
          student_probabilities(logits, shares);
          for (i = 0; i < STUDENT_LOGITS; i++) sum += shares[i];
          printf(" %d %.9g %.9g\\n", student_class(logits), (double)sum, (double)student_self_test(again));
          return 0;
        }

        """.utf8))
    let compiled = try execute(
      try #require(Compiler.path),
      ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "student.c", "main.c", "-lm", "-o", "t"])
    try #require(compiled == (0, ""), "\(compiled.output)")
    return try execute(folder.path + "/t").output.split(whereSeparator: \.isWhitespace).map { try #require(Double($0)) }
  }

  /// By `evaluate`, of the model file `m`.
  private func evaluated(_ row: [Double]) throws -> [Double] {
    _ = folder.put("x.csv", Array((row.map { "\(Double(Float($0)))" }.joined(separator: ",") + "\n").utf8))
    let result = try run("--model", "m", "--input", "x.csv", "--precision", "float64", "--predictions", "p.ndjson")
    try #require(result.code == 0, "\(result.errors)")
    let line = try JSONSerialization.jsonObject(with: Data(try #require(folder.get("p.ndjson")))) as? [String: Any]
    return try #require(line?["logits"] as? [Double])
  }

  @Test(arguments: 0..<36, ["gates", "forms"]) func sourcesAnswerAsModelsDo(seed: Int, method: String) throws {
    let model = ExportTests.model(seed)
    let row = ExportTests.row(model, seed)
    try check(model, answers(model, row, ["--method", method]), row)
  }

  /// Complex samples: both methods, which have nothing in common but the encoder, answer the same.
  @Test(arguments: 0..<36) func imaginaryParts(seed: Int) throws {
    let model = ExportTests.model(seed)
    if model.encoder.isProduct { return }
    let row = ExportTests.row(model, seed).map { 0.6 * $0 }
    let imaginary = row.indices.map { row[($0 + 1) % row.count] / 0.75 }
    let gates = try answers(model, row, ["--method", "gates"], imaginary: imaginary)
    let forms = try answers(model, row, ["--method", "forms"], imaginary: imaginary)
    try #require(gates.count == forms.count && gates[0] == 0 && forms[0] == 0, "\(gates), \(forms)")
    let largest = max(1, gates[1...2].map(\.magnitude).max()!)
    for (left, right) in zip(gates[1...2], forms[1...2]) { #expect(abs(left - right) <= 1e-5 * largest, "\(model)") }
  }

  /// `evaluate` runs the model whose angles were rounded by hand.
  @Test(arguments: 0..<18) func anglesOfFewBits(seed: Int) throws {
    let bits = [16, 8, 6][seed % 3]
    let model = ExportTests.model(seed)
    let row = ExportTests.row(model, seed)
    _ = folder.put("x.csv", Array((row.map { "\(Double(Float($0)))" }.joined(separator: ",") + "\n").utf8))
    let found = try answers(model, row, ["--method", "gates", "--bits", "\(bits)", "--input", "x.csv"])
    let step = 2 * .pi / Double(1 << bits) / model.ansatz.rotation.halfAngleFactor
    var rounded = model
    rounded.angles = model.angles.map { ($0 / step).rounded() * step }
    try rounded.tensorFile().write(path: folder.path + "/m")
    try check(rounded, found, row)
  }

  @Test func bitsAreMeasuredFirst() throws {
    let ansatz = Ansatz(qubits: 1, layers: 1)
    // Classes by the sign of z, behind a turn that six bits round by a twentieth.
    let model = Model(
      ansatz: ansatz, observables: try ["Z0", "-Z0"].map { try Observable($0) }, angles: [0, 0.045, 0], scales: [1, 1],
      biases: [0, 0], encoder: .amplitude)
    try model.tensorFile().write(path: folder.path + "/m")
    let angles = (0..<200).map { 0.045 + 0.001 * (Double($0) - 99.5) }
    // Rows at the equator, less and more: a turn by 0.045 takes half of them to either side.
    let samples = angles.map { angle in
      let half = (Double.pi / 2 - angle) / 2
      return "\(cos(half)),\(sin(half))"
    }
    _ = folder.put("x.csv", Array((samples.joined(separator: "\n") + "\n").utf8))
    _ = folder.put(
      "l.csv", Array((angles.map { $0 < 0.045 ? "1" : "0" }.joined(separator: "\n") + "\n").utf8))
    let options = ["export", "m", "--format", "c", "--output", "s.c", "--input", "x.csv", "--labels", "l.csv"]
    let measured = try Binary.run(options + ["--bits", "16", "--minimum-accuracy", "0.9"], folder: folder.path)
    #expect(measured.code == 0 && folder.names.contains("s.c"), "\(measured)")
    let rows = measured.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    let scores = ["float", "16", "8", "6"].map { name in rows.first { $0.first == name }.map { $0[2] } }
    #expect(scores == ["1.0000,", "1.0000,", "0.9800,", "0.7750,"], "\(measured.output)")
    try FileManager.default.removeItem(atPath: folder.path + "/s.c")
    let refused = try Binary.run(options + ["--bits", "6", "--minimum-accuracy", "0.9"], folder: folder.path)
    #expect(refused.code == 4 && refused.errors.contains("interval begins at"), "\(refused)")
    #expect(!folder.names.contains("s.c"))
    #expect(try run("export", "m", "--format", "c", "--output", "s.c", "--bits", "7").code == 64)
    #expect(try run("export", "m", "--format", "c", "--output", "s.c", "--minimum-accuracy", "0.9").code == 64)
  }

  /// Logits, class and self-test of a source, as `evaluate` says of the model file `m`.
  private func check(_ model: Model, _ found: [Double], _ row: [Double]) throws {
    let expected = try evaluated(row)
    try #require(found.count == expected.count + 4 && found[0] == 0, "\(found)")
    let largest = max(1, expected.map(\.magnitude).max()!)
    for (own, host) in zip(found[1...], expected) { #expect(abs(own - host) <= 1e-5 * largest, "\(model)") }
    if abs(expected[0] - expected[1]) > 1e-4 * largest {
      #expect(found[3] == (expected[0] >= expected[1] ? 0 : 1))
    }
    #expect(abs(found[4] - 1) < 1e-5 && found[5] < 1e-5, "\(found)")
  }

  @Test func principalComponents() throws {
    let features = PrincipalFeatures(
      mean: [0.1, 0.2, 0.3], components: [0.6, 0.8, 0, 0.8, -0.6, 0], threshold: 0.25)
    let ansatz = Ansatz(qubits: 2, layers: 1, qubitOrder: .bigEndian)
    let model = Model(
      ansatz: ansatz, observables: try ["Z0", "X1"].map { try Observable($0) }, angles: [1, 2, 3, 0.4, 0.5, 0.6],
      scales: [2, 3], biases: [0, 1], encoder: .phase, features: features)
    for row in [[0.9, 0.1, 0.5], [0.1, 0.9, 0.2], [1, 1, 1], [0, 0, 0]] {
      let (found, expected) = (try answers(model, row), try evaluated(row))
      #expect(found[0] == 0 && abs(found[1] - expected[0]) < 1e-5 && abs(found[2] - expected[1]) < 1e-5, "\(row)")
      #expect(found[5] < 1e-5)
    }
  }

  /// What a device is given may be anything.
  @Test func unfitSamples() throws {
    func model(_ encoder: Encoder) throws -> Model {
      Model(
        ansatz: Ansatz(qubits: 2, layers: 1), observables: [try Observable("Z0")],
        angles: .init(repeating: 1, count: 6),
        scales: [1], biases: [0], encoder: encoder)
    }
    #expect(try answers(model(.state), [1, 1, 0, 0])[0] == 2)
    #expect(try answers(model(.phase), [1, 0.5])[0] == 3)
    #expect(try answers(model(.amplitude), [0, 0, 0, 0])[0] == 5)
    #expect(try answers(model(.amplitude), [1e30, 0, -1e30, 0])[0] == 0)
    #expect(try answers(model(.amplitude), [1e-30, 0, -1e-30, 0])[0] == 0)
  }

  @Test func boardsThatAreTooSmall() throws {
    try ExportTests.model(0).tensorFile().write(path: folder.path + "/m")
    let line = ["export", "m", "--format", "c", "--output", "s.c", "--target", "avr"]
    let fitting = try Binary.run(line, folder: folder.path)
    let row = fitting.output.split(separator: "\n")[2].split(separator: " ").map { Int($0.filter(\.isNumber)) }
    try #require(fitting.code == 0 && row.count == 7 && row[2] == 32_768 && row[6] == 2048, "\(fitting.output)")
    let (flash, ram) = (try #require(row[1]), try #require(row[5]))
    try FileManager.default.removeItem(atPath: folder.path + "/s.c")
    for (flag, needed) in [("--flash", flash), ("--ram", ram)] {
      let refused = try Binary.run(line + [flag, "\(needed - 1)"], folder: folder.path)
      #expect(refused.code == 5 && refused.errors.contains("1 too few; nothing was written"), "\(refused.errors)")
      #expect(!folder.names.contains("s.c"))
    }
    #expect(try Binary.run(line + ["--flash", "\(flash)", "--ram", "\(ram)"], folder: folder.path).code == 0)
    #expect(try run("export", "m", "--format", "c", "--output", "s.c", "--target", "z80").code == 64)
    #expect(try run("export", "m", "--format", "c", "--output", "s.c", "--ram", "1024").code == 64)
    #expect(try run("export", "m", "--output", "s.qasm", "--target", "avr").code == 64)
  }

  @Test func libraries() throws {
    try ExportTests.model(0).tensorFile().write(path: folder.path + "/m")
    let files = [
      "arduino": ["library.properties", "src/a.h", "src/a.c", "examples/SelfTest/SelfTest.ino"],
      "zephyr": ["zephyr/module.yml", "zephyr/CMakeLists.txt", "zephyr/Kconfig", "include/a.h", "src/a.c"],
    ]
    for (format, names) in files {
      let place = folder.path + "/" + format
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: place) }
      let result = try run("export", "m", "--format", format, "--output", format + "/a")
      #expect(result.code == 0 && result.output.hasPrefix("\(format)/a (written)\n"), "\(result)")
      for name in names { #expect(FileManager.default.fileExists(atPath: place + "/a/" + name), "\(name)") }
    }
  }

  @Test func refusals() throws {
    try ExportTests.model(0).tensorFile().write(path: folder.path + "/m")
    for (output, message) in [
      ("student.txt", "a file that ends in .c"), ("7-student.c", "no digit first"), (".c", "no digit first"),
    ] {
      let refused = try run("export", "m", "--format", "c", "--output", output)
      #expect(refused.code == 64 && refused.errors.contains(message), "\(refused.errors)")
    }
    #expect(try run("export", "m", "--format", "c").code == 64)
    #expect(try run("export", "m", "--format", "c", "--output", "s.c", "--measure").code == 64)
    #expect(!folder.names.contains { $0.hasSuffix(".c") || $0.hasSuffix(".h") })
  }
}
