import Budget
import Spectra
import Testing

@Suite struct PrincipalComponentsTests {
  struct Fit: Equatable {
    var mean: [Double]
    /// `[component][column]`
    var components: [[Double]]
  }

  func fit(_ rows: [[Double]], columns: Int, count: Int) throws -> Fit {
    var planner = Planner()
    let reserved = PrincipalComponents.reserve(columns: columns, in: &planner)
    let mean = planner.reserve(
      "mean", [Extent("columns", columns)], of: Double.self, lifetime: .whole, owner: "test")
    let components = planner.reserve(
      "components", [Extent("components", count), Extent("columns", columns)], of: Double.self, lifetime: .whole,
      owner: "test")
    let arena = try Arena(planner.layout())
    var principal = try PrincipalComponents(reserved, arena: arena)
    for row in rows { principal.add(row) }
    try principal.fit(count, mean: arena.pointer(mean), components: arena.pointer(components))
    let flat = Array(arena.buffer(components))
    return Fit(
      mean: Array(arena.buffer(mean)),
      components: (0..<count).map { Array(flat[$0 * columns..<($0 + 1) * columns]) })
  }

  /// Points on a line: the first component is the line, the second what is across it.
  @Test func aLine() throws {
    let fit = try fit([[0, 1], [0.3, 0.6], [0.6, 0.2], [0.9, -0.2]], columns: 2, count: 2)
    #expect(zip(fit.mean, [0.45, 0.4]).allSatisfy { ($0 - $1).magnitude < 1e-14 })
    // Of (−0.6, 0.8) the larger element is positive.
    for (found, expected) in zip(fit.components, [[-0.6, 0.8], [0.8, 0.6]]) {
      #expect(zip(found, expected).allSatisfy { ($0 - $1).magnitude < 1e-12 }, "\(found)")
    }
  }

  /// Independent columns of variance 1, 9 and 4 (times a constant): the axes, in the order of variance.
  @Test func theLargestVarianceComesFirst() throws {
    var rows: [[Double]] = []
    for a in [-1.0, 1] { for b in [-3.0, 3] { for c in [-2.0, 2] { rows.append([a + 5, b, c]) } } }
    let fit = try fit(rows, columns: 3, count: 3)
    #expect(fit.mean == [5, 0, 0])
    for (found, axis) in zip(fit.components, [1, 2, 0]) {
      for column in 0..<3 { #expect((found[column] - (column == axis ? 1 : 0)).magnitude < 1e-12) }
    }
    #expect(try self.fit(rows, columns: 3, count: 1).components == [fit.components[0]])
  }

  @Test func moreComponentsThanData() {
    #expect(throws: SpectrumError.componentsOutOfRange(given: 3, rows: 5, columns: 2)) {
      try fit([[Double]](repeating: [1, 2], count: 5), columns: 2, count: 3)
    }
    #expect(throws: SpectrumError.componentsOutOfRange(given: 3, rows: 2, columns: 4)) {
      try fit([[1, 2, 3, 4], [4, 3, 2, 1]], columns: 4, count: 3)
    }
    #expect(throws: SpectrumError.componentsOutOfRange(given: 1, rows: 0, columns: 4)) {
      try fit([], columns: 4, count: 1)
    }
  }
}
