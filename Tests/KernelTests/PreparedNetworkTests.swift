import Kernel
import Testing

/// What a device runs on prepared tables, against the kernel as a workstation runs it.
@Suite struct PreparedNetworkTests {
  /// A network in both forms, in memory of its own.
  private final class Pair {
    let harness: Harness
    let prepared: PreparedNetwork
    let logits: Int
    private var blocks: [UnsafeMutableRawPointer] = []

    init(_ ansatz: Ansatz, _ angles: [Double], _ strings: [Term], logits: Int) {
      var blocks: [UnsafeMutableRawPointer] = []
      func array<T: BitwiseCopyable>(_ count: Int, _ type: T.Type) -> UnsafeMutablePointer<T> {
        let block = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * MemoryLayout<T>.stride, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0xFF, count: count * MemoryLayout<T>.stride)
        blocks.append(block)
        return block.bindMemory(to: T.self, capacity: count)
      }
      let (amplitudes, layers) = (ansatz.amplitudes, ansatz.rotationLayers)
      let terms = array(strings.count, PauliTerm.self)
      for (i, term) in strings.enumerated() { terms[i] = term.kernelTerm(ansatz) }
      harness = Harness(ansatz, .float64x1, observables: strings.map { $0.kernelTerm(ansatz) }, logits: logits)
      harness.prepare(angles)
      let cone = array(2 * layers, UInt32.self)
      LightCone(ansatz, terms: terms, count: strings.count).fill(cone)
      let diagonal = array((layers + 1) * 2 * amplitudes, Float.self)
      let tangent = array(layers * ansatz.qubits, Float.self)
      let flips = array(layers, UInt32.self)
      let (entangled, disentangled) = (array(amplitudes, UInt32.self), array(amplitudes, UInt32.self))
      let tables = CircuitTables(
        ansatz: ansatz, format: .float32x1, diagonal: diagonal, tangent: tangent,
        scratch: array(2 * amplitudes, Float.self), sourceFlip: flips,
        outerPhase: array(2 * layers * ansatz.qubits, Double.self), entangled: entangled, disentangled: disentangled,
        cone: cone)
      tables.prepare(angles: angles)
      /// A device's tables stand wherever its linker puts them.
      func anywhere(_ table: UnsafeMutablePointer<Float>, _ count: Int) -> UnsafePointer<Float> {
        let copy = array(count + 1, Float.self) + 1
        copy.update(from: table, count: count)
        return UnsafePointer(copy)
      }
      _ = Observables(terms: terms, count: strings.count, logits: logits, tables: tables)
      let readout = array(2 * logits, Double.self)
      for j in 0..<logits { (readout[j], readout[logits + j]) = (1, 0) }
      prepared = PreparedNetwork(
        tables: PreparedTables(
          ansatz: Ansatz(
            qubits: ansatz.qubits, layers: ansatz.layers, finalRotation: ansatz.finalRotation,
            qubitOrder: ansatz.qubitOrder),
          diagonal: anywhere(diagonal, (layers + 1) * 2 * amplitudes),
          tangent: anywhere(tangent, layers * ansatz.qubits), sourceFlip: flips, cone: cone,
          entangled: ansatz.finalRotation ? nil : UnsafeRawPointer(entangled),
          disentangled: layers > 1 ? UnsafeRawPointer(disentangled) : nil),
        terms: terms, termCount: strings.count, scales: readout, biases: readout + logits, logits: logits,
        // At 16 bytes and at no more: a static array of vectors has no other alignment.
        memory: array(16 + PreparedNetwork.memoryBytes(amplitudes: amplitudes, logits: logits), UInt8.self) + 16)
      self.logits = logits
      self.blocks = blocks
    }

    deinit { for block in blocks { block.deallocate() } }

    /// The largest difference of the two, of the sample that was set in the prepared one.
    func difference(_ row: [Double], _ encoder: Encoder) -> Double {
      var found = [Float](repeating: .nan, count: logits)
      prepared.run(into: &found)
      harness.encode([row], encoder)
      return zip(found, harness.forward()[0]).map { abs(Double($0) - $1) }.max() ?? .nan
    }
  }

  private func pair(_ n: Int, finalRotation: Bool, order: QubitOrder, _ random: inout Random) -> Pair {
    let ansatz = Ansatz(
      qubits: n, layers: 1 + n % 3, entangler: everyEntangler[n % 4], entanglingGate: everyGate[n % 2],
      finalRotation: finalRotation, qubitOrder: order)
    let strings = n >= 4 ? ForwardTests.observables(n) : [Term.z(0, of: n, logit: 0), Term.z(n - 1, of: n, logit: 1)]
    return Pair(ansatz, random.angles(ansatz.parameterCount), strings, logits: n >= 4 ? 3 : 2)
  }

  @Test(arguments: [false, true], everyOrder)
  func agreesWithTheKernel(finalRotation: Bool, order: QubitOrder) {
    var random = Random(finalRotation ? 5 : 6)
    for n in 1...7 {
      let pair = pair(n, finalRotation: finalRotation, order: order, &random)
      let rows = (0..<1 << n).map { _ in Float(random.uniform(-1...1)) }
      #expect(pair.prepared.setAmplitudes(rows, nil, as: .amplitude) == .fine)
      #expect(pair.difference(rows.map(Double.init), .amplitude) < 1e-5, "amplitudes of \(n) qubits")
      let bits = (0..<n).map { _ in Float(random.uniform(-1...1) > 0 ? 1 : 0) }
      for encoder in [Encoder.phase, .basis] {
        #expect(pair.prepared.setBits(bits, nil, as: encoder) == .fine)
        #expect(pair.difference(bits.map(Double.init), encoder) < 1e-5, "\(encoder) of \(n) qubits")
      }
      let angles = (0..<n).map { _ in Float(random.uniform(-7...7)) }
      #expect(pair.prepared.setAngles(angles, nil) == .fine)
      #expect(pair.difference(angles.map(Double.init), .angle) < 1e-5, "angles of \(n) qubits")
    }
  }

  @Test func imaginaryPartsCount() {
    var random = Random(8)
    let pair = pair(5, finalRotation: true, order: .littleEndian, &random)
    let state = random.state(5)
    let (re, im) = (state.map { Float($0.re) }, state.map { Float($0.im) })
    #expect(pair.prepared.setAmplitudes(re, im, as: .state) == .fine)
    var found = [Float](repeating: .nan, count: pair.logits)
    pair.prepared.run(into: &found)
    pair.harness.load([state])
    #expect(zip(found, pair.harness.forward()[0]).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test func samplesThatAreNoneAreRefused() {
    var random = Random(9)
    let pair = pair(2, finalRotation: true, order: .littleEndian, &random)
    // The network borrows the pair's memory.
    defer { withExtendedLifetime(pair) {} }
    let network = pair.prepared
    #expect(network.setAmplitudes([1, 0, .nan, 0], nil, as: .state) == .notFinite)
    #expect(network.setAmplitudes([1, 0, 0, 0], [0, 0, 0, .infinity], as: .state) == .notFinite)
    #expect(network.setAmplitudes([1, 1, 0, 0], nil, as: .state) == .notNormalised)
    #expect(network.setAmplitudes([1, 1, 0, 0], nil, as: .amplitudeUnnormalized) == .fine)
    #expect(network.setAmplitudes([0, 0, 0, 0], nil, as: .amplitude) == .zero)
    #expect(network.setAmplitudes([1e30, 0, 0, 1e-30], nil, as: .amplitude) == .fine)
    #expect(network.setBits([0, 0.5], nil, as: .phase) == .notBits)
    #expect(network.setBits([0, 1], [0, 0], as: .basis) == .notReal)
    #expect(network.setAngles([0, 1], [0, 0]) == .notReal)
    #expect(network.setAngles([0, .infinity], nil) == .notFinite)
  }

  @Test func classesAndProbabilities() {
    var shares = [Float](repeating: 0, count: 3)
    PreparedNetwork.probabilities(of: [1000, 1000, -1000], count: 3, into: &shares)
    #expect(shares == [0.5, 0.5, 0])
    #expect(PreparedNetwork.largest(of: [1, 3, 3], count: 3) == 1)
  }
}
