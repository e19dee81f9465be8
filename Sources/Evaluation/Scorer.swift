import Files
import Kernel
import Samples

/// Counts what comes out of the network: classes, hits, confidence; writes predictions. Allocates nothing.
struct Scorer: ~Copyable {
  let classes: Int
  private let probabilities: UnsafeMutablePointer<Double>
  /// `[class]`, allocated before the seal.
  private let counts: UnsafeMutablePointer<Int>
  private(set) var samples = 0
  private(set) var labelled = 0
  private(set) var correct = 0
  /// Answers whose confidence is below the threshold.
  private(set) var lowConfidence = 0
  private var confidence = 0.0
  let calibration: CalibrationTally
  private let threshold: Double
  private var writer: PredictionWriter?

  init(
    classes: Int, probabilities: UnsafeMutablePointer<Double>, confidenceThreshold: Double,
    calibration: CalibrationTally, writer: consuming PredictionWriter?
  ) {
    self.classes = classes
    threshold = confidenceThreshold
    self.calibration = calibration
    self.probabilities = probabilities
    counts = .allocate(capacity: classes)
    counts.initialize(repeating: 0, count: classes)
    self.writer = writer
  }

  deinit { counts.deallocate() }

  var predicted: [Int] { (0..<classes).map { counts[$0] } }
  var meanConfidence: Double { confidence / Double(max(samples, 1)) }

  /// - Parameters:
  ///   - label: −1 for a sample without one.
  ///   - row: of the sample in its file; nil: samples are counted.
  mutating func add(_ logits: UnsafePointer<Double>, label: Int32, row: Int?) -> WriteStatus {
    softmax(logits, count: classes, into: probabilities)
    let answer = argmax(logits, count: classes)
    counts[answer] += 1
    confidence += probabilities[answer]
    if probabilities[answer] < threshold { lowConfidence += 1 }
    if label >= 0 {
      labelled += 1
      if Int(label) == answer { correct += 1 }
      calibration.add(probabilities: probabilities, logits: logits, answer: answer, label: Int(label))
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

  /// Makes the predictions appear.
  mutating func commit() throws(SampleError) {
    guard let open = writer.take() else { return }
    try open.commit()
  }
}
