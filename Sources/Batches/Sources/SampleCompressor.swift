import Kernel
import Models
import Settings

/// The autoencoder whose compressed states a network sees: what its file says.
package struct SampleCompressor {
  package let path: String
  package let autoencoder: Autoencoder
  /// SHA-256 of the file.
  package let digest: String

  package var ansatz: AutoencoderAnsatz { autoencoder.ansatz }

  /// - Returns: nil where the settings name none.
  /// - Throws: `SessionError.model`.
  package static func read(_ data: DataSettings) throws(SessionError) -> SampleCompressor? {
    if data.compressorPath.isEmpty { return nil }
    do {
      let (autoencoder, digest) = try Autoencoder.read(path: data.compressorPath)
      return SampleCompressor(path: data.compressorPath, autoencoder: autoencoder, digest: digest)
    } catch { throw .model(path: data.compressorPath, error) }
  }

  /// - Throws: `SessionError.setting` unless a network of so many qubits takes its compressed states.
  package func check(qubits: Int) throws(SessionError) {
    if qubits == ansatz.latent { return }
    throw .setting(
      name: "model.qubits", given: "\(qubits)",
      allowed: "\(ansatz.latent), the qubits that the autoencoder \(path) keeps")
  }
}

extension SampleCompressor? {
  /// - Parameter path: the model's file, for the message.
  /// - Throws: `SessionError.setting` unless the model was trained on the states of this autoencoder, or on whole
  ///   states where there is none.
  package func check(_ model: Model, path: String) throws(SessionError) {
    guard let wanted = model.compressorDigest else {
      guard let self else { return }
      throw .setting(
        name: "data.compressor", given: self.text, allowed: "none: \(path) was trained on whole states")
    }
    if self?.digest != wanted {
      throw .setting(
        name: "data.compressor", given: self?.text ?? "nothing",
        allowed: "the autoencoder with SHA-256 \(wanted), on whose states \(path) was trained")
    }
    if model.features != nil {
      throw .setting(
        name: "data.compressor", given: self!.text, allowed: "none: \(path) makes features of its samples")
    }
    try self!.check(qubits: model.ansatz.qubits)
  }

  /// A teacher sees whole samples, unless it was trained on what the compressor leaves of them.
  /// - Throws: `SessionError.setting` for a teacher that takes other states than these.
  package func check(teacher: Model, path: String, student: Ansatz) throws(SessionError) {
    if teacher.compressorDigest != nil { return try check(teacher, path: path) }
    guard let self else {
      if teacher.ansatz.qubits == student.qubits { return }
      throw .setting(
        name: "model.qubits", given: "\(student.qubits)",
        allowed:
          "\(teacher.ansatz.qubits), as the teacher has; a student of fewer qubits sees what an autoencoder leaves "
          + "(data.compressor, --compressor)")
    }
    if teacher.ansatz.qubits == self.ansatz.qubits { return }
    throw .setting(
      name: "data.compressor", given: "\(self.path), of \(self.ansatz.qubits) qubits",
      allowed: "an autoencoder of \(teacher.ansatz.qubits) qubits, as the teacher has")
  }
}

extension SampleCompressor {
  fileprivate var text: String { "\(path) (SHA-256 \(digest))" }
}

extension AutoencoderAnsatz {
  /// A circuit on the states that the autoencoder takes, for what encodes them: qubit q is bit q.
  package var samples: Ansatz { Ansatz(qubits: qubits, layers: 1) }
}

extension Model {
  package static let compressorKey = "compressor_sha256"

  /// Of the autoencoder on whose states the model was trained; nil: on whole states.
  package var compressorDigest: String? { provenance[Self.compressorKey] }
}
