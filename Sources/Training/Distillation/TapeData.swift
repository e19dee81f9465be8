import Batches
import Models
import Samples
import Settings

/// What a tape's samples are: whatever decides the training set and its order.
package enum TapeData {
  /// By key. Of files, digests, selection and count; of ground states, what they are drawn from. The version stands
  /// there too: another one may compute other ground states.
  /// - Parameters:
  ///   - settings: with `training.states` as many as the training set really has.
  ///   - qubits: of the states that are drawn.
  ///   - hints: what stands behind the logits.
  ///   - device: what the teacher runs on; nil: it is ideal.
  /// - Throws: `SessionError.file` for a file that cannot be read.
  package static func entries(
    _ settings: Settings, qubits: Int, hints: [Observable], device: CircuitDevice?
  ) throws(SessionError) -> [String: String] {
    var entries = try samples(settings, qubits: qubits)
    // A row has their values behind its logits.
    if !hints.isEmpty { entries["hints"] = hints.map(\.text).joined(separator: "; ") }
    entries["device"] = device?.identity
    let distillation = settings.distillation
    if distillation.teacherShots > 0 { entries["shots"] = "\(distillation.teacherShots) seed \(settings.seed)" }
    if !distillation.noiseFactors.isEmpty {
      let factors = distillation.noiseFactors.map { "\($0)" }.joined(separator: ",")
      entries["zero_noise"] = "\(distillation.extrapolation.rawValue) of \(factors)"
    }
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
    case .file:
      var entries = ["samples": "\(settings.training.states)", "samples_sha256": try digest(data.path)]
      entries["text"] = reading(data.text)
      if settings.model.task == .regression {
        entries["task"] = settings.model.task.rawValue
        return entries
      }
      entries["classes"] = data.classes.isEmpty ? "all" : data.classes.map(String.init).joined(separator: ",")
      // Labels may stand beside the samples.
      if !data.labelsPath.isEmpty { entries["labels_sha256"] = try digest(data.labelsPath) }
      return entries
    }
  }

  /// What is said of how a text is read: other columns are other samples; nil: nothing.
  private static func reading(_ text: TextForm) -> String? {
    var said = text.columns.isEmpty ? [] : ["columns " + text.columns.joined(separator: ",")]
    if !text.labelColumn.isEmpty { said.append("labels " + text.labelColumn) }
    if let header = text.header { said.append("header \(header)") }
    if text.pairs { said.append("pairs") }
    if text.pads { said.append("pad") }
    return said.isEmpty ? nil : said.joined(separator: "; ")
  }

  private static func digest(_ path: String) throws(SessionError) -> String {
    do { return try SHA256.hex(ofFile: path) } catch { throw .file(error) }
  }
}
