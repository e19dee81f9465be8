/// Counts labels of the classes that are kept.
struct LabelTally {
  private let classes: Int
  private let selected: [Int]
  /// `[selected class]`; without any, of all labels.
  private var found: [Int]

  /// - Parameters:
  ///   - classes: what labels may be, 0..<classes, where none are selected.
  ///   - selected: the classes to keep; empty: all.
  init(classes: Int, selected: [Int]) {
    precondition(classes > 0 && classes <= Int(Int32.max), "labels are for at least one class")
    self.classes = classes
    self.selected = selected
    found = [Int](repeating: 0, count: max(selected.count, 1))
  }

  /// The label as it is used: its position among the selected classes, or −1; without any, itself.
  /// - Throws: `SampleError.label`.
  mutating func add(_ label: Int, index: Int) throws(SampleError) -> Int32 {
    if selected.isEmpty {
      guard 0 <= label && label < classes else { throw .label(given: label, classes: classes, index: index) }
      found[0] += 1
      return Int32(label)
    }
    guard let position = selected.firstIndex(of: label) else { return -1 }
    found[position] += 1
    return Int32(position)
  }

  /// - Throws: `SampleError.classAbsent`, `.empty`.
  func kept() throws(SampleError) -> Int {
    if let absent = found.firstIndex(of: 0) { throw selected.isEmpty ? .empty : .classAbsent(selected[absent]) }
    return found.reduce(0, +)
  }
}
