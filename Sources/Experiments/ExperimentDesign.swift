import Kernel
import Settings

/// Who takes part in an experiment, and what is measured: each row is one number a seed.
struct ExperimentDesign: Sendable {
  struct Contestant: Sendable {
    let name: String
    let isTeacher: Bool
    /// Whether it sees the autoencoder's states.
    let isCompressed: Bool
    let ansatz: Ansatz
    let treatments: [Treatment]
    /// Samples of the training set, its first, whose labels it sees; nil: all.
    let labelled: Int?
    /// What its values come from while it is trained.
    let trainedFor: Circumstance
    /// Under so many shots; 0: values are exact.
    let shots: Int
    /// The contestant before it that differs in one of these two alone; nil: there is none.
    let plainer: Int?
    /// The steps after which it is tested, ascending.
    let checkpoints: [Int]
  }

  struct Row: Sendable {
    let contestant: Int
    let treatment: Treatment
    let iterations: Int
    /// Counted from 1, 0 before the first; nil where steps count.
    let epoch: Int?
    /// Whether a logistic fit of two parameters on the difference of the two logits stands behind the readout.
    let isFitted: Bool
    /// It is tested with so many shots a sample; nil: by exact values.
    let shots: Int?
  }

  /// The teacher first.
  let contestants: [Contestant]
  let rows: [Row]
  /// `[contestant][treatment]`: where the rows begin: those of the checkpoints, then the fitted ones.
  let firstRow: [[Int]]
  /// `[contestant][treatment]`: where those of the tests with shots begin, after the last step.
  let firstShotRow: [[Int]]
  let testShots: [Int]
  /// Of the teacher as it answers on the device.
  let teacherRows: [(treatment: Treatment, row: Int)]
  /// The mean fidelity's row, behind all others; nil without an autoencoder.
  let fidelityRow: Int?
  var rowCount: Int { rows.count + (fidelityRow == nil ? 0 : 1) }
  /// Steps of one trial, all trainings together.
  let steps: Int

  /// - Parameters:
  ///   - stepsPerEpoch: whole batches of the training set.
  ///   - fits: whether rows with a logistic fit are added.
  init(_ settings: Settings, fits: Bool, stepsPerEpoch: Int) {
    let experiment = settings.experiment
    let model = settings.model
    let epochs = (1...max(1, experiment.epochs)).map { $0 * stepsPerEpoch }
    let byEpochs = experiment.epochs > 0
    var contestants = [
      Contestant(
        name: "teacher", isTeacher: true, isCompressed: false,
        ansatz: model.ansatz(layers: experiment.teacherLayers), treatments: [.none],
        labelled: nil, trainedFor: .ideal, shots: 0, plainer: nil,
        checkpoints: byEpochs ? epochs : [experiment.teacherIterations])
    ]
    let students =
      experiment.compressedLayers.map { (layers: $0, isCompressed: true) }
      + experiment.studentLayers.map { (layers: $0, isCompressed: false) }
    let circumstances =
      experiment.trainedFor.isEmpty ? [settings.device.isUsed ? .device : .ideal] : experiment.trainedFor
    let trainedShots = experiment.trainedShots.isEmpty ? [settings.training.shots] : experiment.trainedShots
    let hasSeveralSizes = !experiment.compressedLayers.isEmpty && students.count > 1
    for student in students {
      var name = "student"
      if hasSeveralSizes {
        let qubits = student.isCompressed ? settings.compression.latent : model.qubits
        name = qubits == 1 ? "1 qubit" : "\(qubits) qubits"
        if student.isCompressed { name += " behind the autoencoder" }
      }
      // What several students have in common tells none of them.
      if students.filter({ $0.isCompressed == student.isCompressed }).count > 1 {
        name += ", \(student.layers) \(student.layers == 1 ? "layer" : "layers")"
      }
      let numbers = experiment.labels.isEmpty ? [nil] : experiment.labels.map(Optional.some)
      for labelled in numbers {
        let first = contestants.count
        for (circumstance, trainedFor) in circumstances.enumerated() {
          for (place, shots) in trainedShots.enumerated() {
            contestants.append(
              Contestant(
                name: name + (labelled.map { $0 == 1 ? ", 1 label" : ", \($0) labels" } ?? "")
                  + (circumstances.count > 1 ? trainedFor == .ideal ? ", ideal" : ", for device" : "")
                  + (trainedShots.count > 1 ? shots == 0 ? ", exact" : ", \(shots) shots" : ""),
                isTeacher: false, isCompressed: student.isCompressed,
                ansatz: model.ansatz(
                  qubits: student.isCompressed ? settings.compression.latent : model.qubits, layers: student.layers),
                treatments: experiment.treatments, labelled: labelled, trainedFor: trainedFor, shots: shots,
                plainer: circumstance > 0
                  ? first + place : place > 0 ? first : nil,
                checkpoints: byEpochs ? epochs : experiment.iterations))
          }
        }
      }
    }
    self.contestants = contestants
    var rows: [Row] = []
    var (firstRow, firstShotRow): ([[Int]], [[Int]]) = ([], [])
    var teacherRows: [(treatment: Treatment, row: Int)] = []
    for (index, contestant) in contestants.enumerated() {
      var (firsts, firstShots): ([Int], [Int]) = ([], [])
      for treatment in contestant.treatments {
        firsts.append(rows.count)
        rows += contestant.checkpoints.enumerated().map { epoch, iterations in
          Row(
            contestant: index, treatment: treatment, iterations: iterations, epoch: byEpochs ? epoch + 1 : nil,
            isFitted: false, shots: nil)
        }
        if fits && !contestant.isTeacher {
          // The fit of an untrained student shows what the readout alone can do.
          let fitted = (treatment == .none ? [0] : []) + [contestant.checkpoints.last!]
          rows += fitted.map {
            Row(
              contestant: index, treatment: treatment, iterations: $0, epoch: byEpochs ? $0 / stepsPerEpoch : nil,
              isFitted: true, shots: nil)
          }
        }
        firstShots.append(rows.count)
        let (last, epoch) = (contestant.checkpoints.last!, byEpochs ? experiment.epochs : nil)
        rows += (contestant.isTeacher ? [] : experiment.testShots).map {
          Row(
            contestant: index, treatment: treatment, iterations: last, epoch: epoch, isFitted: false, shots: $0)
        }
      }
      firstRow.append(firsts)
      firstShotRow.append(firstShots)
      if !contestant.isTeacher { continue }
      for treatment in experiment.treatments where treatment.needsDevice {
        teacherRows.append((treatment, rows.count))
        rows.append(
          Row(
            contestant: index, treatment: treatment, iterations: contestant.checkpoints.last!,
            epoch: byEpochs ? experiment.epochs : nil, isFitted: false, shots: nil))
      }
    }
    self.rows = rows
    self.firstRow = firstRow
    self.firstShotRow = firstShotRow
    self.teacherRows = teacherRows
    testShots = experiment.testShots
    fidelityRow = experiment.compressedLayers.isEmpty ? nil : rows.count
    steps = contestants.reduce(0) { $0 + $1.treatments.count * $1.checkpoints.last! }
  }
}
