import Batches
import Files
import Kernel
import Models

/// A network that `train` or `distill` trains.
package final class PreparedNetwork: PreparedTraining {
  private let training: ClassifierTraining
  private let network: NetworkTraining
  private let initial: Model
  private let unseen: UnseenTest
  private let lesson: TeacherReport?
  private var tape: AtomicFile?
  private var outcome = UnseenTest.Outcome.stopped
  private var score: TestScore?
  /// Of a regression: the bins in which outputs are counted.
  private let bins: OutputBins?

  package init(
    _ training: ClassifierTraining, _ network: NetworkTraining, _ initial: Model, _ unseen: UnseenTest,
    _ lesson: TeacherReport?, ranges bins: OutputBins?, tape: consuming AtomicFile?
  ) {
    self.training = training
    self.network = network
    self.initial = initial
    self.unseen = unseen
    self.lesson = lesson
    self.bins = bins
    self.tape = tape
  }

  package var model: any TrainedModel { network }

  package func test() -> Bool {
    outcome = unseen.run(samples: training.testSamples)
    if case .stopped = outcome { return false }
    return true
  }

  package func finish() throws(SessionError) {
    score = try unseen.result(outcome, labelsPath: training.testAnswersPath)
  }

  /// The initial model with what was trained; angles that no logit depends on stay as they were.
  package func file(run: String) throws(SessionError) -> TensorFile {
    let (ansatz, m, student) = (initial.ansatz, initial.logits, network.model)
    var angles = initial.angles
    angles.withUnsafeMutableBufferPointer {
      ansatz.scatter(student.angles, of: student.network.tables.ansatz, into: $0.baseAddress!)
    }
    var provenance = Provenance(
      training.settings, job: training.job, run: run, teacher: training.teacher, compressor: training.compressor,
      device: training.device
    ).entries
    provenance[Model.testPredictionsKey] = unseen.predicted.values.map(String.init).joined(separator: " ")
    provenance[OutputBins.rangesKey] = bins?.text
    let model = Model(
      ansatz: ansatz, observables: initial.observables, angles: angles, scales: (0..<m).map { student.scales[$0] },
      biases: (0..<m).map { student.biases[$0] }, encoder: initial.encoder, features: initial.features,
      rowRange: initial.rowRange,
      provenance: provenance, task: initial.task)
    do { return try model.tensorFile() } catch { throw .model(path: training.settings.model.path, error) }
  }

  package func report(_ outcome: TrainingOutcome) -> TrainingReport {
    let selection = TrainingReport.Selected(outcome.restarts, training.settings.training)
    let losses = selection.map { Array(outcome.losses[$0.first..<$0.first + $0.kept.iterations]) } ?? outcome.losses
    return TrainingReport(
      facts: outcome.facts, modelPath: outcome.path, modelSHA256: outcome.sha256, teacher: lesson,
      parameters: initial.ansatz.parameterCount + 2 * initial.logits,
      iterations: selection?.iterations ?? training.iterations, seconds: outcome.seconds, firstLoss: losses[0],
      lastLoss: losses.last!, test: score!, losses: losses, selected: selection,
      device: training.device.map(DeviceFacts.init))
  }

  /// With a tape in place the run would be another one, which asks no teacher.
  package func close() throws(SessionError) {
    if let tape = tape.take() { do { try tape.commit() } catch { throw .file(error) } }
  }
}
