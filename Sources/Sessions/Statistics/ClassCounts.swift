/// How often each class was the answer. Counting allocates nothing.
final class ClassCounts {
  let classes: Int
  private let counts: UnsafeMutablePointer<Int>

  init(classes: Int) {
    self.classes = classes
    counts = .allocate(capacity: classes)
    counts.initialize(repeating: 0, count: classes)
  }

  deinit { counts.deallocate() }

  func reset() { counts.update(repeating: 0, count: classes) }

  /// - Precondition: one of the classes.
  func add(_ answer: Int) { counts[answer] += 1 }

  var values: [Int] { (0..<classes).map { counts[$0] } }
}
