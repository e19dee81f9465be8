import ArgumentParser
import Firmware
import Settings

extension DeviceMethod: ExpressibleByArgument {}
extension AngleBits: ExpressibleByArgument {}

/// Flags of `export` for sources that run on devices.
struct DeviceSourceOptions: ParsableArguments {
  @Option(help: "How logits are computed (what needs fewer bytes, unless given): gates, or forms, one a logit.")
  var method: DeviceMethod?
  @Option(
    help: ArgumentHelp(
      "A board that it has to fit, or nothing is written: \(Board.all.map(\.name).joined(separator: ", ")).",
      valueName: "board"), completion: .list(Board.all.map(\.name)))
  var target: String?
  @Option(help: ArgumentHelp("What the board has, where it is another than the usual one.", valueName: "size"))
  var flash: String?
  @Option(help: ArgumentHelp("The same, of RAM.", valueName: "size")) var ram: String?
  @Option(help: "Angles of so many bits: 16, 8 or 6. Accuracy on a stream is measured first.") var bits: AngleBits?
  @Option(
    help: ArgumentHelp(
      "With --bits: nothing is written where the 95 % interval of the accuracy begins below it.", valueName: "share"))
  var minimumAccuracy: Double?
  @Option(help: ArgumentHelp("Labels of --input, with --bits.", valueName: "file"), completion: .file())
  var labels: String?
  @Option(help: ArgumentHelp("How many samples of the stream, with --bits.", valueName: "number")) var samples: Int?

  mutating func validate() throws {
    if bits == nil && (minimumAccuracy != nil || labels != nil || samples != nil) {
      throw ValidationError("--minimum-accuracy, --labels and --samples are for --bits, which loses accuracy")
    }
    if let minimumAccuracy, !(0...1).contains(minimumAccuracy) {
      throw ValidationError("--minimum-accuracy is a share, 0 to 1")
    }
    if target == nil && (flash != nil || ram != nil) { throw ValidationError("--flash and --ram are for --target") }
    if let target, Board.named(target) == nil {
      throw ValidationError(
        "--target \(target): allowed is \(Board.all.map(\.name).joined(separator: ", "))")
    }
    for (flag, size) in [("flash", flash), ("ram", ram)] {
      if let size, ByteSize.parse(size) ?? 0 < 1 { throw ValidationError("--\(flag) is a size such as 16 KiB") }
    }
    if let samples, samples < 1 { throw ValidationError("--samples is a number above 0") }
  }

  var isGiven: Bool { method != nil || bits != nil || target != nil }

  /// nil: each is told of.
  var board: Board? {
    target.flatMap(Board.named)?.with(flash: flash.flatMap(ByteSize.parse), ram: ram.flatMap(ByteSize.parse))
  }
}
