import ArgumentParser
import Sessions
import Students

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a model file: conventions, shapes, readout, digest and how it was made.",
    discussion: """
      EXAMPLES:
        qkd-run inspect student.safetensors
        qkd-run inspect student.safetensors --format json | jq .provenance
      """)

  @Argument(help: "The model file.") var file: String
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func run() throws {
    let (file, output) = (file, output)
    try output.perform { () throws(CommandError) in
      let (model, digest): (Model, String)
      do throws(ModelError) { (model, digest) = try Model.read(path: file) } catch {
        throw .inspected(path: file, error)
      }
      try output.print(
        text: { ModelReport.text(model, path: file, digest: digest) },
        json: { ModelReport.json(model, path: file, digest: digest) }, isInFile: false)
    }
  }
}
