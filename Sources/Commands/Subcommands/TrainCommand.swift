import ArgumentParser
import Settings

struct TrainCommand: TrainingCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    _superCommandName: "qkd-run",
    abstract: "Train a circuit and write it as a model file.",
    discussion: """
      The circuit is that of the profile's [model] section. The file appears when training is complete, or not at all.

      EXAMPLES:
        qkd-run train --profile workstation
        qkd-run train --profile workstation --seed 7 --output t7.safetensors
        qkd-run train --profile workstation --restarts 5 --patience 10
        qkd-run train --output tiny.safetensors --set model.qubits=5 --iterations 200
        qkd-run train --compressor ae.safetensors --set model.qubits=2 --output s
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var training: TrainingOptions
  @OptionGroup(title: "Settings") var selection: SelectionOptions
  @OptionGroup(title: "Settings") var device: DeviceOptions
  @OptionGroup(title: "Settings") var shots: ShotOptions
  @OptionGroup(title: "Settings") var compressor: CompressorOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: JobOutputOptions

  var request: JobRequest {
    profile.request(.train, [training, selection, compressor, device, shots, common], output.style)
  }
}
