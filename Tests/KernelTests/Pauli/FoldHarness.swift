import Kernel

/// Borrowed memory for one folded network. Every buffer ends in bytes that stay as they are unless something writes
/// beyond its end.
final class FoldHarness {
  let shape: FoldShape
  let network: FoldedNetwork
  let workspace: FoldWorkspace
  let states: FoldedStates
  let scales: UnsafeMutablePointer<Double>
  let biases: UnsafeMutablePointer<Double>
  private let input: UnsafeMutableRawPointer
  private let blocks: [UnsafeMutableRawBufferPointer]
  private static let fence = 64

  var ansatz: Ansatz { shape.ansatz }
  var lanes: Int { shape.format.lanes }

  init(
    _ ansatz: Ansatz, _ format: LaneFormat, terms: [PauliTerm], logits: Int, qubits: [QubitChannel]? = nil,
    pairs: [PairChannel]? = nil, flips: [ReadoutFlips]? = nil, groups: Int = 1, branches: Int = 1,
    gradient: Bool = true
  ) {
    var blocks: [UnsafeMutableRawBufferPointer] = []
    func bytes(_ count: Int) -> UnsafeMutableRawPointer {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count + Self.fence, alignment: 64)
      block.initializeMemory(as: UInt8.self, repeating: 0xFF)
      blocks.append(block)
      return block.baseAddress!
    }
    func array<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
      let pointer = bytes(values.count * MemoryLayout<T>.stride).bindMemory(to: T.self, capacity: values.count)
      for (i, value) in values.enumerated() { (pointer + i).initialize(to: value) }
      return pointer
    }
    shape = FoldShape(ansatz: ansatz, format: format, logits: logits)
    scales = array([Double](repeating: 1, count: logits))
    biases = array([Double](repeating: 0, count: logits))
    network = FoldedNetwork(
      shape: shape,
      noise: CircuitNoise(
        qubits: qubits.map { UnsafePointer(array($0)) }, pairs: pairs.map { UnsafePointer(array($0)) },
        readout: flips.map { UnsafePointer(array($0)) }),
      terms: array(terms), termCount: terms.count,
      readout: Readout(logits: logits, scales: scales, biases: biases))
    workspace = FoldWorkspace(
      forms: bytes(shape.formBytes), history: gradient ? bytes(shape.historyBytes) : nil,
      sweep: gradient ? bytes(shape.sweepBytes) : nil, scratch: bytes(shape.scratchBytes))
    states = FoldedStates(
      memory: bytes(shape.stateBytes(groups * branches, gradient: gradient)), groups: groups, branches: branches)
    input = bytes(2 * ansatz.amplitudes * format.vectorBytes)
    self.blocks = blocks
  }

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// Whether nothing was written beyond any buffer.
  var fencesStand: Bool { blocks.allSatisfy { $0.suffix(Self.fence).allSatisfy { $0 == 0xFF } } }

  /// Folds, and takes samples `[sample][branch]` behind the first rotations.
  func prepare(_ angles: [Double], _ samples: [[[Complex]]]) {
    network.fold(angles: angles, workspace)
    let encoder = GroupEncoder(ansatz: ansatz, format: shape.format, encoder: .amplitudeUnnormalized)
    for group in 0..<states.groups {
      for branch in 0..<states.branches {
        for lane in 0..<lanes {
          let sample = group * lanes + lane
          guard sample < samples.count else {
            encoder.clearLane(lane, of: input)
            continue
          }
          let state = samples[sample][branch]
          encoder.setLane(lane, of: input, real: state.map(\.re), imaginary: state.map(\.im), count: state.count)
        }
        network.rotate(input, angles: angles, into: states, index: group * states.branches + branch)
      }
    }
  }

  /// `[sample][logit]`, with the lanes that have no sample.
  func expectations() -> [[Double]] {
    let m = shape.logits
    var values = [Double](repeating: .nan, count: states.groups * lanes * m)
    values.withUnsafeMutableBufferPointer { all in
      for group in 0..<states.groups {
        network.expectations(states, group: group, workspace, into: all.baseAddress! + group * lanes * m)
      }
    }
    return (0..<states.groups * lanes).map { Array(values[$0 * m..<($0 + 1) * m]) }
  }

  /// The derivatives of Σ w_ij ⟨O_j⟩_i by the angles; weights `[sample][logit]`.
  func derivatives(_ angles: [Double], weights: [[Double]]) -> [Double] {
    let m = shape.logits
    var flat = [Double](repeating: 0, count: states.groups * lanes * m)
    for (i, row) in weights.enumerated() { for (j, value) in row.enumerated() { flat[i * m + j] = value } }
    var moments = [Double](repeating: 0, count: ansatz.parameterCount)
    network.addTorques(states, angles: angles, workspace, weights: flat, moments: &moments)
    var gradient = [Double](repeating: .nan, count: ansatz.parameterCount)
    network.finishFoldedGradient(angles: angles, moments: moments, gradient: &gradient)
    return gradient
  }

  /// The gradient of a batch's loss.
  func gradient(
    _ angles: [Double], labels: [Int], loss: Loss = .crossEntropy, weight: Double = 1
  ) -> Harness.Gradient {
    let m = shape.logits
    var slopes = [Double](repeating: .nan, count: states.groups * lanes * m)
    var sample = [Double](repeating: .nan, count: 2 * m)
    var moments = [Double](repeating: 0, count: ansatz.parameterCount)
    var (scaleSums, biasSums) = ([Double](repeating: 0, count: m), [Double](repeating: 0, count: m))
    var totals = [0.0, 0]
    let all = (0..<states.groups * lanes).map { $0 < labels.count ? Int32(labels[$0]) : -1 }
    // A pointer that stays ends with its closure, one made for a call with the call.
    all.withUnsafeBufferPointer { all in
      moments.withUnsafeMutableBufferPointer { moments in
        scaleSums.withUnsafeMutableBufferPointer { scaleSums in
          biasSums.withUnsafeMutableBufferPointer { biasSums in
            totals.withUnsafeMutableBufferPointer { totals in
              network.addGradient(
                states, angles: angles, workspace, loss: loss,
                targets: GroupTargets(labels: all.baseAddress!, teacherLogits: nil, weight: weight), slopes: &slopes,
                sample: &sample,
                sums: GradientSums(
                  moments: moments.baseAddress!, scales: scaleSums.baseAddress!, biases: biasSums.baseAddress!,
                  totals: totals.baseAddress!))
            }
          }
        }
      }
    }
    var gradient = [Double](repeating: .nan, count: ansatz.parameterCount)
    network.finishFoldedGradient(angles: angles, moments: moments, gradient: &gradient)
    return Harness.Gradient(
      angles: gradient, scales: scaleSums, biases: biasSums, loss: totals[0], correct: Int(totals[1]))
  }
}
