import Kernel

extension QubitKraus {
  /// A channel's operators, at most 4; one where nothing happens, or nothing but a unitary matrix.
  /// - Precondition: the channel is one (`check`). What is not completely positive in it, which `check` tolerates up
  ///   to 1e-10, is dropped.
  public init(_ channel: QubitChannel) {
    let kraus = KrausOperators(qubits: 1) { channel.entry($0, $1) }
    self.init(count: kraus.count, real: kraus.real, imaginary: kraus.imaginary)
  }
}

extension PairKraus {
  /// A channel's operators, at most 16; otherwise as `QubitKraus`.
  public init(_ channel: PairChannel) {
    let kraus = KrausOperators(qubits: 2) { channel.entry($0, $1) }
    self.init(count: kraus.count, real: kraus.real, imaginary: kraus.imaginary)
  }
}

/// Kraus operators of a Pauli transfer matrix M.
///
/// - ρ → Σ_AB χ_AB A ρ B† over Pauli strings has χ_AB = Σ_P M_PQ tr(A P B Q) / d³, where Q is the one string that gives
///   a trace, A·P·B up to its phase. χ is the Choi matrix in a basis of strings, Hermitian, positive, and of trace 1.
/// - χ = Σ_k v_k v_k† by a Cholesky decomposition that takes the greatest diagonal element of what is left, until none
///   is above 1e-15: as many columns as χ has a rank. K_k = Σ_A v_k,A A.
/// - Of the sets that make the channel this is the one near strings: a Pauli channel's operators are its strings, weak
///   noise begins with an operator near 1, and strings that flip the same bits stay among themselves wherever the
///   channel does not mix rows (relaxation, depolarising, dephasing), so that each operator has one entry a row.
struct KrausOperators {
  /// `[operator][row][column]`
  private(set) var real: [Double] = []
  private(set) var imaginary: [Double] = []
  private(set) var count = 0

  /// - Parameter entry: of the transfer matrix, by row and column.
  init(qubits: Int, _ entry: (Int, Int) -> Double) {
    let strings = 1 << (2 * qubits)
    var (re, im) = KrausOperators.processMatrix(qubits, entry)
    while count < strings {
      // The first of equal ones.
      let pivot = (0..<strings).reduce(0) { re[$1 * strings + $1] > re[$0 * strings + $0] ? $1 : $0 }
      let value = re[pivot * strings + pivot]
      if value <= 1e-15 { break }
      let root = value.squareRoot()
      let column = (0..<strings).map { (re[$0 * strings + pivot] / root, im[$0 * strings + pivot] / root) }
      append(column, qubits)
      for a in 0..<strings {
        for b in 0..<strings {
          let (x, y) = (column[a], column[b])
          re[a * strings + b] -= x.0 * y.0 + x.1 * y.1
          im[a * strings + b] -= x.1 * y.0 - x.0 * y.1
        }
      }
      // What rounding leaves of a row that is done would be taken for more.
      for a in 0..<strings {
        for place in [a * strings + pivot, pivot * strings + a] { (re[place], im[place]) = (0, 0) }
      }
    }
  }

  /// χ, `[A][B]`.
  private static func processMatrix(_ qubits: Int, _ entry: (Int, Int) -> Double) -> ([Double], [Double]) {
    let strings = 1 << (2 * qubits)
    // Each is read many times, and a channel that is asked may be copied as a whole.
    let entries = (0..<strings * strings).map { entry($0 / strings, $0 % strings) / Double(strings) }
    var re = [Double](repeating: 0, count: strings * strings)
    var im = re
    for a in 0..<strings {
      for b in 0..<strings {
        for p in 0..<strings {
          // Letters multiply like their two bits add, and a string that is a multiple of 1 shows it in its first row.
          let q = a ^ p ^ b
          let value = entries[p * strings + q]
          if value == 0 { continue }
          var (row, quarter) = (0, 0)
          for string in [a, p, b, q] {
            let element = pauliEntry(string, row, qubits)
            (row, quarter) = (element.column, quarter + element.quarter)
          }
          let place = a * strings + b
          switch quarter % 4 {
          case 0: re[place] += value
          case 1: im[place] += value
          case 2: re[place] -= value
          default: im[place] -= value
          }
        }
      }
    }
    return (re, im)
  }

  private mutating func append(_ weights: [(Double, Double)], _ qubits: Int) {
    let d = 1 << qubits
    let first = real.count
    real += [Double](repeating: 0, count: d * d)
    imaginary += [Double](repeating: 0, count: d * d)
    for (string, weight) in weights.enumerated() {
      for row in 0..<d {
        let element = pauliEntry(string, row, qubits)
        let place = first + row * d + element.column
        let value = [weight, (-weight.1, weight.0), (-weight.0, -weight.1), (weight.1, -weight.0)][element.quarter]
        real[place] += value.0
        imaginary[place] += value.1
      }
    }
    count += 1
  }
}
