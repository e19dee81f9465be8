import Foundation
import TemporaryFolders
import Testing

/// What a plan counts for models that are large beside their data: a run that holds more than its plan ends with 70.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct HeldMemoryTests {
  private let folder = TemporaryFolder()

  private func expectHeld(_ arguments: [String]) throws {
    let result = try Binary.run(arguments + ["--quiet"], folder: folder.path)
    #expect(result.code == 0 && result.errors == "", "\(arguments): \(result.errors)")
  }

  /// Pictures of 784 columns as they come out of gzip: the components take more than all else of a small run.
  @Test(arguments: [3, 6, 10, 15]) func principalComponents(of qubits: Int) throws {
    func big(_ numbers: [Int]) -> [UInt8] { numbers.flatMap { [0, 0, UInt8($0 >> 8), UInt8($0 & 255)] } }
    let rows = 40
    let pixels = (0..<rows * 784).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435_761 >> 13) }
    let pictures = folder.put("pictures", [0, 0, 8, 3] + big([rows, 28, 28]) + pixels)
    let labels = folder.put("labels", [0, 0, 8, 1] + big([rows]) + (0..<rows).map { UInt8($0 % 2) })
    try expectHeld([
      "train", "--set", "model.qubits=\(qubits)", "--set", "model.layers=1", "--input", pictures, "--labels", labels,
      "--test-input", pictures, "--test-labels", labels, "--set", "data.features=pca", "--encoder", "phase",
      "--iterations", "1", "--precision", "float32", "--output", "p.safetensors",
    ])
    try expectHeld([
      "evaluate", "--model", "p.safetensors", "--input", pictures, "--labels", labels, "--precision", "float32",
    ])
  }

  @Test(arguments: [(7, 200), (3, 4096), (12, 300)]) func layers(qubits: Int, layers: Int) throws {
    let path = "l.safetensors"
    try expectHeld([
      "train", "--set", "model.qubits=\(qubits)", "--set", "model.layers=\(layers)", "--iterations", "1", "--set",
      "training.states=8", "--samples", "5", "--output", path,
    ])
    try expectHeld(["evaluate", "--model", path, "--samples", "5"])
  }

  @Test func layersOfAnAutoencoder() throws {
    try expectHeld([
      "compress", "--set", "model.qubits=4", "--set", "compression.latent=2", "--set", "compression.layers=1000",
      "--iterations", "1", "--set", "training.states=8", "--samples", "5", "--output", "c.safetensors",
    ])
  }
}
