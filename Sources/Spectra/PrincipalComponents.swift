import Budget
import CGSL

/// What fitting principal components takes, as sizes alone.
public struct PrincipalComponentsReservations: Sendable {
  public let columns: Int
  let sum, moment, vectors, values: Reservation<Double>
}

/// Principal components of rows that stream by: the eigenvectors of their covariance with the largest eigenvalues,
/// through GSL's symmetric eigen-solver.
///
/// The second moment is summed as it is and centred at the end. For columns within 0…1 that costs no digits that
/// matter; columns whose mean is far larger than their spread should be centred before.
public struct PrincipalComponents: ~Copyable {
  private let columns: Int
  private var rows = 0
  private let solver: DenseEigenSolver
  /// `[column]`
  private let sum: UnsafeMutablePointer<Double>
  /// `[column][column]`, the lower triangle.
  private let moment: UnsafeMutablePointer<Double>
  private let vectors: UnsafeMutablePointer<Double>
  private let values: UnsafeMutablePointer<Double>

  /// Everything is free after the phase `spectrum`.
  public static func reserve(columns: Int, in planner: inout Planner)
    -> PrincipalComponentsReservations
  {
    let lifetime = Lifetime(.load, through: .spectrum)
    let solving = Lifetime(.spectrum, through: .spectrum)
    let extent = Extent("columns", columns)
    func reserve(_ name: String, _ shape: [Extent], _ lifetime: Lifetime, _ planner: inout Planner)
      -> Reservation<Double>
    {
      planner.reserve(name, shape, of: Double.self, lifetime: lifetime, owner: "Spectra")
    }
    let workspace =
      columns.multipliedReportingOverflow(by: 64).overflow
      ? 0 : DenseEigenSolver.workspaceBytes(columns)
    planner.declareOutside(
      OutsideMemory(
        name: "PCA eigen-solver workspace", formula: "columns \(columns) × 4 × 8 B",
        bytes: workspace, owner: "GSL"))
    return PrincipalComponentsReservations(
      columns: columns, sum: reserve("PCA sums", [extent], lifetime, &planner),
      moment: reserve("PCA covariance", [extent, extent], lifetime, &planner),
      vectors: reserve("PCA eigenvectors", [extent, extent], solving, &planner),
      values: reserve("PCA eigenvalues", [extent], solving, &planner))
  }

  /// - Throws: `SpectrumError.workspaceRefused`.
  public init(_ reserved: PrincipalComponentsReservations, arena: borrowing Arena)
    throws(SpectrumError)
  {
    solver = try DenseEigenSolver(size: reserved.columns)
    columns = reserved.columns
    sum = arena.pointer(reserved.sum)
    moment = arena.pointer(reserved.moment)
    vectors = arena.pointer(reserved.vectors)
    values = arena.pointer(reserved.values)
    sum.update(repeating: 0, count: columns)
    moment.update(repeating: 0, count: columns * columns)
  }

  /// - Parameter row: `[column]`, finite.
  public mutating func add(_ row: UnsafePointer<Double>) {
    rows += 1
    var i = 0
    while i < columns {
      let value = row[i]
      // Most pixels of an image are 0.
      if value != 0 {
        sum[i] += value
        let line = moment + i * columns
        var j = 0
        while j <= i {
          line[j] += value * row[j]
          j += 1
        }
      }
      i += 1
    }
  }

  /// The mean, and the components with the largest variance, which comes first. Each has norm 1; of its elements the
  /// one of largest magnitude (of equal ones the first) is positive, which fixes the sign.
  /// - Parameters:
  ///   - mean: `[column]`.
  ///   - components: `[count][column]`.
  /// - Throws: `SpectrumError.componentsOutOfRange` for more components than rows or columns, `.eigenSolverFailed`.
  public consuming func fit(
    _ count: Int, mean: UnsafeMutablePointer<Double>, components: UnsafeMutablePointer<Double>
  ) throws(SpectrumError) {
    guard 1...max(1, min(rows, columns)) ~= count, rows > 0 else {
      throw .componentsOutOfRange(given: count, rows: rows, columns: columns)
    }
    let n = Double(rows)
    for i in 0..<columns { mean[i] = sum[i] / n }
    for i in 0..<columns {
      for j in 0...i { moment[i * columns + j] = moment[i * columns + j] / n - mean[i] * mean[j] }
    }
    let status = solver.solve(moment, values: values, vectors: vectors)
    guard status == 0 else { throw .eigenSolverFailed(status: status) }
    for k in 0..<count {
      // The largest that is left; what was taken is marked as less than any.
      var best = 0
      for i in 1..<max(columns, 1) where values[i] > values[best] { best = i }
      values[best] = -.infinity
      let component = components + k * columns
      var largest = 0
      for i in 0..<columns {
        component[i] = vectors[i * columns + best]
        if component[i].magnitude > component[largest].magnitude { largest = i }
      }
      if component[largest] < 0 { for i in 0..<columns { component[i] = -component[i] } }
    }
  }
}
