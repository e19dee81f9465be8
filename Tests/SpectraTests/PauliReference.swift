import CGSL
import Spectra

/// The chain from the definitions of the Pauli matrices, slowly, and without a thought of symmetry.
struct PauliReference {
  let qubits: Int
  let periodic: Bool
  let h1: Double
  let j: Double

  init(_ specification: ChainSpecification) {
    qubits = specification.qubits
    periodic = specification.boundary == .periodic
    h1 = specification.h1
    j = specification.j
  }

  /// X on one qubit.
  func x(_ site: Int, _ vector: [Double]) -> [Double] {
    vector.indices.map { vector[$0 ^ (1 << site)] }
  }

  /// Z on one qubit.
  func z(_ site: Int, _ vector: [Double]) -> [Double] {
    vector.indices.map { ($0 >> site) % 2 == 0 ? vector[$0] : -vector[$0] }
  }

  func xx(_ site: Int, _ vector: [Double]) -> [Double] { x(site, x((site + 1) % qubits, vector)) }

  func zxz(_ site: Int, _ vector: [Double]) -> [Double] {
    z((site + qubits - 1) % qubits, x(site, z((site + 1) % qubits, vector)))
  }

  func hamiltonian(_ h2: Double, _ vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: vector.count)
    func subtract(_ factor: Double, _ image: [Double]) {
      for index in result.indices { result[index] -= factor * image[index] }
    }
    for site in 0..<qubits {
      subtract(h1, x(site, vector))
      if periodic || site < qubits - 1 { subtract(h2, xx(site, vector)) }
      if periodic || (site > 0 && site < qubits - 1) { subtract(j, zxz(site, vector)) }
    }
    return result
  }

  func flipParity(_ vector: [Double]) -> Double {
    (0..<qubits).reduce(vector) { x($1, $0) }.dot(vector)
  }

  /// ‖Hψ − Eψ‖.
  func residual(_ h2: Double, _ vector: [Double], energy: Double) -> Double {
    let image = hamiltonian(h2, vector)
    return zip(image, vector).map { $0 - energy * $1 }.norm
  }

  /// All eigenpairs of the 2^n × 2^n matrix, ascending. With a parity, states of the other one are lifted above all
  /// others: H + lift · (1 − parity · ∏X) / 2.
  func spectrum(_ h2: Double, parity: FlipParity? = nil) -> [(energy: Double, state: [Double])] {
    let lift = 4 * Double(qubits) * (abs(h1) + abs(h2) + abs(j))
    let size = 1 << qubits
    guard let matrix = gsl_matrix_alloc(size, size), let vectors = gsl_matrix_alloc(size, size),
      let values = gsl_vector_alloc(size), let workspace = gsl_eigen_symmv_alloc(size)
    else { return [] }
    defer {
      gsl_matrix_free(matrix)
      gsl_matrix_free(vectors)
      gsl_vector_free(values)
      gsl_eigen_symmv_free(workspace)
    }
    for column in 0..<size {
      let unit = (0..<size).map { $0 == column ? 1.0 : 0.0 }
      var elements = hamiltonian(h2, unit)
      if let parity {
        elements[column] += lift / 2
        elements[size - 1 - column] -= lift / 2 * Double(parity.rawValue)
      }
      for (row, element) in elements.enumerated() { gsl_matrix_set(matrix, row, column, element) }
    }
    gsl_eigen_symmv(matrix, values, vectors, workspace)
    gsl_eigen_symmv_sort(values, vectors, GSL_EIGEN_SORT_VAL_ASC)
    return (0..<size).map { index in
      (gsl_vector_get(values, index), (0..<size).map { gsl_matrix_get(vectors, $0, index) })
    }
  }
}

extension [Double] {
  func dot(_ other: [Double]) -> Double { zip(self, other).reduce(0) { $0 + $1.0 * $1.1 } }
  var norm: Double { dot(self).squareRoot() }
}
