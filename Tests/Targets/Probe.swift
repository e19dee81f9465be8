// Compiled together with the kernel, for processors that the package itself is not built for: one circuit, forward and
// gradient, in every lane format. tools/targets compares what it computes on each of them.

/// Hands out aligned memory from one block, which the caller owns.
private struct Block {
  private var next: UnsafeMutableRawPointer
  init(_ start: UnsafeMutableRawPointer) { next = start }

  mutating func bytes(_ count: Int) -> UnsafeMutableRawPointer {
    defer { next += (count + 63) / 64 * 64 }
    return next
  }

  mutating func array<T: BitwiseCopyable>(_ count: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
    bytes(count * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: count)
  }
}

/// - Parameters:
///   - memory: 8 MiB, zeroed, aligned to 64 bytes.
///   - format: a raw value of `LaneFormat`.
///   - angles: `[layer][qubit][x, y, z]` of 6 qubits, 3 layers and the final rotations.
///   - states: `[sample][re, im][amplitude]` of 16 samples.
///   - logits: `[sample][logit]`, three each.
///   - gradient: one derivative an angle, then three by the scales, three by the biases, and the loss.
/// - Returns: the number of angles, or −1 for a format that is none.
@_cdecl("qkd_probe") @_noAllocation
public func probe(
  memory: UnsafeMutableRawPointer, format raw: Int32, angles: UnsafePointer<Double>, states: UnsafePointer<Double>,
  logits: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Double>
) -> Int32 {
  guard let format = LaneFormat(rawValue: UInt8(truncatingIfNeeded: raw)) else { return -1 }
  let ansatz = Ansatz(qubits: 6, layers: 3, entangler: .ring, finalRotation: true)
  let (amplitudes, layers, logitCount) = (ansatz.amplitudes, ansatz.rotationLayers, 3)
  let scalar = format.precision.scalarBytes
  let state = 2 * amplitudes * format.vectorBytes
  var block = Block(memory)
  let terms = block.array(4, PauliTerm.self)
  terms[0] = PauliTerm(weight: 1, x: 0, y: 0, z: 1, logit: 0)
  terms[1] = PauliTerm(weight: 1, x: 0, y: 0, z: 2, logit: 1)
  terms[2] = PauliTerm(weight: 0.5, x: 4, y: 8, z: 1, logit: 2)
  terms[3] = PauliTerm(weight: -0.25, x: 0, y: 0, z: 48, logit: 2)
  let cone = block.array(2 * layers, UInt32.self)
  LightCone(ansatz, terms: terms, count: 4).fill(cone)
  let tables = CircuitTables(
    ansatz: ansatz, format: format, diagonal: block.bytes((layers + 1) * 2 * amplitudes * scalar),
    tangent: block.bytes(layers * ansatz.qubits * scalar), scratch: block.bytes(2 * amplitudes * scalar),
    sourceFlip: block.array(layers, UInt32.self), outerPhase: block.array(2 * layers * ansatz.qubits, Double.self),
    entangled: block.array(amplitudes, UInt32.self), disentangled: block.array(amplitudes, UInt32.self), cone: cone)
  let scales = block.array(logitCount, Double.self)
  let biases = block.array(logitCount, Double.self)
  var j = 0
  while j < logitCount {
    (scales[j], biases[j]) = (1.5, 0.25)
    j += 1
  }
  let network = Network(
    tables: tables, observables: Observables(terms: terms, count: 4, logits: logitCount, tables: tables),
    readout: Readout(logits: logitCount, scales: scales, biases: biases))
  let workspace = Workspace(
    stateA: block.bytes(state), stateB: block.bytes(state), cotangentA: block.bytes(state),
    cotangentB: block.bytes(state), history: .stored(block.bytes(layers * state)),
    diagonal: block.bytes(2 * amplitudes * format.vectorBytes),
    readout: block.bytes(2 * logitCount * format.vectorBytes), sample: block.array(2 * logitCount, Double.self))
  let input = block.bytes(state)
  let labels = block.array(format.lanes, Int32.self)
  let moments = block.array(3 * layers * ansatz.qubits, Double.self)
  let totals = block.array(2, Double.self)
  let slopes = gradient + ansatz.parameterCount
  let sums = GradientSums(moments: moments, scales: slopes, biases: slopes + logitCount, totals: totals)
  tables.prepare(angles: angles)
  let encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: .amplitude)
  var sample = 0
  while sample < 16 {
    var lane = 0
    while lane < format.lanes {
      let row = states + 2 * amplitudes * (sample + lane)
      encoder.setLane(lane, of: input, real: row, imaginary: row + amplitudes, count: amplitudes)
      labels[lane] = Int32(truncatingIfNeeded: (sample + lane) % logitCount)
      lane += 1
    }
    network.forward(input, workspace, logits: logits + sample * logitCount)
    network.addGradient(
      input, workspace, loss: .crossEntropy, targets: GroupTargets(labels: labels, teacherLogits: nil, weight: 1),
      sums: sums)
    sample += format.lanes
  }
  network.finishGradient(angles: angles, moments: moments, gradient: gradient)
  slopes[2 * logitCount] = totals[0]
  return Int32(truncatingIfNeeded: ansatz.parameterCount)
}
