import Files
import Kernel
import Samples
import Settings

/// Counts what comes out of the network: classes, hits, confidence; writes predictions. Allocates nothing.
struct Scorer: ~Copyable {
  let classes: Int
  private let probabilities: UnsafeMutablePointer<Double>
  /// `[class]`, allocated before the seal.
  private let counts: UnsafeMutablePointer<Int>
  private let shard: Shard?
  private(set) var samples = 0
  private(set) var labelled = 0
  private(set) var correct = 0
  /// Answers whose confidence is below the threshold.
  private(set) var lowConfidence = 0
  private var confidence = 0.0
  private let threshold: Double
  private var writer: PredictionWriter?

  /// - Parameter shard: the part of a stream that samples come from; nil: they are all of it.
  init(
    classes: Int, probabilities: UnsafeMutablePointer<Double>, shard: Shard? = nil, confidenceThreshold: Double,
    writer: consuming PredictionWriter?
  ) {
    self.classes = classes
    self.shard = shard
    threshold = confidenceThreshold
    self.probabilities = probabilities
    counts = .allocate(capacity: classes)
    counts.initialize(repeating: 0, count: classes)
    self.writer = writer
  }

  deinit { counts.deallocate() }

  var predicted: [Int] { (0..<classes).map { counts[$0] } }
  var meanConfidence: Double { confidence / Double(max(samples, 1)) }

  /// - Parameter label: −1 for a sample without one.
  mutating func add(_ logits: UnsafePointer<Double>, label: Int32) -> WriteStatus {
    softmax(logits, count: classes, into: probabilities)
    let answer = argmax(logits, count: classes)
    counts[answer] += 1
    confidence += probabilities[answer]
    if probabilities[answer] < threshold { lowConfidence += 1 }
    if label >= 0 {
      labelled += 1
      if Int(label) == answer { correct += 1 }
    }
    let sample = shard?.position(samples) ?? samples
    samples += 1
    guard var open = writer.take() else { return .written }
    let status = open.append(
      sample: sample, predicted: answer, probabilities: UnsafeBufferPointer(start: probabilities, count: classes),
      logits: UnsafeBufferPointer(start: logits, count: classes))
    writer = consume open
    return status
  }

  /// Makes the predictions appear.
  mutating func commit() throws(SampleError) {
    guard let open = writer.take() else { return }
    try open.commit()
  }
}
