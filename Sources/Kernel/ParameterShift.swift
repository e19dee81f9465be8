extension Network {
  /// The gradient of the angles by the parameter-shift rule of the ansatz's convention, the independent second way: two
  /// forward runs for each parameter, and the tables made anew for each. For checks and for hardware-like runs; the
  /// adjoint gradient costs as much as about four forward runs in all.
  ///
  /// - Parameters:
  ///   - input: a state that shares no memory with the workspace.
  ///   - angles: shifted and restored in place; the tables are left prepared for them.
  ///   - weights: `[lane][logit]`, ∂loss/∂logit, 0 for lanes without a sample.
  ///   - logits: `[2][lane][logit]`, overwritten.
  ///   - gradient: in the parameters' layout; added to.
  @_noAllocation
  public func addShiftGradient(
    _ input: UnsafeMutableRawPointer, _ workspace: Workspace, angles: UnsafeMutablePointer<Double>,
    weights: UnsafePointer<Double>, logits: UnsafeMutablePointer<Double>, gradient: UnsafeMutablePointer<Double>
  ) {
    let (shift, factor) =
      tables.ansatz.rotation == .half ? (Double.pi / 2, 0.5) : (Double.pi / 4, 1.0)
    let count = tables.format.lanes * readout.logits
    var p = 0
    while p < tables.ansatz.parameterCount {
      let angle = angles[p]
      angles[p] = angle + shift
      tables.prepare(angles: angles)
      forward(input, workspace, logits: logits)
      angles[p] = angle - shift
      tables.prepare(angles: angles)
      forward(input, workspace, logits: logits + count)
      angles[p] = angle
      var sum = 0.0
      var i = 0
      while i < count {
        sum += weights[i] * (logits[i] - logits[count + i])
        i += 1
      }
      gradient[p] += factor * sum
      p += 1
    }
    tables.prepare(angles: angles)
  }
}
