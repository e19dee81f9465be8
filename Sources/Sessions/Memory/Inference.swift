import Budget
import Kernel
import Settings
import Students

/// How logits are computed where no gradient is wanted; named in plans and reports.
public enum Inference: String, Sendable, CaseIterable {
  /// Each sample runs through the circuit.
  case circuit
  /// One Hermitian matrix a logit, made at the start: each sample is a quadratic form.
  case matrices
}

/// What an evaluation was planned with, and what it was not.
public struct PlannedInference: Sendable, Equatable {
  public struct Choice: Sendable, Equatable {
    public let inference: Inference
    /// Multiply-adds of one sample, encoding left out.
    public let multiplyAdds: Int
    public let arenaBytes: Int

    public init(inference: Inference, multiplyAdds: Int, arenaBytes: Int) {
      self.inference = inference
      self.multiplyAdds = multiplyAdds
      self.arenaBytes = arenaBytes
    }
  }

  public let taken: Choice
  /// nil where the circuit has more qubits than matrices are made for.
  public let other: Choice?

  public init(taken: Choice, other: Choice?) {
    self.taken = taken
    self.other = other
  }
}

extension NetworkShape {
  /// Whether no sample has an imaginary part where it enters the circuit.
  func isReal(_ source: DataSource, _ facts: DataFacts) -> Bool {
    compressor == nil && (encoder.isProduct || source == .spinChain || !facts.isComplex)
  }

  /// What samples are encoded as.
  var inputForm: InputForm { compressor == nil ? encoder.inputForm : .state }
  /// States of a sample.
  private var branches: Int { samples.amplitudes / (compressor == nil ? samples : ansatz).amplitudes }

  /// Multiply-adds of one sample; nil for what the circuit has too many qubits for.
  func multiplyAdds(_ inference: Inference, _ source: DataSource, _ facts: DataFacts) -> Int? {
    let circuit = circuit
    switch inference {
    case .circuit:
      let terms = observables.enumerated().flatMap { $1.kernelTerms(circuit, logit: $0) }
      return terms.withUnsafeBufferPointer { terms in
        guard let first = terms.baseAddress else { return 0 }
        return LightCone(circuit, terms: first, count: terms.count).multiplyAdds(form: inputForm, branches: branches)
      }
    case .matrices:
      if circuit.qubits > LogitMatrices.largestQubits { return nil }
      return LogitMatrices.multiplyAdds(
        qubits: circuit.qubits, isReal: isReal(source, facts), form: inputForm, branches: branches, logits: logits)
    }
  }

  /// What the circuit can be computed with, the faster one first.
  ///
  /// A multiply-add of the circuit takes twice the time of one of the matrices: its passes are short, load by an index
  /// and pay for every layer anew. So measured with AVX2, one thread, medians of 41 runs, for n = 1…4, L = 1…12 (ring),
  /// m = 1…8 observables in X, Y and Z, complex, real and product states, 1 and 8 branches, float64 × 4 and float32 × 8
  /// lanes: the matrices are faster in 827 of 888 cases, by 3.5 times at the median and 17 times at most. This rule
  /// takes the slower way in 25 of them, and loses 0.4 % on average and 43 % at worst; with equal weights it would be
  /// 109, 6.7 % and a factor of 2.8.
  func inferences(_ source: DataSource, _ facts: DataFacts) -> [Inference] {
    guard let matrices = multiplyAdds(.matrices, source, facts) else { return [.circuit] }
    let circuit = multiplyAdds(.circuit, source, facts)!
    return matrices <= 2 * circuit ? [.matrices, .circuit] : [.circuit, .matrices]
  }
}

/// The memory of a network that is evaluated, in either way.
enum InferenceMemory {
  case circuit(WorkspaceMemory)
  case matrices(MatrixMemory)

  init(
    _ inference: Inference, _ shape: NetworkShape, isReal: Bool, format: LaneFormat, threads: Int,
    in planner: inout Planner
  ) {
    switch inference {
    case .circuit:
      self = .circuit(
        WorkspaceMemory(
          "student", ansatz: shape.circuit, format: format, logits: shape.logits, history: .none, threads: threads,
          lifetime: .run, in: &planner))
    case .matrices:
      self = .matrices(
        MatrixMemory(
          "student", ansatz: shape.circuit, format: format, isReal: isReal, inputForm: shape.inputForm,
          logits: shape.logits, threads: threads, in: &planner))
    }
  }

  func bind(_ network: Network, _ arena: borrowing Arena) -> BoundInference {
    switch self {
    case .circuit(let memory): .circuit(network, memory)
    case .matrices(let memory): .matrices(memory.bind(network, arena), memory)
    }
  }
}
