/// A symmetric tridiagonal matrix, as Lanczos makes it, and its lowest eigenpair.
struct Tridiagonal {
  /// [size]
  let diagonal: UnsafeMutablePointer<Double>
  /// [size − 1] element i couples rows i and i + 1.
  let offDiagonal: UnsafeMutablePointer<Double>
  let size: Int

  /// The lowest eigenvalue by bisection on the signs of the pivots of T − x (Sturm's count), to the last bits. Given
  /// the matrix, the result's error is a few ulps of ‖T‖.
  func lowestEigenvalue() -> Double {
    var lower = Double.infinity
    var upper = diagonal[0]
    var magnitude = 0.0
    for row in 0..<size {
      let left = row > 0 ? offDiagonal[row - 1].magnitude : 0
      let right = row < size - 1 ? offDiagonal[row].magnitude : 0
      lower = min(lower, diagonal[row] - left - right)
      upper = min(upper, diagonal[row])
      magnitude = max(magnitude, diagonal[row].magnitude + left + right)
    }
    while true {
      let middle = lower + (upper - lower) / 2
      if middle <= lower || middle >= upper || upper - lower <= 0x1p-53 * magnitude { return middle }
      if hasEigenvalue(below: middle) { upper = middle } else { lower = middle }
    }
  }

  private func hasEigenvalue(below shift: Double) -> Bool {
    var pivot = diagonal[0] - shift
    if pivot <= 0 { return true }
    for row in 1..<max(size, 1) {
      pivot = diagonal[row] - shift - offDiagonal[row - 1] * offDiagonal[row - 1] / pivot
      if pivot <= 0 { return true }
    }
    return false
  }

  /// Writes the normalised eigenvector of an eigenvalue that is isolated and known to the last bits.
  ///
  /// A twisted factorisation: pivots of T − λ from the top and from the bottom meet in the row k where their joint
  /// pivot is smallest, and the vector follows from row k outwards by multiplications alone, so its small entries, the
  /// last one above all, are relatively accurate (Dhillon and Parlett, Linear Algebra Appl. 387, 2004).
  /// - Parameters: `downward`, `upward`, `vector`: [size] each.
  func eigenvector(
    of eigenvalue: Double, downward: UnsafeMutablePointer<Double>, upward: UnsafeMutablePointer<Double>,
    into vector: UnsafeMutablePointer<Double>
  ) {
    let last = size - 1
    downward[0] = awayFromZero(diagonal[0] - eigenvalue)
    for row in stride(from: 1, through: last, by: 1) {
      let coupling = offDiagonal[row - 1]
      downward[row] = awayFromZero(diagonal[row] - eigenvalue - coupling * coupling / downward[row - 1])
    }
    upward[last] = awayFromZero(diagonal[last] - eigenvalue)
    for row in stride(from: last - 1, through: 0, by: -1) {
      let coupling = offDiagonal[row]
      upward[row] = awayFromZero(diagonal[row] - eigenvalue - coupling * coupling / upward[row + 1])
    }
    var twist = 0
    var smallest = Double.infinity
    for row in 0...last {
      let joint = (downward[row] + upward[row] - (diagonal[row] - eigenvalue)).magnitude
      if joint < smallest { (smallest, twist) = (joint, row) }
    }
    vector[twist] = 1
    for row in stride(from: twist - 1, through: 0, by: -1) {
      vector[row] = -offDiagonal[row] * vector[row + 1] / downward[row]
    }
    for row in stride(from: twist + 1, through: last, by: 1) {
      vector[row] = -offDiagonal[row - 1] * vector[row - 1] / upward[row]
    }
    scale(vector, by: 1 / norm(vector, size), size)
  }

  /// A pivot of exactly zero becomes the smallest that still divides.
  private func awayFromZero(_ pivot: Double) -> Double {
    pivot == 0 ? Double.leastNormalMagnitude : pivot
  }
}
