import ArgumentParser
import Batches
import Circuits
import Files
import Firmware
import Kernel
import Models
import Reports
import Samples
import Settings

/// What `export` writes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case qasm3, qasm2, braket, json, c, arduino, zephyr, swift

  /// nil: no circuit.
  fileprivate var circuit: CircuitExport.Format? { CircuitExport.Format(rawValue: rawValue) }
  /// nil: no library.
  var library: DeviceLibrary.Kind? { DeviceLibrary.Kind(rawValue: rawValue) }
}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    _superCommandName: "qkd-run",
    abstract: "Write a model or an autoencoder as a circuit for other software, or as C or Swift for devices.",
    discussion: """
      OpenQASM 3 defines its gates itself, for Qiskit and PennyLane; OpenQASM 2 is for pytket and Qiskit; braket is \
      OpenQASM 3 with the gates of Amazon Braket; JSON has every gate, observable and number. Angles are bound; \
      comments say how a state's amplitudes are ordered and how logits follow from expectations. Without --encoder \
      the circuit begins in the state of a sample, which whoever runs it sets. Classical features in front of a \
      circuit (PCA) are no gates: the file says so, and --encoder computes them.

      C is inference in one C99 file and a header, without an operating system or a heap; tools/firmware runs it on \
      emulated boards. arduino and zephyr are folders with such files. swift is constants for the kernel as Embedded \
      Swift, with a header for C.

      EXAMPLES:
        qkd-run export student.safetensors --output student.qasm
        qkd-run export student.safetensors --format qasm2 --measure --output student.qasm
        qkd-run export student.safetensors --encoder --input samples.npy --row 3 --output sample-3.qasm
      """)

  @Argument(help: "The model, or the autoencoder.", completion: .file()) var model: String
  @Option(help: "Circuits: qasm3, qasm2 (OpenQASM), braket, json. For devices: c, arduino, zephyr, swift.") var format =
    ExportFormat.qasm3
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to write; standard output unless given.", valueName: "file"),
    completion: .file())
  var output: String?
  @Flag(help: "Puts the encoding of a sample in front: gates, or a state beside --output (.state.npy).")
  var encoder = false
  @Option(
    help: ArgumentHelp("Samples, with --encoder or --bits: NPY, IDX or text.", valueName: "file"), completion: .file())
  var input: String?
  @Option(help: "The sample, from 0, with --encoder.") var row: Int?
  @Flag(
    help: """
      Ends in measurements of what logits are made of. Observables that cannot share shots are circuits of their own, \
      each in a file (-setting-0, …).
      """)
  var measure = false
  @OptionGroup(title: "Sources for devices") var source: DeviceSourceOptions
  @OptionGroup(title: "The stream for --bits") var profile: ProfileOptions
  @OptionGroup(title: "Output") var messages: MessageOptions

  mutating func validate() throws {
    if encoder && input == nil { throw ValidationError("--encoder takes a sample: give --input FILE and --row N") }
    if !encoder && (input != nil && source.bits == nil || row != nil) {
      throw ValidationError("--input and --row are for --encoder, which puts a sample's encoding in front")
    }
    if source.bits == nil && (profile.profile != nil || !profile.assignments.isEmpty) {
      throw ValidationError("--profile and --set are for --bits, whose accuracy is measured on the profile's stream")
    }
    if (format.circuit != nil || format == .swift) && source.isGiven {
      throw ValidationError("--method, --bits and --target are for sources in C: --format c, arduino or zephyr")
    }
    if let row, row < 0 { throw ValidationError("--row = \(row): allowed is 0 and more") }
    if format.circuit == nil && (encoder || measure) {
      throw ValidationError("--encoder and --measure are for circuits; C sources encode samples themselves")
    }
    if let output, output.isEmpty { throw ValidationError("--output needs a name") }
  }

  mutating func run() throws {
    let (command, style) = (self, messages.style)
    try style.perform { () throws(CommandError) in try command.export(style) }
  }

  private func export(_ style: OutputStyle) throws(CommandError) {
    let (file, digest) = try ModelFile.read(model)
    let maker = "qkd-run \(programVersion)"
    guard let format = format.circuit else {
      try writeSource(of: file, digest: digest, maker: maker, style)
      return
    }
    let export: CircuitExport
    switch file {
    case .model(let model):
      export = CircuitExport(
        model, digest: digest,
        preparation: try preparation(model.ansatz, model.encoder, model.features, model.rowRange), measures: measure,
        maker: maker)
      if let features = model.features, !encoder {
        style.tell(
          "\(self.model): the circuit takes bits that it does not make itself: principal components of rows of "
            + "\(features.columns) numbers; --encoder with a row puts its bits in front")
      }
    case .autoencoder(let autoencoder):
      if measure { throw refusal("--measure", "an autoencoder", "a model: an autoencoder has no observables") }
      export = CircuitExport(
        autoencoder, digest: digest,
        preparation: try preparation(
          Ansatz(qubits: autoencoder.ansatz.qubits, layers: 1), .state, nil, nil), maker: maker)
    case .tape:
      throw refusal("MODEL", "a tape of logits", "a model or an autoencoder: a tape has no circuit")
    }
    if case .state(let real, let imaginary, _) = export.preparation, format != .json {
      guard let output else {
        throw refusal(
          "--output", "nothing", "a file: the sample is a state of amplitudes, which is written beside it (.state.npy)")
      }
      try write(real, imaginary, to: output + ".state.npy")
    }
    try write(export, format, style)
  }

  func write(_ text: String, to path: String) throws(CommandError) {
    do throws(FileError) { try AtomicFile.write(Array(text.utf8), to: AtomicFile(path: path)) } catch {
      throw .session(.file(error))
    }
  }

  private func write(
    _ export: CircuitExport, _ format: CircuitExport.Format, _ style: OutputStyle
  ) throws(CommandError) {
    let settings: [Int?] =
      format == .json || export.settingCount == 0 ? [nil] : (0..<export.settingCount).map { $0 }
    guard let output else {
      if settings.count > 1 {
        throw refusal(
          "--output", "nothing",
          "a file: the observables take \(settings.count) circuits, one a setting, each written to a file")
      }
      try StandardStreams.writeResult(export.text(format, setting: settings[0]))
      return
    }
    var text = ""
    for setting in settings {
      let path = settings.count > 1 ? output.inserting("-setting-\(setting!)") : output
      try write(export.text(format, setting: setting), to: path)
      text += "\(path) (written, \(counted(export.circuit.gates.count, "gate", "gates")))\n"
    }
    if !style.quiet { try StandardStreams.writeResult(text) }
  }

  private func write(_ real: [Double], _ imaginary: [Double], to path: String) throws(CommandError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 << 10, alignment: 16)
    defer { buffer.deallocate() }
    do throws(SampleError) {
      var writer = try NPYWriter(path: path, element: .complex128, columns: real.count, rows: 1, buffer: buffer)
      for (re, im) in zip(real, imaginary) {
        // A failed write is told by `commit`.
        _ = writer.append(re)
        _ = writer.append(im)
      }
      try writer.commit()
    } catch { throw .session(.samples(path: path, error)) }
  }

  /// nil without --encoder.
  private func preparation(
    _ ansatz: Ansatz, _ encoder: Encoder, _ features: PrincipalFeatures?, _ range: ClosedRange<Double>?
  ) throws(CommandError) -> Preparation? {
    guard let input else { return nil }
    let row = row ?? 0
    var rows = 0
    let sample: SampleRow?
    do {
      sample = try SampleRow.read(
        path: input, row: row, ansatz, encoder, features: features, range: range, rows: &rows)
    } catch { throw .session(error) }
    guard let sample else {
      throw refusal("--row", "\(row)", "0 to \(rows - 1): \(input) has \(counted(rows, "row", "rows"))")
    }
    guard
      let preparation = Preparation(
        encoder, real: sample.real, imaginary: sample.imaginary, amplitudes: ansatz.amplitudes)
    else { throw .session(.row(path: input, row: row, .zero)) }
    return preparation
  }

  func refusal(_ flag: String, _ given: String, _ allowed: String) -> CommandError {
    .setting(.value(key: flag, given: given, allowed: allowed, origin: .flag(flag)))
  }
}

extension String {
  /// A file's name with something before its ending: `student-setting-0.qasm`.
  fileprivate func inserting(_ part: String) -> String {
    let name = self[(lastIndex(of: "/").map(index(after:)) ?? startIndex)...]
    guard let point = name.lastIndex(of: "."), point > name.startIndex else { return self + part }
    return "\(self[..<point])\(part)\(self[point...])"
  }
}
