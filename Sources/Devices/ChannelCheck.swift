import Kernel

/// Why a transfer matrix is no quantum channel.
public enum ChannelFault: Error, Sendable, Equatable {
  /// An entry is no number.
  case notFinite(row: Int, column: Int)
  /// The first row is not (1, 0, …): the trace changes.
  case trace(column: Int, value: Double)
  /// The Choi matrix has an eigenvalue below −tolerance: some state would get negative probabilities.
  case notPositive(tolerance: Double)

  public var text: String {
    switch self {
    case .notFinite(let row, let column): "entry (\(row), \(column)) of the transfer matrix is not a number"
    case .trace(let column, let value):
      "entry (0, \(column)) of the transfer matrix is \(value); a channel that preserves the trace has "
        + "\(column == 0 ? 1 : 0)"
    case .notPositive(let tolerance):
      "the transfer matrix is not completely positive: its Choi matrix has an eigenvalue below −\(tolerance)"
    }
  }
}

extension QubitChannel {
  /// Whether it is completely positive and preserves the trace, each to the tolerance.
  public func check(tolerance: Double = 1e-10) throws(ChannelFault) {
    try checkTransfer(qubits: 1, tolerance: tolerance) { entry($0, $1) }
  }
}

extension PairChannel {
  public func check(tolerance: Double = 1e-10) throws(ChannelFault) {
    try checkTransfer(qubits: 2, tolerance: tolerance) { entry($0, $1) }
  }
}

/// With C = Σ_PQ M_PQ P ⊗ Qᵀ / d, the Choi matrix of trace d, positive means that C + tolerance · 1 has a Cholesky
/// factor. C = A + iB is embedded in the real symmetric ((A, −B), (B, A)), which has its eigenvalues twice.
private func checkTransfer(
  qubits: Int, tolerance: Double, _ entry: (Int, Int) -> Double
) throws(ChannelFault) {
  let (letters, d) = (qubits == 1 ? 4 : 16, 1 << qubits)
  for row in 0..<letters {
    for column in 0..<letters where !entry(row, column).isFinite { throw .notFinite(row: row, column: column) }
  }
  for column in 0..<letters where abs(entry(0, column) - (column == 0 ? 1 : 0)) > tolerance {
    throw .trace(column: column, value: entry(0, column))
  }
  let size = d * d
  var matrix = [Double](repeating: 0, count: 4 * size * size)
  for p in 0..<letters {
    for q in 0..<letters where entry(p, q) != 0 {
      for i in 0..<d {
        for k in 0..<d {
          // P has one entry in row i, Qᵀ one in row k.
          let (left, right) = (pauliEntry(p, i, qubits), pauliEntry(q, k, qubits))
          // A transposed letter has the conjugate entries.
          let quarter = (left.quarter - right.quarter + 4) % 4
          let value = entry(p, q) / Double(d) * (quarter < 2 ? 1 : -1)
          let (row, column) = (i * d + k, left.column * d + right.column)
          if quarter % 2 == 0 {
            matrix[row * 2 * size + column] += value
            matrix[(row + size) * 2 * size + column + size] += value
          } else {
            matrix[row * 2 * size + column + size] -= value
            matrix[(row + size) * 2 * size + column] += value
          }
        }
      }
    }
  }
  if !hasCholeskyFactor(matrix, 2 * size, shift: tolerance) { throw .notPositive(tolerance: tolerance) }
}

/// Where row i of a string has its entry, i^quarter. Strings and indices begin with the first qubit.
func pauliEntry(_ string: Int, _ row: Int, _ qubits: Int) -> (column: Int, quarter: Int) {
  var (column, quarter) = (row, 0)
  for qubit in 0..<qubits {
    let letter = (string >> (2 * (qubits - 1 - qubit))) & 3
    let bit = qubits - 1 - qubit
    let isOne = row >> bit & 1 == 1
    if letter == 1 || letter == 2 { column ^= 1 << bit }
    // Y = ((0, −i), (i, 0)).
    if letter == 2 { quarter += isOne ? 1 : 3 }
    if letter == 3 && isOne { quarter += 2 }
  }
  return (column, quarter % 4)
}

private func hasCholeskyFactor(_ given: [Double], _ size: Int, shift: Double) -> Bool {
  var a = given
  for j in 0..<size {
    var pivot = a[j * size + j] + shift
    for k in 0..<j { pivot -= a[j * size + k] * a[j * size + k] }
    if !(pivot > 0) { return false }
    let root = pivot.squareRoot()
    a[j * size + j] = root
    for i in j + 1..<max(size, j + 1) {
      var sum = a[i * size + j]
      for k in 0..<j { sum -= a[i * size + k] * a[j * size + k] }
      a[i * size + j] = sum / root
    }
  }
  return true
}
