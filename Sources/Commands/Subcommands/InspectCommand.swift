import ArgumentParser
import Circuits
import Files
import Models
import Reports
import Settings

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    _superCommandName: "qkd-run",
    abstract: "Show a model, autoencoder or tape file: conventions, shapes, digest and how it was made.",
    discussion: """
      The drawing has the gates outside the light cone of the observables dimmed, or other symbols for them where the \
      output is no terminal; it is ASCII where the locale is not UTF-8.

      EXAMPLES:
        qkd-run inspect student.safetensors
        qkd-run inspect student.safetensors --draw --svg student.svg
        qkd-run inspect student.safetensors --format json | jq .provenance
      """)

  @Argument(help: "The model file.", completion: .file()) var file: String
  @Flag(help: "Draws the circuit.") var draw = false
  @Option(help: ArgumentHelp("Writes the drawing as an SVG.", valueName: "file"), completion: .file()) var svg: String?
  @OptionGroup(title: "Output") var output: OutputOptions

  mutating func validate() throws {
    if let svg, svg.isEmpty { throw ValidationError("--svg needs a name") }
  }

  mutating func run() throws {
    let (command, style) = (self, output.style)
    try style.perform { () throws(CommandError) in try command.inspect(style) }
  }

  private func inspect(_ style: OutputStyle) throws(CommandError) {
    let (content, digest) = try ModelFile.read(file)
    switch content {
    case .model(let model):
      let picture = CircuitPicture(Circuit(model), model: model)
      try print(
        style, ModelReport.text(model, path: file, digest: digest), ModelReport.json(model, path: file, digest: digest),
        picture, CircuitWords.text(model))
    case .autoencoder(let autoencoder):
      let picture = CircuitPicture(Circuit(autoencoder), model: nil)
      try print(
        style, AutoencoderReport.text(autoencoder, path: file, digest: digest),
        AutoencoderReport.json(autoencoder, path: file, digest: digest), picture, CircuitWords.text(autoencoder))
    case .tape(let tape):
      if draw || svg != nil {
        let flag = draw ? "--draw" : "--svg"
        throw .setting(
          .value(
            key: flag, given: "a tape of logits", allowed: "for models and autoencoders: a tape has no circuit",
            origin: .flag(flag)))
      }
      try style.print(
        text: { TapeReport.text(tape, path: file, digest: digest) },
        json: { TapeReport.json(tape, path: file, digest: digest) })
    }
  }

  private func print(
    _ style: OutputStyle, _ text: String, _ json: JSON, _ picture: CircuitPicture, _ words: [String]
  ) throws(CommandError) {
    if let svg {
      do throws(FileError) {
        try AtomicFile.write(Array(picture.svg(title: file).utf8), to: AtomicFile(path: svg))
      } catch { throw .session(.file(error)) }
    }
    let drawing = draw ? picture.text(.ofThisProcess()) : ""
    try style.print(
      text: { text + "\n" + words.map { $0.folded(to: 80) + "\n" }.joined() + (draw ? "\n" + drawing : "") },
      json: {
        guard case .object(let entries) = json else { return json }
        return .object(
          entries + [("description", .string(words.joined(separator: " ")))]
            + (draw ? [("drawing", .string(drawing))] : []))
      })
  }
}

extension TextCanvas {
  /// Of the standard output: ASCII where the locale is another than UTF-8, dimmed on terminals unless `NO_COLOR` or
  /// `TERM` say otherwise.
  fileprivate static func ofThisProcess() -> TextCanvas {
    let environment = Environment.ofThisProcess()
    let dims =
      StandardStreams.isResultTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    return TextCanvas(isUnicode: TextLocale.isUnicode(environment), dims: dims)
  }
}
