import Foundation
import Kernel

/// The slow reference under noise: a density matrix on which gates and Kraus operators act by their definition. It
/// shares no code with the kernel beyond the ansatz's description.
struct DensityReference {
  typealias Matrix = DenseReference.Matrix

  let dense: DenseReference
  /// `[qubit]`, behind its rotations; `[pair]`, behind its gate: the Kraus operators of channels one after the other.
  var qubits: [[[Matrix]]]
  var pairs: [[[Matrix]]]
  /// `[qubit]`: P(1|0), P(0|1).
  var readout: [(Double, Double)]

  var ansatz: Ansatz { dense.ansatz }

  static func adjoint(_ matrix: Matrix) -> Matrix {
    matrix[0].indices.map { column in matrix.map { $0[column].conjugate } }
  }

  static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    a.map { row in
      b[0].indices.map { column in row.indices.reduce(Complex(0)) { $0 + row[$1] * b[$1][column] } }
    }
  }

  /// A local matrix on qubits, the first on the most significant bit of its index, on every column.
  func apply(_ local: Matrix, _ qubits: [Int], _ columns: Matrix) -> Matrix {
    let bits = qubits.map { ansatz.bit(of: $0) }
    var result = columns
    for i in columns.indices {
      let row = bits.reduce(0) { 2 * $0 + (i >> $1 & 1) }
      var sum = [Complex](repeating: Complex(0), count: columns.count)
      for (column, entry) in local[row].enumerated() where entry != Complex(0) {
        var source = i
        for (k, bit) in bits.enumerated() {
          let value = column >> (bits.count - 1 - k) & 1
          source = source & ~(1 << bit) | value << bit
        }
        for j in sum.indices { sum[j] = sum[j] + entry * columns[source][j] }
      }
      result[i] = sum
    }
    return result
  }

  /// Σ K ρ K†.
  func evolve(_ rho: Matrix, _ kraus: [Matrix], _ qubits: [Int]) -> Matrix {
    var result: Matrix?
    for operation in kraus {
      let left = apply(operation, qubits, rho)
      let both = DensityReference.adjoint(apply(operation, qubits, DensityReference.adjoint(left)))
      result = result.map { zip($0, both).map { zip($0, $1).map { $0 + $1 } } } ?? both
    }
    return result!
  }

  func evolve(_ state: [Complex], _ angles: [Double]) -> Matrix {
    var rho = state.map { a in state.map { a * $0.conjugate } }
    let small = DenseReference(ansatz: Ansatz(qubits: 1, layers: 1, rotation: ansatz.rotation))
    for layer in 0..<ansatz.rotationLayers {
      for qubit in 0..<ansatz.qubits {
        for (a, axis) in "XYZ".enumerated() {
          let theta = angles[3 * (layer * ansatz.qubits + qubit) + a]
          rho = evolve(rho, [small.rotation(axis, theta)], [qubit])
        }
        for kraus in qubits[qubit] { rho = evolve(rho, kraus, [qubit]) }
      }
      if layer < ansatz.layers {
        for (index, (control, target)) in dense.pairs.enumerated() {
          rho = evolve(rho, [DensityReference.gate(ansatz.entanglingGate)], [control, target])
          for kraus in pairs[index] { rho = evolve(rho, kraus, [control, target]) }
        }
      }
    }
    return rho
  }

  static func gate(_ gate: EntanglingGate) -> Matrix {
    var matrix = (0..<4).map { i in (0..<4).map { Complex($0 == i ? 1 : 0) } }
    if gate == .cnot {
      (matrix[2], matrix[3]) = (matrix[3], matrix[2])
    } else {
      matrix[3][3] = Complex(-1)
    }
    return matrix
  }

  /// What a string such as "XIZ" is read as: each measured letter is one of two outcomes, flipped by chance.
  func expectation(_ string: String, _ rho: Matrix) -> Double {
    var image = rho
    for (qubit, letter) in string.enumerated() where letter != "I" {
      let (oneForZero, zeroForOne) = readout[qubit]
      let pauli = DenseReference.pauli[letter]!
      let read = (0..<2).map { r in
        (0..<2).map { c in
          Complex(r == c ? zeroForOne - oneForZero : 0) + Complex(1 - oneForZero - zeroForOne) * pauli[r][c]
        }
      }
      image = apply(read, [qubit], image)
    }
    return image.indices.reduce(0) { $0 + image[$1][$1].re }
  }

  /// The Pauli transfer matrix, M_PQ = tr(P Σ K Q K†) / d.
  static func transfer(_ kraus: [Matrix]) -> [[Double]] {
    let d = kraus[0].count
    let letters = "IXYZ".map { DenseReference.pauli[$0]! }
    let strings = d == 2 ? letters : letters.flatMap { a in letters.map { DenseReference.kronecker([a, $0]) } }
    return strings.map { p in
      strings.map { q in
        kraus.reduce(0) { sum, k in
          let image = product(p, product(product(k, q), adjoint(k)))
          return sum + image.indices.reduce(0) { $0 + image[$1][$1].re } / Double(d)
        }
      }
    }
  }
}

extension DensityReference {
  static func depolarizing(_ p: Double, qubits: Int) -> [Matrix] {
    let letters = "IXYZ".map { DenseReference.pauli[$0]! }
    let strings = qubits == 1 ? letters : letters.flatMap { a in letters.map { DenseReference.kronecker([a, $0]) } }
    let share = p / Double(strings.count)
    return strings.enumerated().map { index, matrix in
      let weight = (share + (index == 0 ? 1 - p : 0)).squareRoot()
      return matrix.map { $0.map { Complex(weight) * $0 } }
    }
  }

  /// Amplitude damping, then dephasing of what coherence is left.
  static func relaxation(_ time: Double, _ t1: Double, _ t2: Double) -> [Matrix] {
    let (population, coherence) = (exp(-time / t1), exp(-time / t2))
    let kept = population.squareRoot()
    let damping: [Matrix] = [
      [[Complex(1), Complex(0)], [Complex(0), Complex(kept)]],
      [[Complex(0), Complex((1 - population).squareRoot())], [Complex(0), Complex(0)]],
    ]
    let flip = max(0, (1 - coherence / kept) / 2)
    let dephasing: [Matrix] = [
      [[Complex((1 - flip).squareRoot()), Complex(0)], [Complex(0), Complex((1 - flip).squareRoot())]],
      [[Complex(flip.squareRoot()), Complex(0)], [Complex(0), Complex(-flip.squareRoot())]],
    ]
    return dephasing.flatMap { a in damping.map { product(a, $0) } }
  }

  /// Any channel: an isometry's blocks.
  static func random(_ random: inout Random, size: Int, count: Int) -> [Matrix] {
    var columns = (0..<size).map { _ in
      (0..<size * count).map { _ in Complex(random.uniform(-1...1), random.uniform(-1...1)) }
    }
    for c in columns.indices {
      for earlier in 0..<c {
        let overlap = zip(columns[earlier], columns[c]).reduce(Complex(0)) { $0 + $1.0.conjugate * $1.1 }
        columns[c] = zip(columns[earlier], columns[c]).map { $1 + Complex(-1) * overlap * $0 }
      }
      let norm = columns[c].reduce(0) { $0 + $1.squaredSize }.squareRoot()
      columns[c] = columns[c].map { Complex(1 / norm) * $0 }
    }
    return (0..<count).map { k in (0..<size).map { row in (0..<size).map { columns[$0][k * size + row] } } }
  }

  /// As the kernel takes them.
  var qubitChannels: [QubitChannel] {
    qubits.map { channels in
      channels.reduce(QubitChannel()) { result, kraus in
        var channel = QubitChannel()
        for (row, entries) in DensityReference.transfer(kraus).enumerated() {
          for (column, value) in entries.enumerated() { channel.set(row, column, abs(value) < 1e-15 ? 0 : value) }
        }
        return result.then(channel)
      }
    }
  }

  var pairChannels: [PairChannel] {
    pairs.map { channels in
      channels.reduce(PairChannel()) { result, kraus in
        var channel = PairChannel()
        for (row, entries) in DensityReference.transfer(kraus).enumerated() {
          for (column, value) in entries.enumerated() { channel.set(row, column, abs(value) < 1e-15 ? 0 : value) }
        }
        return result.then(channel)
      }
    }
  }

  var flips: [ReadoutFlips] { readout.map { ReadoutFlips(oneForZero: $0.0, zeroForOne: $0.1) } }
}
