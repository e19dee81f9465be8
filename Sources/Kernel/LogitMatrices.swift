/// The observables, pulled back through the whole circuit: H_j = U†O_jU, so that ⟨O_j⟩ = ⟨ψ|H_j|ψ⟩ = Σ_kl H_kl ψ̄_k ψ_l
/// of the input ψ itself. For a few qubits that is less work than the circuit, whatever its depth.
///
/// A sample's products ψ̄_kψ_l, k ≤ l, are found once, summed over its branches, and serve all logits; H is Hermitian,
/// so that the other triangle is never needed. Of real inputs the real parts suffice.
public struct LogitMatrices {
  /// Beyond it the matrices' 4ⁿ entries outweigh any circuit that is trained.
  public static var largestQubits: Int { @_noAllocation get { 4 } }

  public let ansatz: Ansatz
  public let format: LaneFormat
  public let logits: Int
  /// Whether inputs have no imaginary parts. Those of product states, as factors, never have.
  public let isReal: Bool
  public let inputForm: InputForm
  let readout: Readout
  /// `[logit][product]` of the format's scalar. Products go row by row along the upper triangle: Re ψ̄_kψ_l, and for
  /// k < l with complex inputs Im ψ̄_kψ_l behind it. What is off the diagonal is doubled here.
  let entries: UnsafeMutableRawPointer

  /// Products of a sample.
  @_noAllocation
  public static func products(qubits: Int, isReal: Bool) -> Int {
    let amplitudes = 1 << qubits
    return isReal ? amplitudes * (amplitudes + 1) / 2 : amplitudes * amplitudes
  }

  /// Multiply-adds of a sample.
  @_noAllocation
  public static func multiplyAdds(
    qubits: Int, isReal: Bool, form: InputForm, branches: Int, logits: Int
  ) -> Int {
    let products = products(qubits: qubits, isReal: isReal)
    // A part of a product of complex numbers takes two; those on the diagonal have one part.
    let each = isReal ? products : 2 * products
    return branches * each + logits * products + (form == .factors ? 2 << qubits : 0)
  }

  /// Borrows memory for the entries, `[logit][product]`, which `prepare` fills.
  /// - Precondition: at most `largestQubits` qubits; factors are real.
  @_noAllocation
  public init(
    ansatz: Ansatz, format: LaneFormat, isReal: Bool, inputForm: InputForm, readout: Readout,
    entries: UnsafeMutableRawPointer
  ) {
    precondition(ansatz.qubits <= LogitMatrices.largestQubits && (isReal || inputForm == .state))
    self.ansatz = ansatz
    self.format = format
    self.isReal = isReal
    self.inputForm = inputForm
    self.readout = readout
    self.entries = entries
    logits = readout.logits
  }

  /// The span whose forms the matrices are: the basis states |k⟩ and, unless inputs are real, i|k⟩ behind them.
  @_noAllocation
  public static func basisShape(qubits: Int, isReal: Bool) -> SpanShape {
    SpanShape(dimension: (isReal ? 1 : 2) << qubits, format: .float64x1)
  }

  /// Runs the basis states through a network's circuit. It is in double precision whatever the format, so that single
  /// precision rounds an entry once.
  /// - Parameters:
  ///   - network: of this ansatz, in the format `float64x1`, its tables prepared.
  ///   - basis: states, as many as `basisShape` says; overwritten.
  ///   - workspace: of that shape, without a history.
  @_noAllocation
  public func prepare(_ network: Network, basis: UnsafeMutablePointer<Double>, _ workspace: SpanWorkspace) {
    precondition(network.tables.format == .float64x1 && network.tables.ansatz == ansatz)
    let (amplitudes, shape) = (ansatz.amplitudes, LogitMatrices.basisShape(qubits: ansatz.qubits, isReal: isReal))
    var i = 0
    while i < shape.states * 2 * amplitudes {
      basis[i] = 0
      i += 1
    }
    var k = 0
    while k < shape.dimension {
      let part = k / amplitudes
      basis[2 * amplitudes * k + 2 * (k - part * amplitudes) + part] = 1
      k += 1
    }
    network.prepareForms(Span(states: UnsafeMutableRawPointer(basis), dimension: shape.dimension), workspace)
    dispatch(format, EntryJob(matrices: self, forms: FormSet(shape, logits: logits, workspace)))
  }

  /// The logits of one group.
  /// - Parameters:
  ///   - input: `[branch]` inputs, each lane one sample, as for `Network.forward`; not overwritten.
  ///   - products: `[product]` and `[amplitude]` vectors, overwritten.
  ///   - logits: `[lane][logit]`, the result.
  @_noAllocation
  public func forward(
    _ input: UnsafeRawPointer, branches: Int = 1, products: UnsafeMutableRawPointer,
    logits: UnsafeMutablePointer<Double>
  ) {
    dispatch(
      format, MatrixJob(matrices: self, input: input, branches: branches, products: products, logits: logits))
  }
}

/// Rounds the forms to the entries, in the products' order.
private struct EntryJob: LaneJob {
  let matrices: LogitMatrices
  let forms: FormSet

  func run<V: LaneVector>(_ vector: V.Type) {
    let amplitudes = matrices.ansatz.amplitudes
    var entry = matrices.entries.assumingMemoryBound(to: V.Scalar.self)
    var logit = 0
    while logit < forms.logits {
      let form = forms.form(logit)
      var k = 0
      while k < amplitudes {
        let row = form + k * forms.padded
        var l = k
        while l < amplitudes {
          // The forms are folded, which doubles what is off their diagonal; that of |k⟩ with i|l⟩ is −Im H_kl.
          entry[0] = V.Scalar(rounding: row[l])
          entry += 1
          if !matrices.isReal && l > k {
            entry[0] = V.Scalar(rounding: row[amplitudes + l])
            entry += 1
          }
          l += 1
        }
        k += 1
      }
      logit += 1
    }
  }
}

private struct MatrixJob: LaneJob {
  let matrices: LogitMatrices
  let input: UnsafeRawPointer
  let branches: Int
  let products: UnsafeMutableRawPointer
  let logits: UnsafeMutablePointer<Double>

  func run<V: LaneVector>(_ vector: V.Type) {
    MatrixSweep<V>(matrices: matrices, products: products.assumingMemoryBound(to: V.self), logits: logits).run(
      input.assumingMemoryBound(to: V.self), branches: branches)
  }
}
