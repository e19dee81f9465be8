import Files
import Kernel
import Sessions
import Settings
import Testing

/// The profiles that come with the program.
@Suite struct ShippedProfileTests {
  /// From this file's place in the checkout.
  static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/profiles/"

  private func settings(_ name: String) throws -> Settings {
    var resolution = Resolution()
    try resolution.apply(try Profile.read(path: Self.folder + name + ".toml"))
    return resolution.settings
  }

  @Test func smallDevice() throws {
    let settings = try settings("small-device")
    #expect(settings.host.memoryBytes == 2 << 20)
    #expect(settings.host.arenaBytes == nil)
    #expect(settings.host.precision == .float32)
    #expect(settings.model.path == Self.folder + "student-7q-1l.safetensors")
    #expect(settings.distillation.teacherPath == Self.folder + "teacher-7q-2l.safetensors")
    #expect(settings.model.layers == 1 && settings.model.entangler == .descending && settings.model.finalRotation)
    #expect(settings.training.iterations == 100 && settings.evaluation.samples == 100_000)
  }

  @Test func workstation() throws {
    let settings = try settings("workstation")
    #expect(settings.host.memoryBytes == 256 << 20)
    #expect(settings.host.precision == .float64 && settings.host.threads == 2)
    #expect(settings.model.path == Self.folder + "teacher-7q-2l.safetensors")
    #expect(settings.model.layers == 2 && settings.training.iterations == 500)
  }

  @Test func microcontroller() throws {
    let settings = try settings("microcontroller")
    #expect(settings.host.arenaBytes == 64 << 10)
    #expect(settings.host.memoryBytes == 2 << 20)
    #expect(settings.model.path == Self.folder + "student-7q-1l.safetensors")
  }

  @Test func autoencoder() throws {
    let settings = try settings("autoencoder")
    #expect(settings.host.memoryBytes == 16 << 20)
    #expect(settings.compression.path == Self.folder + "autoencoder-7q-2q.safetensors")
    #expect(settings.model.qubits == 7 && settings.compression.latent == 2 && settings.compression.layers == 8)
    #expect(settings.compression.scheduleFactor == 1 && settings.compression.pairs == .latentTrash)
  }

  @Test func mnist() throws {
    let settings = try settings("mnist-1-5")
    #expect(settings.data.path == Self.folder + "../mnist/train-images-idx3-ubyte.gz")
    #expect(settings.data.classes == [1, 5] && settings.data.features == .pca && settings.model.qubits == 15)
    #expect(settings.training.states == 0 && settings.evaluation.samples == 0)
  }

  @Test(arguments: ["table-1", "figure-4", "figure-5", "figure-6"], ["literal", "calibrated"])
  func experiment(_ name: String, _ preset: String) throws {
    let settings = try settings("\(name)-\(preset)")
    #expect(settings.experiment.name == name && settings.experiment.preset == preset)
    #expect(settings.experiment.reportFile == "\(name)-\(preset).json")
    #expect(settings.experiment.treatments.starts(with: [.none, .distilled]))
    #expect(settings.model.readout == (preset == "literal" ? .fixed : .affine))
    if settings.data.source == .spinChain {
      #expect(settings.experiment.seeds == 20 && settings.model.qubits == (name == "table-1" ? 7 : 15))
      let planned = try Session.plan(.reproduce, settings)
      #expect(planned.plan.ramBytes <= settings.host.memoryBytes && planned.history == "stored")
    } else {
      #expect(settings.experiment.seeds == (name == "figure-5" ? 20 : 10))
      #expect(settings.data.path.hasSuffix("/mnist/train-images-idx3-ubyte.gz"))
      #expect(settings.training.states == 0 && settings.evaluation.samples == 0)
    }
  }

  @Test func regression() throws {
    let settings = try settings("regression-calibrated")
    #expect(settings.experiment.reportFile == "regression-calibrated.json" && settings.experiment.seeds == 20)
    #expect(settings.model.task == .regression && settings.chainTarget == .h2 && settings.model.qubits == 7)
    let planned = try Session.plan(.reproduce, settings)
    #expect(planned.plan.ramBytes <= 2 << 20)
  }

  /// Broken in every way, a profile is read or refused, never a crash.
  @Test func cutAndFlipped() throws {
    let bytes = try readFile(Self.folder + "microcontroller.toml", atMost: Profile.largestBytes)
    var refused = 0
    func read(_ bytes: some Sequence<UInt8>) {
      do {
        var resolution = Resolution()
        try resolution.apply(try Profile.parse(String(decoding: Array(bytes), as: UTF8.self), path: "x"))
      } catch { refused += 1 }
    }
    for count in 0..<bytes.count { read(bytes[..<count]) }
    for index in bytes.indices {
      for flip: UInt8 in [1, 0x20, 0x7F, 0x80] {
        var broken = bytes
        broken[index] ^= flip
        read(broken)
      }
    }
    #expect(refused > bytes.count)
  }
}
