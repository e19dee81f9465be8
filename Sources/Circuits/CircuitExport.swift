import Files
import Kernel
import Measurement
import Models

/// What a file of a circuit says: the gates, what stands before them, and how answers follow.
public struct CircuitExport: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    /// OpenQASM 2 and 3; version 3 defines every gate itself.
    case qasm2, qasm3
    /// OpenQASM 3 with the gates that Amazon Braket has itself.
    case braket
    case json
  }

  public let circuit: Circuit
  /// nil of an autoencoder.
  public let model: Model?
  /// The SHA-256 of the model's or autoencoder's file.
  public let digest: String
  /// nil: the circuit begins in the state that it is given.
  public let preparation: Preparation?
  /// What is measured together, in this order; none unless measurements are asked for.
  let settings: [Measurement.Setting]
  /// The program and its version.
  let maker: String

  /// - Parameters:
  ///   - preparation: nil: without a sample.
  ///   - measures: whether the circuit ends in measurements of what logits are made of.
  public init(_ model: Model, digest: String, preparation: Preparation?, measures: Bool, maker: String) {
    circuit = Circuit(model)
    self.model = model
    self.digest = digest
    self.preparation = preparation
    settings = measures ? Measurement(model.observables).settings : []
    self.maker = maker
  }

  public init(_ autoencoder: Autoencoder, digest: String, preparation: Preparation?, maker: String) {
    circuit = Circuit(autoencoder)
    model = nil
    self.digest = digest
    self.preparation = preparation
    settings = []
    self.maker = maker
  }

  /// How many circuits it takes to measure all that logits are made of, each from the beginning; 0 without
  /// measurements, or where all observables are numbers.
  public var settingCount: Int { settings.count }

  /// The text of the file.
  /// - Parameter setting: the one to measure, from 0; nil: none. JSON has all of them.
  public func text(_ format: Format, setting: Int?) -> String {
    switch format {
    case .qasm2: OpenQASM(dialect: .version2, export: self, setting: setting).text
    case .qasm3: OpenQASM(dialect: .version3, export: self, setting: setting).text
    case .braket: OpenQASM(dialect: .braket, export: self, setting: setting).text
    case .json: json.text + "\n"
    }
  }

  /// The squared norm by which expectations of the normalised state are to be multiplied; 1 but for amplitudes that
  /// are not normalised.
  var squaredNorm: Double {
    if case .state(_, _, let squaredNorm) = preparation { squaredNorm } else { 1 }
  }
}

extension Measurement.Setting {
  /// Its classical register.
  static func register(_ index: Int) -> String { "setting_\(index)" }
}
