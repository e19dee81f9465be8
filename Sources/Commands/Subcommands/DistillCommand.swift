import ArgumentParser
import Settings

struct DistillCommand: TrainingCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill",
    _superCommandName: "qkd-run",
    abstract: "Distil a student from a teacher and write it as a model file.",
    discussion: """
      The student is the circuit of the profile's [model] section; the teacher comes with its own conventions. The \
      file appears when training is complete, or not at all.

      --teacher-logits takes any other teacher: an NPY of float32 or float64, [sample][logit], a row a sample of the \
      training set in its order, as data.classes and training.states leave it (tools/teacher-logits writes one). \
      --tape keeps the teacher's logits of the training set: where the file does not exist, it is written; where it \
      does, it is read, and the run has no room for the teacher, nor needs its model file. A tape of other data or of \
      another teacher ends with exit code 6. A student may teach a smaller one.

      EXAMPLES:
        qkd-run distill --profile small-device
        qkd-run distill --profile small-device --seed 7 --output s7.safetensors
        qkd-run distill --teacher t.safetensors --output s.safetensors --batch 32
        qkd-run distill --profile mnist.toml --teacher-logits logits.npy --output s.safetensors
        qkd-run distill --profile big-host --tape t.tape      # writes the tape
        qkd-run distill --profile small-host --tape t.tape    # needs the tape alone
        qkd-run distill --teacher teacher.st --output assistant.st --set model.layers=4
        qkd-run distill --teacher assistant.st --output student.st --set model.layers=1
      """)

  @OptionGroup(title: "Profile") var profile: ProfileOptions
  @OptionGroup(title: "Settings") var distillation: DistillationOptions
  @OptionGroup(title: "Settings") var training: TrainingOptions
  @OptionGroup(title: "Settings") var selection: SelectionOptions
  @OptionGroup(title: "Settings") var device: DeviceOptions
  @OptionGroup(title: "Settings") var shots: ShotOptions
  @OptionGroup(title: "Settings") var compressor: CompressorOptions
  @OptionGroup(title: "Settings") var common: CommonOptions
  @OptionGroup(title: "Output") var output: JobOutputOptions

  var request: JobRequest {
    profile.request(.distill, [distillation, training, selection, compressor, device, shots, common], output.style)
  }
}
