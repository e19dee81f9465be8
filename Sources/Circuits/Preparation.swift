import Kernel

/// How a sample comes before a circuit.
public enum Preparation: Sendable, Equatable {
  /// Gates on |0…0⟩.
  case gates([CircuitGate])
  /// A state of norm 1, `[amplitude]`, that the circuit begins in; expectations of the sample are those of the state
  /// times `squaredNorm`.
  case state(real: [Double], imaginary: [Double], squaredNorm: Double)

  /// - Parameters:
  ///   - real, imaginary: the encoder's row; of a product encoder a number a qubit, real.
  ///   - amplitudes: of the circuit's states; missing ones are 0.
  /// - Returns: nil where a row of amplitudes is all zero, so that no state has its direction.
  public init?(_ encoder: Encoder, real: [Double], imaginary: [Double], amplitudes: Int) {
    if encoder.isProduct {
      self = .gates(
        real.enumerated().compactMap { qubit, number in
          // Ry(±π/2)|0⟩ = (|0⟩ ± |1⟩)/√2, Ry(π)|0⟩ = |1⟩.
          let angle: Double? =
            switch encoder {
            case .phase: number != 0 ? -Double.pi / 2 : Double.pi / 2
            case .basis: number != 0 ? Double.pi : nil
            default: number
            }
          return angle.map { CircuitGate(.ry, [qubit], angle: $0, layer: 0) }
        })
      return
    }
    // The largest magnitude becomes 1 first, so that no square overflows or vanishes.
    let largest = zip(real, imaginary).reduce(0) { max($0, $1.0.magnitude, $1.1.magnitude) }
    guard largest > 0 else { return nil }
    let norm = zip(real, imaginary).reduce(0) {
      $0 + ($1.0 / largest) * ($1.0 / largest) + ($1.1 / largest) * ($1.1 / largest)
    }.squareRoot()
    let padding = [Double](repeating: 0, count: amplitudes - real.count)
    self = .state(
      real: real.map { $0 / largest / norm } + padding, imaginary: imaginary.map { $0 / largest / norm } + padding,
      squaredNorm: encoder == .amplitude ? 1 : norm * norm * largest * largest)
  }
}
