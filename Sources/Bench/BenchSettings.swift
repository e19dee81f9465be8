import Kernel

/// One job of the benchmark: the sizes that decide its work.
public struct BenchJob: Sendable, Equatable {
  public let name: String
  public let qubits: Int
  public let layers: Int
  /// Logits ⟨Z_0⟩ … ⟨Z_(logits−1)⟩.
  public let logits: Int
  public let batch: Int

  /// - Precondition: sizes of at least 1, and no more logits than qubits.
  public init(name: String, qubits: Int, layers: Int, logits: Int, batch: Int) {
    precondition(Ansatz.qubitRange.contains(qubits) && layers >= 1 && (1...qubits).contains(logits) && batch >= 1)
    self.name = name
    self.qubits = qubits
    self.layers = layers
    self.logits = logits
    self.batch = batch
  }

  /// The jobs that the project compares itself by: ring of CNOTs, little endian. Those of 20 qubits have states that
  /// no core's own cache holds, and fewer of them than a vector has lanes.
  public static let named = [
    BenchJob(name: "J1", qubits: 7, layers: 2, logits: 2, batch: 64),
    BenchJob(name: "J2", qubits: 10, layers: 4, logits: 10, batch: 64),
    BenchJob(name: "J3", qubits: 15, layers: 10, logits: 2, batch: 64),
    BenchJob(name: "J7", qubits: 20, layers: 4, logits: 2, batch: 1),
    BenchJob(name: "J8", qubits: 20, layers: 4, logits: 2, batch: 8),
  ]
}

public struct BenchSettings: Sendable, Equatable {
  /// J1, J2 and J3; J7 and J8 take longer, and more memory.
  public var jobs = Array(BenchJob.named[..<3])
  /// J4, J5 and J6, by default too.
  public var hostJobs = HostJob.allCases
  public var precisions = [Precision.float64, .float32]
  public var threads = 1
  /// nil: the processor's own.
  public var lanes: Int?
  /// A folder with `JOB_theta.npy`, `JOB_states.npy`, `JOB_labels.npy`, and `JOB_ref_logits.npy`, `JOB_ref_grad.npy`
  /// to check against; empty: inputs are made from the seed, and nothing is checked.
  public var inputs = ""
  /// Timed repetitions, of which the median counts.
  public var repetitions = 11
  public var seed: UInt64 = 1

  public init() {}
}

/// One line of the benchmark.
public struct BenchResult: Sendable {
  public let job: String
  /// `forward` or `gradient`.
  public let part: String
  public let precision: String
  public let threads: Int
  public let lanes: Int
  /// Median time of the batch: from encoded states, the parameters' preparation included. CPU time with one thread,
  /// elapsed time with more.
  public let milliseconds: Double
  /// The same, with the samples' way from rows of complex numbers into lanes.
  public let encodedMilliseconds: Double
  /// What one core can do in registers, measured in this run.
  public let peakGigaflops: Double
  /// The work of plain complex 2 × 2 gates (14 flops an amplitude, qubit and layer) by the time: above the peak where
  /// less work is done for the same result.
  public let standardGigaflops: Double
  public let samplesPerSecond: Double
  /// The largest difference from the reference's logits (forward) or gradient; nil without a reference of that size.
  public let largestError: Double?
}
