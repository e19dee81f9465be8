import Budget
import Kernel

/// What the gradient of a batch is taken of, and where it goes. Each group has sums of its own, which are added in the
/// order of the groups afterwards.
struct GradientTask {
  let loss: Loss
  /// `[sample]`, −1 beyond the batch's end.
  let labels: UnsafePointer<Int32>
  /// `[sample][logit]`, or nil.
  let teacherLogits: UnsafePointer<Double>?
  /// 1/batch.
  var weight: Double
  /// `[group][sumsPerGroup]`
  let sums: UnsafeMutablePointer<Double>
  let momentCount: Int
  let logits: Int

  /// Moments, ∂/∂scales, ∂/∂biases, loss, correct.
  static func sumsPerGroup(moments: Int, logits: Int) -> Int { moments + 2 * logits + 2 }

  var sumsPerGroup: Int { Self.sumsPerGroup(moments: momentCount, logits: logits) }

  func targets(group: Int, lanes: Int) -> GroupTargets {
    GroupTargets(
      labels: labels + group * lanes, teacherLogits: teacherLogits.map { $0 + group * lanes * logits }, weight: weight)
  }

  func groupSums(_ group: Int) -> GradientSums {
    GradientSums(block: sums + group * sumsPerGroup, moments: momentCount, logits: logits)
  }

  /// Adds the sums of all groups onto the first group's.
  func reduce(groups: Int) {
    var group = 1
    while group < groups {
      var i = 0
      while i < sumsPerGroup {
        sums[i] += sums[group * sumsPerGroup + i]
        i += 1
      }
      group += 1
    }
  }
}

extension GradientSums {
  /// The sums of a block of `GradientTask.sumsPerGroup` numbers.
  init(block: UnsafeMutablePointer<Double>, moments: Int, logits: Int) {
    self.init(
      moments: block, scales: block + moments, biases: block + moments + logits,
      totals: block + moments + 2 * logits)
  }
}

/// Runs the groups of a batch, forward or for their gradient, on all threads. The groups are dealt out by their number,
/// so that results do not depend on the number of threads.
final class GroupRunner {
  let lanes: Int
  let threads: Int
  private let network: Network
  /// `[thread]`
  private let workspaces: UnsafeMutablePointer<Workspace>
  private let logits: UnsafeMutablePointer<Double>
  private let inputs: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let source: GroupSource
  private let compressor: GroupCompressor?
  private var first = 0
  private var groups = 0
  private var gradient: GradientTask?
  /// Whether the inputs of the threads hold what is to be run, whatever the source.
  private var isEncoded = false
  private var pool: WorkerPool?

  /// - Parameters:
  ///   - logits: `[sample][logit]`, for whole groups; written by forward runs.
  ///   - source: where a group's encoded input comes from.
  ///   - compressor: what samples pass before the network, which then has its latent qubits; nil: nothing.
  init(
    network: Network, memory: WorkspaceMemory, arena: borrowing Arena, logits: UnsafeMutablePointer<Double>,
    source: GroupSource, compressor: GroupCompressor? = nil
  ) throws(SessionError) {
    if case .states = source { precondition(compressor == nil, "compressing would overwrite the source's states") }
    self.network = network
    threads = memory.threads
    lanes = memory.format.lanes
    self.logits = logits
    self.source = source
    self.compressor = compressor
    let form = compressor == nil ? source.inputForm : .state
    inputs = .allocate(capacity: threads)
    workspaces = .allocate(capacity: threads)
    for thread in 0..<threads {
      let (workspace, input) = memory.bind(thread: thread, inputForm: form, arena)
      (workspaces + thread).initialize(to: workspace)
      (inputs + thread).initialize(to: compressor?.input(thread: thread) ?? input)
    }
    pool = try WorkerPool(threads: threads) { [unowned self] in work($0) }
  }

  deinit {
    pool = nil
    workspaces.deallocate()
    inputs.deallocate()
  }

  func input(thread: Int) -> UnsafeMutableRawPointer { inputs[thread] }

  /// What writes samples into an input. It is the compressor's, or the network's own: one of fewer qubits takes the
  /// first features.
  func groupEncoder(_ encoder: Encoder) -> GroupEncoder {
    if let compressor {
      return GroupEncoder(
        ansatz: compressor.circuit.ansatz.samples, format: network.tables.format, encoder: encoder)
    }
    return GroupEncoder(
      ansatz: network.tables.ansatz, format: network.tables.format, encoder: encoder, form: encoder.inputForm)
  }

  /// The logits of the first `count` samples of the source.
  func forward(samples count: Int) {
    pad(count)
    start(first: 0, count: groupCount(count), nil)
  }

  /// The logits of the groups from `first` on, one a thread, whose inputs are encoded already.
  func forwardEncoded(first: Int, count: Int) {
    isEncoded = true
    start(first: first, count: count, nil)
    isEncoded = false
  }

  /// The summed gradient of the first `count` samples of the source, in the task's first group.
  func gradient(samples count: Int, _ task: GradientTask) {
    pad(count)
    let groups = groupCount(count)
    task.sums.update(repeating: 0, count: groups * task.sumsPerGroup)
    start(first: 0, count: groups, task)
    task.reduce(groups: groups)
  }

  func groupCount(_ samples: Int) -> Int { (samples + lanes - 1) / lanes }

  /// Lanes beyond the last sample hold zeros.
  private func pad(_ count: Int) {
    let missing = groupCount(count) * lanes - count
    switch source {
    case .thread, .states: break
    case .chain(let feed, let samples):
      (samples + count * feed.coefficients).update(repeating: 0, count: missing * feed.coefficients)
    case .stored(let set): (set.batch + count).update(repeating: -1, count: missing)
    }
  }

  private func start(first: Int, count: Int, _ task: GradientTask?) {
    self.first = first
    groups = first + count
    gradient = task
    pool!.run()
  }

  private func work(_ thread: Int) {
    let branches = compressor?.branches ?? 1
    var group = first + thread
    while group < groups {
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
      group += threads
    }
  }

  /// The group's input, in the thread's own memory unless the source keeps all groups.
  private func encoded(_ group: Int, _ thread: Int) -> UnsafeMutableRawPointer {
    if isEncoded { return inputs[thread] }
    switch source {
    case .thread: return inputs[thread]
    case .states(let states, let bytes): return states + group * bytes
    case .chain(let feed, let samples):
      feed.expand(samples + group * lanes * feed.coefficients, thread: thread, into: inputs[thread])
      return inputs[thread]
    case .stored(let set):
      set.encode(
        first: group * lanes, lanes: lanes, thread: thread, groupEncoder(set.encoder), into: inputs[thread])
      return inputs[thread]
    }
  }
}

/// Where a group's encoded input comes from.
enum GroupSource {
  /// It stands, in this form, in the input of the thread that runs the group.
  case thread(InputForm)
  /// All groups are encoded already, one state after the other.
  case states(UnsafeMutableRawPointer, stateBytes: Int)
  /// It is expanded from ground states, `[sample][coefficient]`.
  case chain(ChainFeed, UnsafeMutablePointer<Double>)
  /// The samples of a stored set that its batch names.
  case stored(StoredSet)

  var inputForm: InputForm {
    switch self {
    case .thread(let form): form
    case .states, .chain: .state
    case .stored(let set): set.encoder.inputForm
    }
  }
}

extension Encoder {
  /// What is written of a sample: no more than a product state needs.
  var inputForm: InputForm { isProduct ? .factors : .state }
}
