/// How a classical vector becomes a state (PAPER.md sections 1 and 4).
public enum Encoder: UInt8, Sendable {
  /// The sample is a state: 2ⁿ amplitudes, real or complex, of norm 1.
  case state
  /// Up to 2ⁿ features, zero-padded, divided by their norm.
  case amplitude
  /// Up to 2ⁿ features, zero-padded, as they are: expectations scale with the squared norm.
  case amplitudeUnnormalized
  /// One feature a qubit, 0 or 1: (|0⟩ + (−1)^x |1⟩)/√2.
  case phase
  /// One feature a qubit, radians: Ry(x)|0⟩.
  case angle
  /// One feature a qubit, 0 or 1: |x⟩.
  case basis

  /// One number for each qubit, not one for each amplitude.
  public var isProduct: Bool { self == .phase || self == .angle || self == .basis }
}
