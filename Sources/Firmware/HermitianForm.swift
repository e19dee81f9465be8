import Kernel
import Models

/// The circuit and the observable of a logit in one: F = U†OU, so that ⟨O⟩ = ψ†Fψ of the encoded state ψ. It acts on
/// the qubits of the logit's light cone alone, and is the identity on others.
struct HermitianForm {
  /// More qubits than these make forms of megabytes.
  static let mostQubits = 8

  /// The cone's bits of an amplitude's index, as a mask.
  let cone: Int
  /// The lower triangle, row by row, as a quadratic form adds it up: of ψ_k*ψ_l, l < k, `[2 Re F_kl, −2 Im F_kl]`, or
  /// the first alone of real states; at a row's end F_kk.
  let values: [Double]

  /// - Parameter isReal: whether states are real.
  /// - Returns: nil where the light cone has more than `mostQubits`.
  init?(_ model: Model, logit: Int, isReal: Bool) {
    let own = Model(
      ansatz: model.ansatz, observables: [model.observables[logit]], angles: model.angles,
      scales: [model.scales[logit]], biases: [model.biases[logit]], encoder: model.encoder)
    let program = GateProgram(own)
    let terms = own.observables[0].kernelTerms(model.ansatz, logit: 0)
    let cone = terms.reduce(program.touched) { $0 | Int($1.flips | $1.signs) }
    guard cone.nonzeroBitCount <= Self.mostQubits else { return nil }
    self.cone = cone
    let columns = (0..<1 << cone.nonzeroBitCount).map { index in
      var column = DenseState(index: index, bits: cone)
      column.run(program)
      return column
    }
    var values: [Double] = []
    let observed = columns.map { $0.applying(terms) }
    for (k, row) in columns.enumerated() {
      for l in 0..<k {
        let entry = row.product(observed[l])
        values.append(2 * entry.real)
        if !isReal { values.append(-2 * entry.imaginary) }
      }
      values.append(row.product(observed[k]).real)
    }
    self.values = values
  }

  /// Multiplications and additions in pairs, a sample.
  func operations(amplitudes: Int, isReal: Bool) -> Int {
    let size = 1 << cone.nonzeroBitCount
    let pairs = size * (size - 1) / 2
    return isReal ? 2 * (pairs + size) : amplitudes / size * (6 * pairs + 3 * size)
  }
}
