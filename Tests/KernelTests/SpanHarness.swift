import Kernel

/// A span and its workspace, beside a plain harness for the same network. Every buffer ends in bytes that stay as they
/// are unless something writes beyond its end.
final class SpanHarness {
  let plain: Harness
  let span: Span
  let workspace: SpanWorkspace
  /// What a second thread would have: memory of its own but for what threads share.
  let second: SpanWorkspace
  private let blocks: [UnsafeMutableRawBufferPointer]
  private static let fence = 64

  private var format: LaneFormat { plain.format }

  /// - Parameter basis: `[vector][branch]` states.
  init(_ plain: Harness, basis: [[[Complex]]], history: Harness.History) {
    var blocks: [UnsafeMutableRawBufferPointer] = []
    func bytes(_ count: Int) -> UnsafeMutableRawPointer {
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count + Self.fence, alignment: 64)
      block.initializeMemory(as: UInt8.self, repeating: 0xFF)
      blocks.append(block)
      return block.baseAddress!
    }
    func doubles(_ byteCount: Int) -> UnsafeMutablePointer<Double> {
      bytes(byteCount).assumingMemoryBound(to: Double.self)
    }
    let (ansatz, format, logits) = (plain.ansatz, plain.format, plain.logitCount)
    let shape = SpanShape(dimension: basis.count, branches: basis[0].count, format: format)
    let state = 2 * ansatz.amplitudes * format.vectorBytes
    let values = ansatz.amplitudes * format.vectorBytes
    let kept: Workspace.History =
      switch history {
      case .none: .none
      case .stored: .stored(bytes(shape.states * ansatz.rotationLayers * state))
      case .uncomputed: .uncomputed
      }
    let isGradient = history != .none
    let evolved = bytes(history == .stored ? 0 : shape.states * state)
    let forms = doubles(shape.formBytes(logits: logits))
    let weights = doubles(isGradient ? shape.formBytes(logits: logits) : 0)
    func makeWorkspace() -> SpanWorkspace {
      let lanes = Workspace(
        stateA: bytes(state), stateB: bytes(history == .uncomputed ? state : 0), cotangentA: bytes(state),
        cotangentB: bytes(isGradient ? state : 0), history: kept, diagonal: bytes(isGradient ? 2 * values : values),
        readout: bytes(logits * format.vectorBytes), sample: doubles(2 * logits * 8))
      return SpanWorkspace(
        lanes: lanes, evolved: evolved, forms: forms, weights: weights,
        scratch: bytes(shape.scratchBytes(logits: logits)))
    }
    (workspace, second) = (makeWorkspace(), makeWorkspace())
    let states = bytes(shape.states * state)
    span = Span(states: states, dimension: basis.count, branches: basis[0].count)
    self.plain = plain
    self.blocks = blocks
    let encoder = GroupEncoder(ansatz: ansatz, format: format, encoder: .amplitudeUnnormalized)
    for place in 0..<shape.groups * format.lanes {
      for branch in basis[0].indices {
        let (group, lane) = (place / format.lanes, place % format.lanes)
        let input = states + (group * shape.branches + branch) * state
        guard place < basis.count else {
          encoder.clearLane(lane, of: input)
          continue
        }
        let vector = basis[place][branch]
        encoder.setLane(
          lane, of: input, real: vector.map(\.re), imaginary: vector.map(\.im), count: vector.count)
      }
    }
  }

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// Whether nothing was written beyond any buffer.
  var fencesStand: Bool { blocks.allSatisfy { $0.suffix(Self.fence).allSatisfy { $0 == 0xFF } } }

  /// `[sample][logit]`, from forms that are prepared.
  func logits(_ coefficients: [Double], stride: Int) -> [[Double]] {
    let (samples, m) = (coefficients.count / stride, plain.logitCount)
    var values = [Double](repeating: .nan, count: samples * m)
    plain.network.logits(
      span, workspace, coefficients: coefficients, stride: stride, samples: samples, logits: &values)
    return (0..<samples).map { Array(values[$0 * m..<($0 + 1) * m]) }
  }
}

/// The phases of a span one after the other, on one thread.
extension Network {
  /// Evolves the span and leaves its forms in the workspace, for `logits`.
  func prepareForms(_ span: Span, _ workspace: SpanWorkspace) {
    let groups = SpanShape(dimension: span.dimension, branches: span.branches, format: tables.format).groups
    for group in 0..<groups { evolve(span, workspace, group: group) }
    for group in 0..<groups { sumForms(span, workspace, group: group) }
  }

  /// Adds the loss of the span's samples and their adjoint gradient to `sums`. Leaves the forms, too.
  func addGradient(
    _ span: Span, _ workspace: SpanWorkspace, coefficients: UnsafePointer<Double>, stride: Int, samples: Int,
    loss: Loss, targets: GroupTargets, sums: GradientSums
  ) {
    prepareForms(span, workspace)
    addWeights(
      span, workspace, coefficients: coefficients, stride: stride, samples: samples, loss: loss, targets: targets,
      sums: sums)
    let groups = SpanShape(dimension: span.dimension, branches: span.branches, format: tables.format).groups
    for group in 0..<groups { descend(span, workspace, group: group, moments: sums.moments) }
  }
}
