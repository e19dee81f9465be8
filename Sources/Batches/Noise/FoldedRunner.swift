import Kernel

/// Runs batches of samples by folded observables, each sample in a lane of its own. One thread does it all: work is in
/// the folding, which all samples share.
package final class FoldedRunner: StreamRunner {
  package let network: Network
  package let logits: UnsafeMutablePointer<Double>
  private let circuit: FoldedCircuit
  private let input: UnsafeMutableRawPointer
  /// `[group][lane][logit]`; nil without gradients.
  private let slopes: UnsafeMutablePointer<Double>?
  private var angles: UnsafePointer<Double>?
  private var isFolded = false

  /// - Parameter input: a group's encoded states.
  init(
    _ network: Network, _ circuit: FoldedCircuit, input: UnsafeMutableRawPointer,
    slopes: UnsafeMutablePointer<Double>?, logits: UnsafeMutablePointer<Double>
  ) {
    self.network = network
    self.circuit = circuit
    self.input = input
    self.slopes = slopes
    self.logits = logits
  }

  package var threads: Int { 1 }
  package var lanes: Int { network.tables.format.lanes }
  private var m: Int { network.readout.logits }

  package func input(thread: Int) -> UnsafeMutableRawPointer { input }

  package func groupEncoder(_ encoder: Encoder) -> GroupEncoder {
    GroupEncoder(ansatz: network.tables.ansatz, format: network.tables.format, encoder: encoder, form: .state)
  }

  package func prepare(angles: UnsafePointer<Double>) {
    self.angles = angles
    isFolded = false
  }

  package func forward(_ batch: BatchSource, samples count: Int) {
    pad(batch, count)
    var group = 0
    while group < groupCount(count) {
      encode(batch, group)
      forwardEncoded(group..<group + 1)
      group += 1
    }
  }

  package func forwardEncoded(_ groups: Range<Int>) {
    fold()
    let states = FoldedStates(memory: circuit.states, groups: 1)
    circuit.folded.rotate(input, angles: angles!, into: states, index: 0)
    let values = logits + groups.lowerBound * lanes * m
    circuit.folded.expectations(states, group: 0, circuit.workspace, into: values)
    var lane = 0
    while lane < lanes {
      network.readout.apply(values + lane * m)
      lane += 1
    }
  }

  package func gradient(_ batch: BatchSource, samples count: Int, _ task: GradientTask) {
    pad(batch, count)
    task.sums.clear(groups: 1)
    fold()
    let states = FoldedStates(memory: circuit.states, groups: groupCount(count))
    var group = 0
    while group < states.groups {
      encode(batch, group)
      circuit.folded.rotate(input, angles: angles!, into: states, index: group)
      group += 1
    }
    circuit.folded.addGradient(
      states, angles: angles!, circuit.workspace, loss: task.loss, targets: task.targets(group: 0, lanes: lanes),
      slopes: slopes!, sample: circuit.sample!, sums: task.groupSums(0))
  }

  package func finishGradient(
    angles: UnsafePointer<Double>, moments: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) {
    circuit.folded.finishFoldedGradient(angles: angles, moments: moments, gradient: gradient)
  }

  private func fold() {
    if isFolded { return }
    circuit.folded.fold(angles: angles!, circuit.workspace)
    isFolded = true
  }

  private func encode(_ batch: BatchSource, _ group: Int) {
    guard case .stored(let set) = batch else { preconditionFailure("ground states are run by their basis") }
    set.encode(first: group * lanes, lanes: lanes, thread: 0, groupEncoder(set.encoder), into: input)
  }
}
