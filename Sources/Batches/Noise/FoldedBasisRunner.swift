import Kernel

/// Runs batches of ground states by folded observables: the forms on the basis are a few numbers, and each sample is
/// a quadratic form in its coefficients. One thread does it all.
package final class FoldedBasisRunner: BatchRunner {
  package let network: Network
  package let logits: UnsafeMutablePointer<Double>
  private let circuit: FoldedCircuit
  private let span: FoldedSpan
  /// `[group]`: the basis as it is encoded.
  private let basis: UnsafeMutableRawPointer
  private let stateBytes: Int
  private var angles: UnsafePointer<Double>?
  private var hasForms = false

  init(
    _ network: Network, _ circuit: FoldedCircuit, _ span: FoldedSpan, basis: UnsafeMutableRawPointer, stateBytes: Int,
    logits: UnsafeMutablePointer<Double>
  ) {
    self.network = network
    self.circuit = circuit
    self.span = span
    self.basis = basis
    self.stateBytes = stateBytes
    self.logits = logits
  }

  package func padded(_ count: Int) -> Int { count }

  package func prepare(angles: UnsafePointer<Double>) {
    self.angles = angles
    hasForms = false
  }

  package func forward(_ batch: BatchSource, samples count: Int) {
    prepareForms()
    circuit.folded.logits(
      span, coefficients: coefficients(batch), stride: span.shape.dimension, samples: count, logits: logits)
  }

  package func gradient(_ batch: BatchSource, samples count: Int, _ task: GradientTask) {
    task.sums.clear(groups: 1)
    prepareForms()
    circuit.folded.addGradient(
      span, coefficients: coefficients(batch), stride: span.shape.dimension, samples: count, angles: angles!,
      circuit.workspace, loss: task.loss, targets: task.targets(group: 0, lanes: 0), sample: circuit.sample!,
      sums: task.groupSums(0))
  }

  package func finishGradient(
    angles: UnsafePointer<Double>, moments: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) {
    circuit.folded.finishFoldedGradient(angles: angles, moments: moments, gradient: gradient)
  }

  private func coefficients(_ batch: BatchSource) -> UnsafePointer<Double> {
    guard case .chain(_, let samples) = batch else { preconditionFailure("samples of another kind have no basis") }
    return UnsafePointer(samples)
  }

  private func prepareForms() {
    if hasForms { return }
    circuit.folded.fold(angles: angles!, circuit.workspace)
    var group = 0
    while group < span.states.groups {
      circuit.folded.rotate(basis + group * stateBytes, angles: angles!, into: span.states, index: group)
      group += 1
    }
    circuit.folded.sumForms(span, circuit.workspace)
    hasForms = true
  }
}
