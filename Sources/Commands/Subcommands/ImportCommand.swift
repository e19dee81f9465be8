import ArgumentParser
import CSupport
import Imports
import Reports
import Settings

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    _superCommandName: "qkd-run",
    abstract: "Make a model file of angles that were trained elsewhere.",
    discussion: """
      Angles come from an NPY file (numpy.save) or a safetensors file, whose metadata may state conventions under the \
      flags' names with _ for -. Nothing is guessed: what is stated by nobody is asked for, and two that disagree are \
      refused. With --probe and --expect logits are compared before anything is written; where they differ, the \
      conventions that fit are named.

      EXAMPLES:
        qkd-run import trained.safetensors --output student.safetensors
        qkd-run import angles.npy --output s.safetensors --like student.safetensors
        qkd-run import angles.npy --output s --like m --probe x.npy --expect y.npy
      """)

  @Argument(help: "The angles: NPY or safetensors.", completion: .file()) var angles: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The model file to write.", valueName: "file"), completion: .file())
  var output: String
  @Option(name: .long, help: ArgumentHelp("The tensor of the angles (angles unless given).", valueName: "name"))
  var anglesName: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Numbers between commas, or an NPY file (1 unless given).", valueName: "numbers|file"),
    completion: .file())
  var scales: String?
  @Option(
    name: .long,
    help: ArgumentHelp("Numbers between commas, or an NPY file (0 unless given).", valueName: "numbers|file"),
    completion: .file())
  var biases: String?
  @OptionGroup(title: "Conventions") var conventions: ConventionOptions
  @OptionGroup(title: "Proof") var proof: ProofOptions
  @OptionGroup(title: "Output") var options: OutputOptions

  mutating func validate() throws {
    _ = try conventions.stated
    let inputs = [angles, conventions.like, scales, biases, proof.probe, proof.expect].compactMap { $0 }
    for path in inputs + [output] where path.isEmpty || path.utf8.contains(0) {
      throw ValidationError("a file needs a name")
    }
    for path in inputs where isSameFile(path, output) {
      throw ValidationError("--output \(output) is an input of the import; give another file")
    }
    if (proof.probe == nil) != (proof.expect == nil) {
      throw ValidationError("--probe and --expect belong together: rows, and the logits expected of them")
    }
    if proof.probe == nil && proof.tolerance != nil { throw ValidationError("--tolerance is for --probe") }
    if let tolerance = proof.tolerance, !(tolerance > 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance is a number above 0")
    }
    if let memory = proof.memory, ByteSize.parse(memory) ?? 0 < 1 {
      throw ValidationError("--memory is a size such as 256 MiB")
    }
  }

  mutating func run() throws {
    var request = ImportRequest(source: angles, output: output)
    request.anglesName = anglesName
    request.stated = try conventions.stated
    (request.like, request.scales, request.biases) = (conventions.like, scales, biases)
    (request.probe, request.expected, request.tolerance) = (proof.probe, proof.expect, proof.tolerance)
    if let memory = proof.memory.flatMap(ByteSize.parse) { request.memoryBytes = memory }
    let (asked, style) = (request, options.style)
    try style.perform { () throws(CommandError) in
      qkd_catch_stops()
      let report: ImportReport
      do throws(ImportError) { report = try ModelImport.run(asked, progress: style.progress) } catch {
        throw .importing(error)
      }
      try style.print(text: { report.text }, json: { report.json })
    }
  }
}

/// What flags say of the angles.
struct ConventionOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("A model file whose conventions are meant.", valueName: "model"),
    completion: .file())
  var like: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "The array's axes in their order, such as layer,qubit,gate; those of extent 1 may be left out.", valueName: "list"
    ))
  var axes: String?
  @Option(
    name: .long,
    help: ArgumentHelp("The rotations of a block in the order in which they act, such as rx,ry,rz.", valueName: "list"))
  var gates: String?
  @Option(
    name: .long, help: ArgumentHelp("half: exp(-i angle P/2); full: exp(i angle P).", valueName: "half|full"),
    completion: .list(["half", "full"]))
  var rotation: String?
  @Option(
    name: .long, help: ArgumentHelp("A pattern or pairs, control first, behind each layer.", valueName: "pattern|pairs")
  )
  var entangler: String?
  @Option(
    name: .long, help: ArgumentHelp("The gate on each pair (cnot unless given).", valueName: "cnot|cz"),
    completion: .list(["cnot", "cz"]))
  var entanglingGate: String?
  @Option(
    name: .long, help: ArgumentHelp("Qubit 0 is an index's lowest bit (little-endian) or highest.", valueName: "order"))
  var qubitOrder: String?
  @Option(
    name: .long, help: ArgumentHelp("The last rotations have no entangler behind them.", valueName: "true|false"),
    completion: .list(["true", "false"]))
  var finalRotation: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "How a row becomes a state: state, amplitude, amplitude-unnormalized, phase, angle, basis.",
      valueName: "encoder"),
    completion: .setting("encoder")
  ) var encoder: String?
  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("One a logit: \"Z0; -Z1\".", valueName: "sum;sum…"))
  var observables: String?
  @Option(name: .long, help: ArgumentHelp("What the outputs are (classification unless given).", valueName: "task"))
  var task: String?

  /// In the one spelling.
  /// - Throws: `ValidationError`.
  var stated: [Convention: String] {
    get throws {
      let given: [Convention: String?] = [
        .axes: axes, .gates: gates, .rotation: rotation, .entangler: entangler, .entanglingGate: entanglingGate,
        .qubitOrder: qubitOrder, .finalRotation: finalRotation, .encoder: encoder, .observables: observables,
        .task: task,
      ]
      var result: [Convention: String] = [:]
      for convention in Convention.allCases {
        guard let text = given[convention] ?? nil else { continue }
        do { result[convention] = try convention.canonical(text) } catch {
          throw ValidationError("\(convention.flag) \(error.given): allowed is \(error.allowed)")
        }
      }
      return result
    }
  }
}

/// What an import is compared with.
struct ProofOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("Rows as the encoder takes them, NPY.", valueName: "file"), completion: .file())
  var probe: String?
  @Option(
    name: .long, help: ArgumentHelp("The logits expected of them, NPY: [row, logit].", valueName: "file"),
    completion: .file())
  var expect: String?
  @Option(
    name: .long,
    help: ArgumentHelp(
      "What logits may differ by, of the largest one or of 1 (1e-6 unless given, 1e-4 of float32).",
      valueName: "number"))
  var tolerance: Double?
  @Option(name: .long, help: ArgumentHelp("What the proof may hold (64 MiB unless given).", valueName: "size"))
  var memory: String?
}
