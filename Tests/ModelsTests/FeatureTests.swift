import Kernel
import Models
import TemporaryFolders
import Testing

/// The principal components that a model file carries.
@Suite struct FeatureTests {
  static let features = PrincipalFeatures(mean: [0.5, 0.25, 0], components: [1, 0, 0, 0, 0.6, 0.8], threshold: 0.5)

  func model(_ features: PrincipalFeatures?) throws -> Model {
    Model(
      ansatz: Ansatz(
        qubits: 2, layers: 1, entangler: .linear, finalRotation: false, rotation: .half, qubitOrder: .littleEndian),
      observables: [try Observable("Z0"), try Observable("Z1")], angles: [0, 1, 2, 3, 4, 5], scales: [1, 1],
      biases: [0, 0], encoder: .phase, features: features)
  }

  @Test func readsBackWhatWasWritten() throws {
    #expect(try Model(try model(Self.features).tensorFile()) == model(Self.features))
    #expect(try Model(try model(nil).tensorFile()).features == nil)
  }

  /// The file with one entry changed, removed or of another shape.
  @Test func brokenEntries() throws {
    let whole = try model(Self.features).tensorFile()
    func refused(metadata: [String: String?] = [:], tensors: [Tensor] = [], without: Set<String> = []) throws -> String?
    {
      var entries = whole.metadata
      entries["sha256"] = nil
      for (key, value) in metadata { entries[key] = value }
      let names = Set(tensors.map(\.name))
      let kept = ["angles", "scales", "biases", "pca_mean", "pca_components"]
        .filter { !without.contains($0) && !names.contains($0) }.compactMap { whole[$0] }
      do {
        _ = try Model(try TensorFile(metadata: entries, tensors: kept + tensors))
        return nil
      } catch ModelError.entry(let name, _, _) { return name }
    }
    #expect(try refused() == nil)
    #expect(try refused(metadata: ["features": nil]) == "features")
    #expect(try refused(metadata: ["features": "pca"]) == "features")
    #expect(try refused(metadata: ["pca_threshold": nil]) == "pca_threshold")
    #expect(try refused(metadata: ["pca_threshold": "nan"]) == "pca_threshold")
    #expect(try refused(metadata: ["encoder": "amplitude"]) == "encoder")
    #expect(try refused(without: ["pca_mean"]) == "pca_mean")
    #expect(try refused(without: ["pca_components"]) == "pca_components")
    #expect(
      try refused(tensors: [Tensor(name: "pca_mean", shape: [0], values: .float64([]))]) == "pca_mean")
    #expect(
      try refused(tensors: [Tensor(name: "pca_mean", shape: [2], values: .float64([0, 0]))]) == "pca_components")
    #expect(
      try refused(tensors: [Tensor(name: "pca_components", shape: [6], values: .float64([0, 0, 0, 0, 0, 0]))])
        == "pca_components")
  }
}
