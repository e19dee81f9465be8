import Kernel

/// Borrowed memory for one network, allocated the plain way.
final class Harness {
  enum History { case none, stored, uncomputed }

  let ansatz: Ansatz
  let format: LaneFormat
  let logitCount: Int
  private(set) var network: Network
  let workspace: Workspace
  let input: UnsafeMutableRawPointer
  let logits: UnsafeMutablePointer<Double>
  let scales: UnsafeMutablePointer<Double>
  let biases: UnsafeMutablePointer<Double>
  let sums: GradientSums
  private var blocks: [UnsafeMutableRawPointer]

  var lanes: Int { format.lanes }

  init(
    _ ansatz: Ansatz, _ format: LaneFormat, observables: [PauliTerm], logits logitCount: Int,
    history: History = .stored, everyGate: Bool = false, inputForm: InputForm = .state
  ) {
    var blocks: [UnsafeMutableRawPointer] = []
    func bytes(_ count: Int) -> UnsafeMutableRawPointer {
      let block = UnsafeMutableRawPointer.allocate(byteCount: max(count, 64), alignment: 64)
      // Poison: a kernel that reads what it never wrote yields NaN.
      block.initializeMemory(as: UInt8.self, repeating: 0xFF, count: max(count, 64))
      blocks.append(block)
      return block
    }
    func array<T: BitwiseCopyable>(_ count: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
      bytes(count * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: count)
    }
    let (amplitudes, layers, scalar) = (ansatz.amplitudes, ansatz.rotationLayers, format.precision.scalarBytes)
    let state = 2 * amplitudes * format.vectorBytes
    let terms = array(observables.count, PauliTerm.self)
    for (i, term) in observables.enumerated() { terms[i] = term }
    let cone = array(2 * layers, UInt32.self)
    LightCone(ansatz, terms: terms, count: observables.count).fill(cone)
    let tables = CircuitTables(
      ansatz: ansatz, format: format, diagonal: bytes((layers + 1) * 2 * amplitudes * scalar),
      tangent: bytes(layers * ansatz.qubits * scalar), scratch: bytes(2 * amplitudes * scalar),
      sourceFlip: array(layers, UInt32.self), outerPhase: array(2 * layers * ansatz.qubits, Double.self),
      entangled: array(amplitudes, UInt32.self), disentangled: array(amplitudes, UInt32.self),
      cone: everyGate ? nil : UnsafePointer(cone))
    scales = array(logitCount, Double.self)
    biases = array(logitCount, Double.self)
    for j in 0..<logitCount { (scales[j], biases[j]) = (1, 0) }
    network = Network(
      tables: tables,
      observables: Observables(terms: terms, count: observables.count, logits: logitCount, tables: tables),
      readout: Readout(logits: logitCount, scales: scales, biases: biases))
    let kept: Workspace.History =
      switch history {
      case .none: .none
      case .stored: .stored(bytes(layers * state))
      case .uncomputed: .uncomputed
      }
    workspace = Workspace(
      stateA: bytes(state), stateB: bytes(state), cotangentA: bytes(state), cotangentB: bytes(state), history: kept,
      diagonal: bytes(2 * amplitudes * format.vectorBytes), readout: bytes(2 * logitCount * format.vectorBytes),
      sample: array(2 * logitCount, Double.self), inputForm: inputForm)
    input = bytes(state)
    logits = array(2 * format.lanes * logitCount, Double.self)
    sums = GradientSums(
      moments: array(3 * layers * ansatz.qubits, Double.self), scales: array(logitCount, Double.self),
      biases: array(logitCount, Double.self), totals: array(2, Double.self))
    self.ansatz = ansatz
    self.format = format
    self.logitCount = logitCount
    self.blocks = blocks
  }

  deinit {
    for block in blocks { block.deallocate() }
  }

  func prepare(_ angles: [Double]) { network.tables.prepare(angles: angles) }

  /// Puts states into the lanes; lanes beyond are cleared.
  func load(_ states: [[Complex]]) {
    let encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: .amplitudeUnnormalized)
    for lane in 0..<lanes {
      guard lane < states.count else {
        encoder.clearLane(lane, of: input)
        continue
      }
      encoder.setLane(
        lane, of: input, real: states[lane].map(\.re), imaginary: states[lane].map(\.im), count: states[lane].count)
    }
  }

  /// Encodes rows into the lanes, in the form that the workspace takes; lanes beyond are cleared.
  func encode(_ rows: [[Double]], _ encoder: Encoder) {
    let encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: encoder, form: workspace.inputForm)
    for lane in 0..<lanes {
      guard lane < rows.count else {
        encoder.clearLane(lane, of: input)
        continue
      }
      encoder.setLane(lane, of: input, real: rows[lane], imaginary: nil, count: rows[lane].count)
    }
  }

  /// `[lane][logit]`
  func forward() -> [[Double]] {
    network.forward(input, workspace, logits: logits)
    return (0..<lanes).map { lane in (0..<logitCount).map { logits[lane * logitCount + $0] } }
  }

  struct Gradient {
    var angles: [Double]
    var scales: [Double]
    var biases: [Double]
    var loss: Double
    var correct: Int
  }

  func clearSums() {
    for i in 0..<(3 * ansatz.rotationLayers * ansatz.qubits) { sums.moments[i] = 0 }
    for j in 0..<logitCount { (sums.scales[j], sums.biases[j]) = (0, 0) }
    (sums.totals[0], sums.totals[1]) = (0, 0)
  }

  /// The gradient of one group; `labels` has one entry a sample.
  func gradient(
    angles: [Double], labels: [Int], values: [[Double]]? = nil, teacher: [[Double]]? = nil,
    pulls: [Double]? = nil, loss: Loss = .crossEntropy, weight: Double = 1
  ) -> Gradient {
    clearSums()
    let lanesLabels = (0..<lanes).map { $0 < labels.count ? Int32(labels[$0]) : -1 }
    func flat(_ rows: [[Double]]?) -> [Double]? { rows.map { r in (0..<lanes).flatMap { r[$0 < r.count ? $0 : 0] } } }
    func add(_ values: UnsafePointer<Double>?, _ teacher: UnsafePointer<Double>?, _ pulls: UnsafePointer<Double>?) {
      lanesLabels.withUnsafeBufferPointer { labels in
        network.addGradient(
          input, workspace, loss: loss,
          targets: GroupTargets(
            labels: labels.baseAddress!, values: values, teacherLogits: teacher, pulls: pulls, weight: weight),
          sums: sums)
      }
    }
    // An empty array stands for none.
    (flat(values) ?? []).withUnsafeBufferPointer { values in
      (flat(teacher) ?? []).withUnsafeBufferPointer { teacher in
        (pulls ?? []).withUnsafeBufferPointer { pulls in
          add(
            values.isEmpty ? nil : values.baseAddress, teacher.isEmpty ? nil : teacher.baseAddress,
            pulls.isEmpty ? nil : pulls.baseAddress)
        }
      }
    }
    var result = [Double](repeating: 0, count: ansatz.parameterCount)
    network.finishGradient(angles: angles, moments: sums.moments, gradient: &result)
    return Gradient(
      angles: result, scales: (0..<logitCount).map { sums.scales[$0] },
      biases: (0..<logitCount).map { sums.biases[$0] }, loss: sums.totals[0], correct: Int(sums.totals[1]))
  }
}
