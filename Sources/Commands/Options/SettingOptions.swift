import ArgumentParser
import Files
import Settings

/// Flags that a job sets keys of the table with: their names, and the values that were given.
protocol SettingOptions: ParsableArguments {
  var given: [(flag: String, value: String?)] { get }
  /// What a flag sets that names no single key.
  var derived: [Assignment] { get }
}

extension SettingOptions {
  /// The options that are texts, by their long names: `--lock-wait` for `lockWait`.
  var given: [(flag: String, value: String?)] {
    Mirror(reflecting: self).children.compactMap { child in
      guard let option = child.value as? Option<String?>, let label = child.label else { return nil }
      let words = label.drop { $0 == "_" }.map { $0.isUppercase ? "-" + $0.lowercased() : String($0) }
      return (words.joined(), option.wrappedValue)
    }
  }

  var derived: [Assignment] { [] }
}

/// Flags that all jobs have.
struct CommonOptions: SettingOptions {
  @Option(name: .long, help: .setting("samples")) var samples: String?
  @Option(name: .long, help: .setting("batch")) var batch: String?
  @Option(name: .long, help: .setting("seed")) var seed: String?
  @Option(name: .long, help: .setting("precision"), completion: .setting("precision")) var precision: String?
  @Option(name: .long, help: .setting("threads")) var threads: String?
  @Option(name: .long, help: .setting("memory")) var memory: String?
  @Option(name: .long, help: .setting("arena")) var arena: String?
  @Option(name: .long, help: .setting("lanes")) var lanes: String?
  @Option(name: .long, help: .setting("input"), completion: .setting("input")) var input: String?
  @Option(name: .long, help: .setting("labels"), completion: .setting("labels")) var labels: String?
  @Option(name: .long, help: .setting("targets"), completion: .setting("targets")) var targets: String?
  @Option(name: .long, help: .setting("label-column")) var labelColumn: String?
  @Option(name: .long, help: .setting("columns")) var columns: String?
  @Option(name: .long, help: .setting("encoder"), completion: .setting("encoder")) var encoder: String?
  @Option(name: .long, help: .setting("lock-wait")) var lockWait: String?
  @Option(name: .long, help: .setting("if-locked"), completion: .setting("if-locked")) var ifLocked: String?
}

/// Flags of the jobs whose circuits run on a device.
struct DeviceOptions: SettingOptions {
  @Option(name: .long, help: .setting("device"), completion: .setting("device")) var device: String?
  @Option(name: .long, help: .setting("layout")) var layout: String?
}

/// The flag of the jobs whose values may come from measurements.
struct ShotOptions: SettingOptions {
  @Option(name: .long, help: .setting("shots")) var shots: String?
}

/// The flag of the jobs whose circuits may see compressed states.
struct CompressorOptions: SettingOptions {
  @Option(name: .long, help: .setting("compressor"), completion: .setting("compressor")) var compressor: String?
}

/// Flags of `evaluate`.
struct EvaluationOptions: SettingOptions {
  @Option(name: .long, help: .setting("model"), completion: .setting("model")) var model: String?
  @Option(name: .long, help: .setting("model-sha256")) var modelSha256: String?
  @Option(name: .long, help: .setting("predictions"), completion: .setting("predictions")) var predictions: String?
  @Option(name: .long, help: .setting("trajectories")) var trajectories: String?
  @Option(name: .long, help: .setting("inbox"), completion: .setting("inbox")) var inbox: String?
  @Option(name: .long, help: .setting("results"), completion: .setting("results")) var results: String?
  @Option(name: .long, help: .setting("done"), completion: .setting("done")) var done: String?
}

/// Flags of `train`, `distill` and `compress`.
struct TrainingOptions: SettingOptions {
  @Option(name: .shortAndLong, help: .setting("output"), completion: .setting("output")) var output: String?
  @Option(name: .long, help: .setting("iterations")) var iterations: String?
  @Option(name: .long, help: .setting("test-input"), completion: .setting("test-input")) var testInput: String?
  @Option(name: .long, help: .setting("test-labels"), completion: .setting("test-labels")) var testLabels: String?
  @Option(name: .long, help: .setting("test-targets"), completion: .setting("test-targets")) var testTargets: String?
}

/// Flags of the jobs that may train several times and keep the best.
struct SelectionOptions: SettingOptions {
  @Option(name: .long, help: .setting("restarts")) var restarts: String?
  @Option(name: .long, help: .setting("patience")) var patience: String?
}

/// Flags of `distill`.
struct DistillationOptions: SettingOptions {
  @Option(name: .long, help: .setting("teacher"), completion: .setting("teacher")) var teacher: String?
  @Option(name: .long, help: .setting("teacher-logits"), completion: .setting("teacher-logits")) var teacherLogits:
    String?
  @Option(name: .long, help: .setting("tape"), completion: .setting("tape")) var tape: String?
  @Option(name: .long, help: .setting("teacher-device"), completion: .setting("teacher-device")) var teacherDevice:
    String?
}

/// The flag of `reproduce` that others have among theirs.
struct ReportOptions: SettingOptions {
  @Option(name: .shortAndLong, help: .setting("output"), completion: .setting("output")) var output: String?
}

/// The flag of the jobs that several hosts can share.
struct ShardOptions: SettingOptions {
  @Option(name: .long, help: .setting("shard")) var shard: String?
}

/// Flags of `reproduce` alone.
struct ExperimentOptions: SettingOptions {
  @Option(name: .long, help: .setting("seeds")) var seeds: String?
  @Option(name: .long, help: .setting("epochs")) var epochs: String?
  @Option(
    name: .long,
    help: ArgumentHelp("The folder of MNIST's four files, plain or gzipped (tools/get-mnist).", valueName: "folder"),
    completion: .directory)
  var mnist: Folder?

  var derived: [Assignment] {
    guard let mnist = mnist?.path else { return [] }
    return [
      ("data.path", "train-images-idx3-ubyte"), ("data.labels", "train-labels-idx1-ubyte"),
      ("data.test-path", "t10k-images-idx3-ubyte"), ("data.test-labels", "t10k-labels-idx1-ubyte"),
    ].map { key, name in
      let plain = "\(mnist)/\(name)"
      return Assignment(
        key: key, value: .text(fileExists(plain) ? plain : plain + ".gz"), origin: .flag("--mnist"))
    }
  }
}

/// A folder that is no setting by itself.
struct Folder: ExpressibleByArgument {
  let path: String

  init?(argument: String) { path = argument }
}
