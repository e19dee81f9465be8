import ArgumentParser
import Models
import Reports

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    _superCommandName: "qkd-run",
    abstract: "Show a model, autoencoder or tape file: conventions, shapes, digest and how it was made.",
    discussion: """
      EXAMPLES:
        qkd-run inspect student.safetensors
        qkd-run inspect student.safetensors --format json | jq .provenance
      """)

  @Argument(help: "The model file.") var file: String
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func run() throws {
    let (file, output) = (file, output.style)
    try output.perform { () throws(CommandError) in
      let tensors: TensorFile
      do throws(TensorFileError) { tensors = try TensorFile.read(path: file) } catch {
        throw .inspected(path: file, .file(error))
      }
      let digest = tensors.digest
      if tensors.metadata["format"] == Autoencoder.format {
        let autoencoder: Autoencoder
        do throws(ModelError) { autoencoder = try Autoencoder(tensors) } catch { throw .inspected(path: file, error) }
        try output.print(
          text: { AutoencoderReport.text(autoencoder, path: file, digest: digest) },
          json: { AutoencoderReport.json(autoencoder, path: file, digest: digest) }, isInFile: false)
        return
      }
      if tensors.metadata["format"] == LogitTape.format {
        let tape: LogitTape
        do throws(ModelError) { tape = try LogitTape(tensors) } catch { throw .inspected(path: file, error) }
        try output.print(
          text: { TapeReport.text(tape, path: file, digest: digest) },
          json: { TapeReport.json(tape, path: file, digest: digest) }, isInFile: false)
        return
      }
      let model: Model
      do throws(ModelError) { model = try Model(tensors) } catch { throw .inspected(path: file, error) }
      try output.print(
        text: { ModelReport.text(model, path: file, digest: digest) },
        json: { ModelReport.json(model, path: file, digest: digest) }, isInFile: false)
    }
  }
}
