import Kernel
import Models
import TemporaryFolders
import Testing

@Suite struct AutoencoderFileTests {
  private func example(_ pairs: PairPattern) -> Autoencoder {
    let ansatz = AutoencoderAnsatz(qubits: 4, latent: 1, layers: 2, pairs: pairs, rotation: .full)
    return Autoencoder(
      ansatz: ansatz, parameters: (0..<ansatz.parameterCount).map { 0.1 * Double($0) - 1 },
      provenance: ["seed": "7"])
  }

  @Test(arguments: PairPattern.all) func comesBackAsItWas(_ pairs: PairPattern) throws {
    let folder = TemporaryFolder()
    let file = try example(pairs).tensorFile()
    let (read, digest) = try Autoencoder.read(path: folder.put("a.safetensors", file.encode()))
    #expect(read == example(pairs))
    #expect(digest == file.digest)
  }

  private func given(_ change: (inout [String: String]) -> Void) throws -> String? {
    let file = try example(.chain).tensorFile()
    var metadata = file.metadata
    change(&metadata)
    do { _ = try Autoencoder(try TensorFile(metadata: metadata, tensors: file.tensors)) } catch let error as ModelError
    {
      if case .entry(let name, _, _) = error { return name }
    }
    return nil
  }

  @Test func entriesThatAreNotAllowed() throws {
    #expect(try given { _ in } == nil)
    #expect(try given { $0["format"] = "qkd-model" } == "format")
    #expect(try given { $0["format_version"] = "2" } == "format_version")
    #expect(try given { $0["latent"] = "4" } == "latent")
    #expect(try given { $0["latent"] = "0" } == "latent")
    #expect(try given { $0["latent"] = "2" } == nil, "a chain's couplings do not depend on it")
    #expect(try given { $0["qubits"] = "1" } == "qubits")
    #expect(try given { $0["qubits"] = "5" } == "angles")
    #expect(try given { $0["layers"] = "3" } == "angles")
    #expect(try given { $0["pairs"] = "ring" } == "couplings")
    #expect(try given { $0["pairs"] = "none" } == "pairs")
    #expect(try given { $0["coupling"] = nil } == "coupling")
    #expect(try given { $0["qubit_order"] = "big-endian" } == "qubit_order")
  }

  /// Neither kind of file is taken for the other.
  @Test func isNoModel() throws {
    let file = try example(.chain).tensorFile()
    #expect(throws: ModelError.entry("format", given: "qkd-autoencoder", allowed: "qkd-model")) { try Model(file) }
  }
}
