import Files
import Kernel
import Samples

/// Counts what comes out of the network: classes, hits, confidence, or a regression's errors; writes predictions.
/// Allocates nothing.
struct Scorer: ~Copyable {
  let classes: Int
  /// nil of a regression.
  private let probabilities: UnsafeMutablePointer<Double>?
  /// `[class]`, allocated before the seal.
  private let counts: UnsafeMutablePointer<Int>
  private(set) var samples = 0
  private(set) var labelled = 0
  private(set) var correct = 0
  /// Answers whose confidence is below the threshold.
  private(set) var lowConfidence = 0
  private var confidence = 0.0
  /// nil of a regression.
  let calibration: CalibrationTally?
  /// nil of classes.
  let numbers: NumberScoring?
  /// nil: values are exact.
  let shots: ShotScoring?
  /// `[sample of the batch]`: standard errors between the largest logit and the next; nil: noise is not drawn.
  private let certainty: UnsafePointer<Double>?
  /// Decisions that are less than 1.96 of them.
  private(set) var uncertain = 0
  private let threshold: Double
  private var writer: PredictionWriter?

  init(
    classes: Int, probabilities: UnsafeMutablePointer<Double>?, confidenceThreshold: Double,
    calibration: CalibrationTally?, numbers: NumberScoring?, shots: ShotScoring? = nil,
    certainty: UnsafePointer<Double>? = nil, writer: consuming PredictionWriter?
  ) {
    self.classes = classes
    threshold = confidenceThreshold
    self.calibration = calibration
    self.numbers = numbers
    self.shots = shots
    self.certainty = certainty
    self.probabilities = probabilities
    counts = .allocate(capacity: classes)
    counts.initialize(repeating: 0, count: classes)
    self.writer = writer
  }

  deinit { counts.deallocate() }

  /// Of a regression, how often each bin of the outputs was hit, where the model says what they are.
  var predicted: [Int] { numbers.map(\.counted) ?? (0..<classes).map { counts[$0] } }
  var meanConfidence: Double { confidence / Double(max(samples, 1)) }

  /// - Parameters:
  ///   - outputs: logits; where there are shots, then the expectations of their strings.
  ///   - place: of the sample in its batch.
  ///   - label: −1 for a sample without one, or without a target.
  ///   - targets: of a regression's sample.
  ///   - row: of the sample in its file; nil: samples are counted.
  mutating func add(
    _ outputs: UnsafePointer<Double>, place: Int, label: Int32, targets: UnsafePointer<Double>?, row: Int?
  ) -> WriteStatus {
    guard let probabilities else { return addNumbers(outputs, label < 0 ? nil : targets, row) }
    let logits = shots?.add(outputs, label: label) ?? outputs
    if let certainty, certainty[place] < 1.96 { uncertain += 1 }
    softmax(logits, count: classes, into: probabilities)
    let answer = argmax(logits, count: classes)
    counts[answer] += 1
    confidence += probabilities[answer]
    if probabilities[answer] < threshold { lowConfidence += 1 }
    if label >= 0 {
      labelled += 1
      if Int(label) == answer { correct += 1 }
      calibration?.add(probabilities: probabilities, logits: logits, answer: answer, label: Int(label))
    }
    let sample = row ?? samples
    samples += 1
    guard var open = writer.take() else { return .written }
    let status = open.append(
      Prediction(
        sample: sample, label: Int(label), predicted: answer,
        probabilities: UnsafeBufferPointer(start: probabilities, count: classes),
        logits: UnsafeBufferPointer(start: logits, count: classes)))
    writer = consume open
    return status
  }

  private mutating func addNumbers(
    _ values: UnsafePointer<Double>, _ targets: UnsafePointer<Double>?, _ row: Int?
  ) -> WriteStatus {
    numbers?.add(values, targets: targets)
    let sample = row ?? samples
    samples += 1
    if targets != nil { labelled += 1 }
    guard var open = writer.take() else { return .written }
    let status = open.append(
      ValuePrediction(
        sample: sample, values: UnsafeBufferPointer(start: values, count: classes),
        targets: targets.map { UnsafeBufferPointer(start: $0, count: classes) }))
    writer = consume open
    return status
  }

  /// Makes the predictions appear.
  mutating func commit() throws(SampleError) {
    guard let open = writer.take() else { return }
    try open.commit()
  }
}
