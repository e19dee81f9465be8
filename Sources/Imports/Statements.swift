import Kernel
import Models

/// What is stated of an array, and by whom.
public struct Statements: Sendable, Equatable {
  public enum Origin: Sendable, Equatable {
    case flag, metadata, like
    /// Nobody; it has a value that holds then.
    case absent
  }

  public struct Statement: Sendable, Equatable {
    /// In the one spelling.
    public let text: String
    public let origin: Origin
  }

  public private(set) var values: [Convention: Statement] = [:]

  /// How a model file's own angles lie.
  static let ownLayout: [Convention: String] = [
    .axes: Axis.text(Axis.allCases), .gates: Gate.text(Gate.allCases),
  ]

  /// - Parameters:
  ///   - flags: in the one spelling.
  ///   - metadata: those of the file, likewise.
  ///   - like: a model whose conventions are meant; how its array lies holds where nobody else states it.
  ///   - path: of the file, for messages.
  /// - Throws: `ImportError.contradiction`.
  public init(
    flags: [Convention: String], metadata: [Convention: String], like: Model?, path: String
  ) throws(ImportError) {
    let model = like.map(Self.texts)
    for convention in Convention.allCases {
      let own: Statement? =
        flags[convention].map { Statement(text: $0, origin: .flag) }
        ?? metadata[convention].map { Statement(text: $0, origin: .metadata) }
      if own?.origin == .flag, let other = metadata[convention], other != own?.text {
        throw .contradiction(convention, path: path, own!, Statement(text: other, origin: .metadata))
      }
      guard let other = model?[convention] else {
        values[convention] = own ?? convention.absent.map { Statement(text: $0, origin: .absent) }
        continue
      }
      if let own, own.text != other, !convention.isOfArray {
        throw .contradiction(convention, path: path, own, Statement(text: other, origin: .like))
      }
      values[convention] = own ?? Statement(text: other, origin: .like)
    }
  }

  /// What nobody states, and has to be stated.
  public var missing: [Convention] { Convention.allCases.filter { values[$0] == nil } }

  var texts: [Convention: String] { values.mapValues(\.text) }

  private static func texts(_ model: Model) -> [Convention: String] {
    let ansatz = model.ansatz
    return ownLayout.merging([
      .rotation: ansatz.rotation.name, .entangler: ansatz.entangler.name,
      .entanglingGate: ansatz.entanglingGate.name, .qubitOrder: ansatz.qubitOrder.name,
      .finalRotation: "\(ansatz.finalRotation)", .encoder: model.encoder.name,
      .observables: model.observables.map(\.text).joined(separator: "; "), .task: model.task.rawValue,
    ]) { $1 }
  }
}
