/// The affine readout: logit_j = scale_j · ⟨O_j⟩ + bias_j. With scale 1 and bias 0 it is the paper's plain readout;
/// PAPER.md section 6 shows why the bias decides.
public struct Readout {
  public let logits: Int
  /// `[logit]`
  public let scales: UnsafePointer<Double>
  public let biases: UnsafePointer<Double>

  @_noAllocation
  public init(logits: Int, scales: UnsafePointer<Double>, biases: UnsafePointer<Double>) {
    self.logits = logits
    self.scales = scales
    self.biases = biases
  }

  /// Replaces expectations `[logit]` by logits.
  @_noAllocation
  public func apply(_ values: UnsafeMutablePointer<Double>) {
    var j = 0
    while j < logits {
      values[j] = scales[j] * values[j] + biases[j]
      j += 1
    }
  }
}
