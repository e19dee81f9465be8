import Batches

/// Fidelities of unseen states.
public struct FidelitySummary: Sendable, Equatable {
  public let samples: Int
  public let minimum: Double
  /// The smallest value that at least one in a hundred does not exceed (nearest rank).
  public let firstPercentile: Double
  public let mean: Double

  /// - Precondition: at least one value, in ascending order.
  public init<Values: RandomAccessCollection>(ascending values: Values)
  where Values.Element == Double, Values.Index == Int {
    samples = values.count
    minimum = values[0]
    firstPercentile = values[(values.count + 99) / 100 - 1]
    mean = values.reduce(0, +) / Double(values.count)
  }
}

public struct CompressionReport: Sendable {
  public let facts: RunFacts
  /// The autoencoder's file.
  public let path: String
  public let sha256: String
  public let qubits: Int
  public let latent: Int
  public let layers: Int
  public let pairs: String
  public let parameters: Int
  public let seconds: Double
  /// 1 − the batch's mean fidelity, of each iteration.
  public let losses: [Double]
  public let fidelity: FidelitySummary
  /// No autoencoder with so few latent qubits has a larger mean fidelity on the same unseen states.
  public let bound: Double
  /// Of the unseen states' average, which is mixed; nil for more than 12 qubits.
  public let averageStateFidelity: Double?

  public init(
    facts: RunFacts, path: String, sha256: String, qubits: Int, latent: Int, layers: Int, pairs: String,
    parameters: Int, seconds: Double, losses: [Double], fidelity: FidelitySummary, bound: Double,
    averageStateFidelity: Double? = nil
  ) {
    self.facts = facts
    self.path = path
    self.sha256 = sha256
    self.qubits = qubits
    self.latent = latent
    self.layers = layers
    self.pairs = pairs
    self.parameters = parameters
    self.seconds = seconds
    self.losses = losses
    self.fidelity = fidelity
    self.bound = bound
    self.averageStateFidelity = averageStateFidelity
  }
}
