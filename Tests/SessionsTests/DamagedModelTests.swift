import Batches
import Foundation
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing

@Suite struct DamagedModelTests {
  /// Every byte changed, and every length: an error that names the file, never an answer.
  @Test func everyFlippedByteAndEveryCutIsRefused() throws {
    let folder = TemporaryFolder()
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    try writeModel(settings.model.path, qubits: 3, layers: 1)
    settings.evaluation.samples = 1
    _ = try Session.evaluate(settings)
    let whole = [UInt8](try #require(contents(settings.model.path)))
    var taken: [String] = []
    func refuse(_ bytes: [UInt8], _ what: String) {
      _ = folder.put("model", bytes)
      do {
        _ = try Session.evaluate(settings)
        taken.append(what)
      } catch SessionError.model(let path, _) {
        if path != settings.model.path { taken.append("path of " + what) }
      } catch { taken.append("\(what): \(error)") }
    }
    for byte in whole.indices {
      for mask: UInt8 in [1, 32, 255] {
        var bytes = whole
        bytes[byte] ^= mask
        refuse(bytes, "byte \(byte) ^ \(mask)")
      }
      refuse(Array(whole[..<byte]), "length \(byte)")
    }
    refuse(whole + [0], "a byte more")
    #expect(taken == [])
    #expect(whole.count > 500)
  }

  @Test func aTeacherThatDoesNotFitIsRefused() throws {
    let folder = TemporaryFolder()
    var settings = shortSettings(in: folder)
    settings.model.qubits = 4
    settings.distillation.teacherPath = folder.path + "/teacher"
    func setting() -> String {
      do { _ = try Session.distill(settings) } catch {
        if case .setting(let name, _, _) = error { return name }
        return "\(error)"
      }
      return ""
    }
    try writeModel(settings.distillation.teacherPath, qubits: 5)
    #expect(setting() == "model.qubits")
    try writeModel(settings.distillation.teacherPath, qubits: 4, observables: ["Z0", "Z1", "Z2"])
    #expect(setting() == "model.observables")
    try writeModel(settings.distillation.teacherPath, qubits: 4, encoder: .amplitude)
    #expect(setting() == "data.source")
    #expect(!folder.names.contains("model.safetensors"))
    settings.model.qubits = 7
    try writeModel(settings.distillation.teacherPath, qubits: 7)
    #expect(setting() == "")
  }
}
