import CSupport

/// A trained network for a device: a sample at a time, in single precision, on prepared tables and memory that it
/// borrows. A sample is set, then `run`:
///
///     if network.setAmplitudes(real, imaginary, as: .state) == .fine { network.run(into: logits) }
public struct PreparedNetwork {
  let network: Network
  let workspace: Workspace

  var ansatz: Ansatz { network.tables.ansatz }
  /// `[amplitude][re, im]`, the state of the sample that was set; overwritten by `run`.
  var state: UnsafeMutablePointer<Float> { workspace.stateB.assumingMemoryBound(to: Float.self) }
  /// `[2 · amplitudes]`, free until `run`.
  var spare: UnsafeMutablePointer<Float> { workspace.stateA.assumingMemoryBound(to: Float.self) }

  /// Of `memory`: two states, the probabilities, expectations and logits.
  @_noAllocation
  public static func memoryBytes(amplitudes: Int, logits: Int) -> Int {
    8 * logits + MemoryLayout<Float>.stride * (5 * amplitudes + 2 * logits)
  }

  /// - Parameters:
  ///   - terms: `[term]` of five fields, which are those of `PauliTerm`: 64 bits of its weight, and 32 each of flips,
  ///     signs, phase and logit. As `Observables` leaves them, pulled back.
  ///   - scales, biases: `[logit]` of Double.
  ///   - memory: `memoryBytes`, aligned like vectors: to 16 bytes.
  /// - Precondition: all pointers outlive this value.
  @_noAllocation
  public init(
    tables: PreparedTables, terms: UnsafeRawPointer, termCount: Int, scales: UnsafeRawPointer,
    biases: UnsafeRawPointer, logits: Int, memory: UnsafeMutableRawPointer
  ) {
    precondition(UInt(bitPattern: memory) % UInt(MemoryLayout<SIMD4<Float>>.alignment) == 0)
    network = Network(
      tables: CircuitTables(tables),
      observables: Observables(
        pulledBack: terms.assumingMemoryBound(to: PauliTerm.self), count: termCount, logits: logits,
        qubits: tables.ansatz.qubits),
      readout: Readout(
        logits: logits, scales: scales.assumingMemoryBound(to: Double.self),
        biases: biases.assumingMemoryBound(to: Double.self)))
    let stateBytes = 2 * tables.ansatz.amplitudes * MemoryLayout<Float>.stride
    let stateB = memory + stateBytes
    let diagonal = stateB + stateBytes
    let readout = diagonal + stateBytes / 2
    let sample = readout + 2 * logits * MemoryLayout<Float>.stride
    workspace = Workspace(
      stateA: memory, stateB: stateB, cotangentA: memory, cotangentB: memory, history: .none, diagonal: diagonal,
      readout: readout, sample: sample.assumingMemoryBound(to: Double.self))
  }

  /// The logits of the sample that was set, which is used up.
  /// - Parameter logits: `[logit]`, the result.
  @_noAllocation
  public func run(into logits: UnsafeMutablePointer<Float>) {
    let exact = run()
    var j = 0
    while j < network.readout.logits {
      logits[j] = Float(rounding: exact[j])
      j &+= 1
    }
  }

  /// The logits, in memory that the next run overwrites.
  func run() -> UnsafePointer<Double> {
    let sweep = ForwardSweep<Float>(network: network, workspace: workspace)
    _ = sweep.measureAll(state, branches: 1)
    sweep.logits(lane: 0, into: workspace.sample)
    return UnsafePointer(workspace.sample)
  }

  /// The number of the largest logit, the lowest of equals.
  @_noAllocation
  public static func largest(of logits: UnsafePointer<Float>, count: Int) -> Int {
    var best = 0
    var j = 1
    while j < count {
      if logits[j] > logits[best] { best = j }
      j &+= 1
    }
    return best
  }

  /// softmax(logits).
  @_noAllocation
  public static func probabilities(
    of logits: UnsafePointer<Float>, count: Int, into probabilities: UnsafeMutablePointer<Float>
  ) {
    let largest = logits[largest(of: logits, count: count)]
    var sum: Float = 0
    var j = 0
    while j < count {
      probabilities[j] = Float(rounding: qkd_exp((logits[j] - largest).double))
      sum += probabilities[j]
      j &+= 1
    }
    j = 0
    while j < count {
      probabilities[j] = probabilities[j] / sum
      j &+= 1
    }
  }
}
