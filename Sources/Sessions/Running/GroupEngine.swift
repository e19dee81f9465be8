import Budget
import Kernel

/// A network in its memory, ready for a `GroupRunner`.
enum BoundInference {
  case circuit(Network, WorkspaceMemory)
  case matrices(LogitMatrices, MatrixMemory)

  /// - Parameter inputs: `[thread]`, the result: where encoded inputs go.
  func bind(
    threads: Int, inputForm: InputForm, inputs: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ arena: borrowing Arena
  ) -> GroupEngine {
    switch self {
    case .circuit(let network, let memory):
      let workspaces = UnsafeMutablePointer<Workspace>.allocate(capacity: threads)
      for thread in 0..<threads {
        let (workspace, input) = memory.bind(thread: thread, inputForm: inputForm, arena)
        (workspaces + thread).initialize(to: workspace)
        (inputs + thread).initialize(to: input)
      }
      return .circuit(network, workspaces)
    case .matrices(let matrices, let memory):
      precondition(matrices.inputForm == inputForm, "the matrices were made for another form of inputs")
      for thread in 0..<threads { (inputs + thread).initialize(to: memory.input(thread: thread, arena)) }
      let (products, bytes) = memory.products(arena)
      return .matrices(matrices, products: products, bytes: bytes)
    }
  }
}

/// What computes one group, on any thread. Allocates nothing once it is made.
enum GroupEngine {
  /// With a workspace a thread.
  case circuit(Network, UnsafeMutablePointer<Workspace>)
  /// With as many bytes of products a thread.
  case matrices(LogitMatrices, products: UnsafeMutableRawPointer, bytes: Int)

  var ansatz: Ansatz {
    switch self {
    case .circuit(let network, _): network.tables.ansatz
    case .matrices(let matrices, _, _): matrices.ansatz
    }
  }

  var format: LaneFormat {
    switch self {
    case .circuit(let network, _): network.tables.format
    case .matrices(let matrices, _, _): matrices.format
    }
  }

  var logits: Int {
    switch self {
    case .circuit(let network, _): network.readout.logits
    case .matrices(let matrices, _, _): matrices.logits
    }
  }

  func forward(
    _ input: UnsafeMutableRawPointer, branches: Int, thread: Int, logits: UnsafeMutablePointer<Double>
  ) {
    switch self {
    case .circuit(let network, let workspaces):
      network.forward(input, branches: branches, workspaces[thread], logits: logits)
    case .matrices(let matrices, let products, let bytes):
      matrices.forward(input, branches: branches, products: products + thread * bytes, logits: logits)
    }
  }

  /// - Precondition: it is a circuit: matrices have no angles.
  func addGradient(
    _ input: UnsafeMutableRawPointer, branches: Int, thread: Int, loss: Loss, targets: GroupTargets,
    sums: GradientSums
  ) {
    guard case .circuit(let network, let workspaces) = self else { preconditionFailure("matrices have no angles") }
    network.addGradient(
      input, branches: branches, workspaces[thread], loss: loss, targets: targets, sums: sums)
  }

  func deallocate() {
    if case .circuit(_, let workspaces) = self { workspaces.deallocate() }
  }
}
