/// One reader of bytes from outside, or several of the same bytes.
struct FuzzTarget: Sendable {
  /// Also of the folder of its corpus.
  let name: String
  var largestBytes = 4096
  /// Of libFuzzer, besides.
  var options: [String] = []
  /// Whether memory that is never freed is no fault, for it is a library's.
  var leaks = false
  /// An input of about the size of another, with faults in it that are worth a try. What is empty or larger than
  /// `largest` is not used.
  var mutate: @Sendable (_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] = mutateText
  /// The input with digests and checks that fit.
  var reseal: @Sendable ([UInt8]) -> [UInt8] = { $0 }
  /// What the program's own writers make, as far as it cannot be stored: what depends on version or processor.
  var seeds: @Sendable (Scratch) -> [[UInt8]] = { _ in [] }
  /// Reads an input. It may find what it likes, but has to come back: a trap, an access out of bounds, a
  /// leak or a long wait is a fault.
  let reader: @Sendable (Scratch) -> ([UInt8]) -> Void
}

let fuzzTargets =
  sampleTargets + tensorTargets + [
    checkpointTarget, journalTarget, partTarget, predictionTarget, historyTarget, verificationTarget, importTarget,
  ]
  + settingTargets + [calibrationTarget]

/// Says that a reader's answer is wrong, not only that it fails.
func expect(_ isTrue: Bool, _ what: String) {
  if !isTrue { fatalError(what) }
}

/// The random numbers of one mutation (xorshift).
struct Choice {
  private var state: UInt64

  init(seed: UInt32) { state = UInt64(seed) << 1 | 1 }

  /// From 0 to `count` - 1.
  mutating func below(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 16) % max(count, 1)
  }

  mutating func element<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
