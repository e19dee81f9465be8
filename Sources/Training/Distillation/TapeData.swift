import Batches
import Models
import Settings

/// What a tape's samples are: whatever decides the training set and its order.
package enum TapeData {
  /// By key. Of files, digests, selection and count; of ground states, what they are drawn from. The version stands
  /// there too: another one may compute other ground states.
  /// - Parameters:
  ///   - settings: with `training.states` as many as the training set really has.
  ///   - qubits: of the states that are drawn.
  /// - Throws: `SessionError.file` for a file that cannot be read.
  package static func entries(_ settings: Settings, qubits: Int) throws(SessionError) -> [String: String] {
    var entries = try samples(settings, qubits: qubits)
    // A row has their values behind its logits.
    if !settings.distillation.hints.isEmpty { entries["hints"] = settings.distillation.hints.joined(separator: "; ") }
    return entries
  }

  private static func samples(_ settings: Settings, qubits: Int) throws(SessionError) -> [String: String] {
    let data = settings.data
    switch data.source {
    case .spinChain:
      return [
        "chain": Provenance.text(data, settings, qubits: qubits),
        "parity": data.parity.map { "\($0.rawValue)" } ?? "auto",
        "seed": "\(settings.seed)", "version": programVersion,
      ]
    case .file where settings.model.task == .regression:
      return [
        "task": settings.model.task.rawValue, "samples": "\(settings.training.states)",
        "samples_sha256": try digest(data.path),
      ]
    case .file:
      return [
        "samples": "\(settings.training.states)",
        "classes": data.classes.isEmpty ? "all" : data.classes.map(String.init).joined(separator: ","),
        "samples_sha256": try digest(data.path), "labels_sha256": try digest(data.labelsPath),
      ]
    }
  }

  private static func digest(_ path: String) throws(SessionError) -> String {
    do { return try SHA256.hex(ofFile: path) } catch { throw .file(error) }
  }
}
