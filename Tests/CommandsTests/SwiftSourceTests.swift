import Foundation
import Kernel
import Models
import TemporaryFolders
import Testing

/// The files of `export --format swift`. That they compile and answer as the program does, tools/firmware shows.
@Suite(.enabled(if: Binary.isThere, "no executable"))
struct SwiftSourceTests {
  private let folder = TemporaryFolder()

  private func export(_ ansatz: Ansatz, _ arguments: String...) throws -> Binary.Result {
    let model = Model(
      ansatz: ansatz, observables: [try Observable("Z0"), try Observable("0.5*X1")],
      angles: (0..<ansatz.parameterCount).map { Double($0) / 7 }, scales: [2, 3], biases: [0.25, -1], encoder: .state)
    try model.tensorFile().write(path: folder.path + "/m")
    return try Binary.run(["export", "m", "--format", "swift"] + arguments, folder: folder.path)
  }

  @Test func tablesStandInFlashAndFunctionsHaveTheNamesOfC() throws {
    let result = try export(Ansatz(qubits: 3, layers: 1), "--output", "net.swift")
    try #require(result.code == 0, "\(result)")
    #expect(result.output.hasPrefix("net.swift (written, with net.h): 192 bytes of RAM, "), "\(result.output)")
    let source = String(decoding: try #require(folder.get("net.swift")), as: UTF8.self)
    let header = String(decoding: try #require(folder.get("net.h")), as: UTF8.self)
    // One rotation layer and what is pending behind it, for X.
    for text in [
      "@section(\".rodata.net\")\nnonisolated(unsafe) private var diagonal: InlineArray<4, InlineArray<8, Float>> = [",
      "qubits: 3, layers: 1, finalRotation: false, qubitOrder: .littleEndian)",
      "entangled: UnsafeRawPointer(&entangled), disentangled: nil",
      "network.setAmplitudes(real, imaginary, as: .state)",
      "InlineArray<6, UInt64> = [", "InlineArray<12, SIMD2<UInt64>>(repeating: .zero)",
    ] {
      #expect(source.contains(text), "\(text)")
    }
    for name in ["net_logits", "net_class", "net_probabilities", "net_self_test"] {
      #expect(source.contains("@c(\(name))") && header.contains(" \(name)("), "\(name)")
    }
    #expect(source.split(separator: "\n").allSatisfy { $0.utf8.count <= 130 })
  }

  @Test func tablesBeyondADeviceAreRefused() throws {
    let result = try export(Ansatz(qubits: 12, layers: 6), "--output", "net.swift")
    #expect(result.code == 64, "\(result)")
    #expect(result.errors.contains("bytes of flash") && result.errors.contains("131,072"), "\(result.errors)")
    #expect(folder.get("net.swift") == nil)
  }

  @Test func anotherEndingIsRefused() throws {
    let result = try export(Ansatz(qubits: 3, layers: 1), "--output", "net.c")
    #expect(result.code != 0 && result.errors.contains("a file that ends in .swift"), "\(result.errors)")
  }
}
