import Budget
import Kernel

/// Runs the groups of a batch, each sample in a lane of its own. The groups are dealt out by their number, so that
/// results do not depend on the number of threads.
package final class GroupRunner: StreamRunner {
  package let network: Network
  package let logits: UnsafeMutablePointer<Double>
  package let lanes: Int
  package let threads: Int
  /// `[thread]`
  private let workspaces: UnsafeMutablePointer<Workspace>
  private let inputs: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let compressor: GroupCompressor?
  private var batch = BatchSource.threads
  private var gradient: GradientTask?
  private var pool: WorkerPool?

  /// - Parameters:
  ///   - inputForm: of the samples as they are encoded.
  ///   - logits: `[sample][logit]`, for whole groups.
  ///   - compressor: what samples pass before the network, which then has its latent qubits; nil: nothing.
  package init(
    _ network: Network, _ memory: WorkspaceMemory, inputForm: InputForm, logits: UnsafeMutablePointer<Double>,
    compressor: GroupCompressor? = nil, _ arena: borrowing Arena
  ) throws(SessionError) {
    self.network = network
    self.logits = logits
    self.compressor = compressor
    threads = memory.threads
    lanes = memory.format.lanes
    inputs = .allocate(capacity: threads)
    workspaces = .allocate(capacity: threads)
    for thread in 0..<threads {
      let (workspace, input) = memory.bind(thread: thread, inputForm: compressor == nil ? inputForm : .state, arena)
      (workspaces + thread).initialize(to: workspace)
      (inputs + thread).initialize(to: compressor?.input(thread: thread) ?? input)
    }
    pool = try WorkerPool(threads: threads) { [unowned self] in work(group: $0, thread: $1) }
  }

  deinit {
    pool = nil
    workspaces.deallocate()
    inputs.deallocate()
  }

  package func input(thread: Int) -> UnsafeMutableRawPointer { inputs[thread] }

  /// What writes samples into an input. It is the compressor's, or the network's own: one of fewer qubits takes the
  /// first features.
  package func groupEncoder(_ encoder: Encoder) -> GroupEncoder {
    let format = network.tables.format
    if let compressor {
      return GroupEncoder(ansatz: compressor.circuit.ansatz.samples, format: format, encoder: encoder)
    }
    return GroupEncoder(ansatz: network.tables.ansatz, format: format, encoder: encoder, form: encoder.inputForm)
  }

  package func prepare(angles: UnsafePointer<Double>) { network.tables.prepare(angles: angles) }

  package func forward(_ batch: BatchSource, samples count: Int) {
    pad(batch, count)
    run(batch, groups: 0..<groupCount(count), nil)
  }

  /// The logits of these groups, one a thread, whose inputs are encoded already.
  package func forwardEncoded(_ groups: Range<Int>) { run(.threads, groups: groups, nil) }

  package func gradient(_ batch: BatchSource, samples count: Int, _ task: GradientTask) {
    pad(batch, count)
    let groups = groupCount(count)
    task.sums.clear(groups: groups)
    run(batch, groups: 0..<groups, task)
    task.sums.reduce(groups: groups)
  }

  private func run(_ batch: BatchSource, groups: Range<Int>, _ task: GradientTask?) {
    self.batch = batch
    gradient = task
    pool!.run(groups)
  }

  private func work(group: Int, thread: Int) {
    let branches = compressor?.branches ?? 1
    let input = encoded(group, thread)
    compressor?.circuit.encode(input)
    if let gradient {
      network.addGradient(
        input, branches: branches, workspaces[thread], loss: gradient.loss,
        targets: gradient.targets(group: group, lanes: lanes), sums: gradient.groupSums(group))
    } else {
      network.forward(
        input, branches: branches, workspaces[thread], logits: logits + group * lanes * network.readout.logits)
    }
  }

  /// The group's input, in the thread's own memory unless the source keeps all groups.
  private func encoded(_ group: Int, _ thread: Int) -> UnsafeMutableRawPointer {
    let input = inputs[thread]
    switch batch {
    case .threads: break
    case .states(let states, let bytes): return states + group * bytes
    case .chain(let feed, let samples):
      feed.expand(samples + group * lanes * feed.coefficients, thread: thread, into: input)
    case .stored(let set):
      set.encode(first: group * lanes, lanes: lanes, thread: thread, groupEncoder(set.encoder), into: input)
    }
    return input
  }
}
