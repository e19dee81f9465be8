import Batches
import Foundation
import Kernel
import Models
import Settings
import TemporaryFolders

/// The small job of most tests: 7 qubits, descending CNOTs, a final rotation, an affine readout.
func exampleSettings(in folder: TemporaryFolder, model: String = "model.safetensors") -> Settings {
  var settings = Settings()
  settings.model.path = folder.path + "/" + model
  settings.model.entangler = .descending
  settings.model.finalRotation = true
  return settings
}

/// The same, short: enough to be compared, not to be good.
func shortSettings(in folder: TemporaryFolder, model: String = "model.safetensors") -> Settings {
  var settings = exampleSettings(in: folder, model: model)
  settings.training.iterations = 12
  settings.training.states = 50
  settings.training.batch = 21
  settings.evaluation.samples = 100
  return settings
}

/// A student of one layer that learns from `teacher`.
func studentSettings(_ teacher: Settings, in folder: TemporaryFolder, model: String = "student.safetensors") -> Settings
{
  var settings = teacher
  settings.distillation.teacherPath = teacher.model.path
  settings.model.path = folder.path + "/" + model
  settings.model.layers = 1
  return settings
}

func contents(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

/// Writes a model that no training made: angles that differ all, a readout with scale and bias.
@discardableResult
func writeModel(
  _ path: String, qubits: Int, layers: Int = 2, entangler: Entangler = .ring, finalRotation: Bool = true,
  encoder: Encoder = .state, order: QubitOrder = .littleEndian,
  observables: [String] = ["Z0 - 0.5*X1", "Y1*Z0 + 0.25"]
) throws -> Model {
  let ansatz = Ansatz(
    qubits: qubits, layers: layers, entangler: entangler, finalRotation: finalRotation, qubitOrder: order)
  let angles = (0..<ansatz.parameterCount).map { (i: Int) -> Double in 0.3 + 0.6 * Double(i % 11) }
  let model = Model(
    ansatz: ansatz, observables: try observables.map { try Observable($0) }, angles: angles,
    scales: observables.indices.map { Double(4 - $0) / 2 }, biases: observables.indices.map { Double($0) / 10 },
    encoder: encoder)
  try Data(try model.tensorFile().encode()).write(to: URL(fileURLWithPath: path))
  return model
}

func budgetRefusal(_ body: () throws(SessionError) -> Void) -> BudgetRefusal? {
  do { try body() } catch {
    if case .overBudget(let refusal) = error { return refusal }
  }
  return nil
}
