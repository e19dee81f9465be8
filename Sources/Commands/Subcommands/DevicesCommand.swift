import ArgumentParser
import Batches
import Evaluation
import Reports
import Sessions
import Settings

struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices",
    _superCommandName: "qkd-run",
    abstract: "Compare devices for a model, by the calibrations that their makers publish.",
    discussion: """
      Each file is a device: the properties JSON of IBM or Braket's standardised properties. The model is placed on \
      the qubits with the smallest error and evaluated with exactly the device's noise; the table says how accurate \
      it is there, and how many shots a decision takes. Devices that cannot run the model are told of, exit code 3.

      EXAMPLES:
        qkd-run devices --profile small-device props_*.json
        qkd-run devices --model student.safetensors --shots 1000 props_fez.json
        qkd-run devices --profile small-device --format json *.json
      """)

  @Argument(help: "Calibrations.", completion: .file()) var files: [String]
  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var evaluation: EvaluationOptions
  @OptionGroup(title: "Settings") var shots: ShotOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  private var request: JobRequest { profile.request(.evaluate, [evaluation, shots, common], output.style) }

  mutating func validate() throws { try request.check() }

  mutating func run() throws {
    let (files, request, style) = (files, request, output.style)
    try style.perform { () throws(CommandError) in
      var settings = try request.resolve().settings
      try settings.checkRequirements(.evaluate)
      if settings.evaluation.shots == 0 { settings.evaluation.shots = 100 }
      settings.device = DeviceSettings()
      var comparison = DeviceComparison(shots: settings.evaluation.shots)
      for file in files {
        settings.device.path = file
        do throws(CommandError) {
          comparison.add(
            try job(settings.host) { () throws(SessionError) in
              try Session.evaluate(settings, progress: style.progress)
            }, file: file)
        } catch {
          guard case .session(let reason) = error, reason.isOfDevice else { throw error }
          style.tell(ErrorText.text(error))
          comparison.refused += 1
        }
      }
      try style.print(text: { comparison.text }, json: { comparison.json })
      if comparison.refused > 0 { throw .devices(refused: comparison.refused, of: files.count) }
    }
  }
}

extension SessionError {
  /// Whether another device may do.
  fileprivate var isOfDevice: Bool {
    switch self {
    case .calibration, .place: true
    default: false
    }
  }
}
