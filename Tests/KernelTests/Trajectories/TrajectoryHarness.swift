import Devices
import Kernel

/// Borrowed memory for one group of trajectories. Every buffer ends in bytes that stay as they are unless something
/// writes beyond its end.
final class TrajectoryHarness {
  let network: TrajectoryNetwork
  let state: UnsafeMutableRawPointer
  private let krausBlocks: UnsafeMutablePointer<QubitKraus>
  private let scratch: UnsafeMutableRawPointer
  private let blocks: [UnsafeMutableRawBufferPointer]
  private static let fence = 64

  var ansatz: Ansatz { network.ansatz }
  var lanes: Int { network.format.lanes }

  init(
    _ ansatz: Ansatz, _ format: LaneFormat, terms: [PauliTerm], logits: Int, qubits: [QubitKraus]? = nil,
    pairs: [PairKraus]? = nil
  ) {
    var blocks: [UnsafeMutableRawBufferPointer] = []
    func bytes(_ count: Int) -> UnsafeMutableRawPointer {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count + Self.fence, alignment: 64)
      block.initializeMemory(as: UInt8.self, repeating: 0xFF)
      blocks.append(block)
      return block.baseAddress!
    }
    func array<T: BitwiseCopyable>(_ values: [T]) -> UnsafeMutablePointer<T> {
      let pointer = bytes(values.count * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: values.count)
      for (i, value) in values.enumerated() { pointer[i] = value }
      return pointer
    }
    network = TrajectoryNetwork(
      ansatz: ansatz, format: format,
      noise: TrajectoryNoise(
        qubits: qubits.map { UnsafePointer(array($0)) }, pairs: pairs.map { UnsafePointer(array($0)) }),
      terms: array(terms), termCount: terms.count, logits: logits)
    state = bytes(network.stateBytes)
    krausBlocks = array([QubitKraus](repeating: QubitKraus(), count: network.blocks))
    scratch = bytes(network.scratchBytes)
    self.blocks = blocks
  }

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// Whether nothing was written beyond any buffer.
  var fencesStand: Bool { blocks.allSatisfy { $0.suffix(Self.fence).allSatisfy { $0 == 0xFF } } }

  /// Puts states into the lanes; lanes beyond are cleared.
  func load(_ states: [[Complex]]) {
    let encoder = GroupEncoder(ansatz: ansatz, format: network.format, encoder: .amplitudeUnnormalized)
    for lane in 0..<lanes {
      guard lane < states.count else {
        encoder.clearLane(lane, of: state)
        continue
      }
      let amplitudes = states[lane]
      encoder.setLane(
        lane, of: state, real: amplitudes.map(\.re), imaginary: amplitudes.map(\.im), count: amplitudes.count)
    }
  }

  /// Runs the circuit from these states: `[lane][logit]`.
  func run(_ states: [[Complex]], _ angles: [Double], uniforms: [Double]) -> [[Double]] {
    prepare(angles)
    load(states)
    evolve(uniforms)
    return measure()
  }

  func prepare(_ angles: [Double]) { network.prepare(angles: angles, into: krausBlocks) }

  /// From the state that is there.
  func evolve(_ uniforms: [Double]) {
    network.evolve(state, blocks: krausBlocks, uniforms: uniforms, scratch: scratch)
  }

  /// `[lane][logit]`
  func measure() -> [[Double]] {
    let m = network.logits
    var values = [Double](repeating: .nan, count: lanes * m)
    network.expectations(state, into: &values)
    return (0..<lanes).map { Array(values[$0 * m..<($0 + 1) * m]) }
  }

  func uniforms(_ random: inout Random) -> [Double] {
    (0..<network.draws * lanes).map { _ in Double.random(in: 0..<1, using: &random) }
  }
}

extension DensityReference {
  var qubitKraus: [QubitKraus] { qubitChannels.map { QubitKraus($0) } }
  var pairKraus: [PairKraus] { pairChannels.map { PairKraus($0) } }
}
