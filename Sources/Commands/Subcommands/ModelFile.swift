import Models
import Reports

/// What a tensor file of ours can be, apart from a checkpoint.
package enum ModelFile: Sendable {
  case model(Model)
  case autoencoder(Autoencoder)
  case tape(LogitTape)

  /// - Returns: what is in the file, and its digest.
  /// - Throws: `CommandError.inspected`.
  package static func read(_ path: String) throws(CommandError) -> (ModelFile, digest: String) {
    do throws(ModelError) {
      let tensors: TensorFile
      do { tensors = try TensorFile.read(path: path) } catch { throw .file(error) }
      let file: ModelFile =
        switch tensors.metadata["format"] {
        case Autoencoder.format: .autoencoder(try Autoencoder(tensors))
        case LogitTape.format: .tape(try LogitTape(tensors))
        default: .model(try Model(tensors))
        }
      return (file, tensors.digest)
    } catch { throw .inspected(path: path, error) }
  }
}
