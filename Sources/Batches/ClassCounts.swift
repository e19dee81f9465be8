/// How often each class was the answer. Counting allocates nothing.
package final class ClassCounts {
  package let classes: Int
  private let counts: UnsafeMutablePointer<Int>

  package init(classes: Int) {
    self.classes = classes
    counts = .allocate(capacity: classes)
    counts.initialize(repeating: 0, count: classes)
  }

  deinit { counts.deallocate() }

  package func reset() { counts.update(repeating: 0, count: classes) }

  /// - Precondition: one of the classes.
  package func add(_ answer: Int) { counts[answer] += 1 }

  package var values: [Int] { (0..<classes).map { counts[$0] } }
}
