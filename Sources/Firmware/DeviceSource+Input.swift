import Kernel
import Models

extension DeviceSource {
  /// `begin`, which checks a sample and, of gates, writes its state.
  var input: String {
    model.encoder.isProduct ? product : amplitudes
  }

  private var signature: String { "static enum \(name)_status " }

  private var hasState: Bool {
    if case .gates = inference { return true }
    return false
  }

  /// The number of the qubit behind an index's `bit`, in C.
  var qubitOfBit: String {
    model.ansatz.qubitOrder == .littleEndian ? "bit" : "\(model.ansatz.qubits - 1) - bit"
  }

  /// Of |0⟩ and |1⟩ by a sample's number `x`, in C.
  var productAmplitudes: (zero: String, one: String) {
    switch model.encoder {
    case .phase: ("0.70710678f", "x != 0.0f ? -0.70710678f : 0.70710678f")
    case .basis: ("x != 0.0f ? 0.0f : 1.0f", "x != 0.0f ? 1.0f : 0.0f")
    default: ("cosf(0.5f * x)", "sinf(0.5f * x)")
    }
  }

  private func finite(_ count: String) -> String {
    """
      for (i = 0; i < \(count); i++) {
        if (!isfinite(real[i])) return \(upper)_NOT_FINITE;
        if (imaginary != NULL && !isfinite(imaginary[i])) return \(upper)_NOT_FINITE;
      }
    """
  }

  private var amplitudes: String {
    let isNormalised = model.encoder == .amplitude
    let addsUp = model.encoder != .amplitudeUnnormalized
    var lines = [signature + "begin(const float *real, const float *imaginary)", "{"]
    if addsUp { lines.append("  float norm = 0.0f;") }
    if isNormalised { lines.append("  float largest = 0.0f;") }
    lines += ["  unsigned long i;", finite("AMPLITUDES")]
    if isNormalised {
      // Squares of what is large or small leave the range of floats, so the largest number becomes 1 first. What is
      // smaller than a normal float has no float as its inverse.
      lines.append(
        """
          for (i = 0; i < AMPLITUDES; i++) {
            if (fabsf(real[i]) > largest) largest = fabsf(real[i]);
            if (imaginary != NULL && fabsf(imaginary[i]) > largest) largest = fabsf(imaginary[i]);
          }
          if (!(largest >= 1.17549435e-38f)) return \(upper)_ZERO;
        """)
    }
    if addsUp || hasState {
      let divided = isNormalised ? " / largest" : ""
      lines.append(
        """
          for (i = 0; i < AMPLITUDES; i++) {
            const float r = real[i]\(divided), m = imaginary == NULL ? 0.0f : imaginary[i]\(divided);
        """)
      if hasState { lines.append("    re[i] = r;\n    im[i] = m;") }
      if addsUp { lines.append("    norm += r * r + m * m;") }
      lines.append("  }")
    }
    if model.encoder == .state {
      lines.append("  if (!(fabsf(norm - 1.0f) <= 1e-4f)) return \(upper)_NOT_NORMALISED;")
    }
    if scalesItself { lines.append("  unit = 1.0f / largest / sqrtf(norm);") }
    if isNormalised && hasState {
      lines.append(
        """
          norm = 1.0f / sqrtf(norm);
          for (i = 0; i < AMPLITUDES; i++) {
            re[i] *= norm;
            im[i] *= norm;
          }
        """)
    }
    return (lines + ["  return \(upper)_OK;", "}"]).joined(separator: "\n")
  }

  private var product: String {
    let count = model.ansatz.qubits
    let (low, high) = productAmplitudes
    var lines = [
      signature + "begin(const float *real, const float *imaginary)", "{", "  unsigned long i;",
    ]
    if hasState { lines.append("  int bit;") }
    lines += ["  if (imaginary != NULL) return \(upper)_NOT_REAL;", finite("\(count)")]
    if model.encoder.takesBits {
      lines.append(
        """
          for (i = 0; i < \(count); i++) {
            if (real[i] != 0.0f && real[i] != 1.0f) return \(upper)_NOT_BITS;
          }
        """)
    }
    if hasState {
      lines.append(
        """
          re[0] = 1.0f;
          for (bit = 0; bit < \(count); bit++) {
            const float x = real[\(qubitOfBit)];
            const float low = \(low), high = \(high);
            for (i = 0; i < 1ul << bit; i++) {
              re[i | 1ul << bit] = re[i] * high;
              re[i] *= low;
            }
          }
          for (i = 0; i < AMPLITUDES; i++) im[i] = 0.0f;
        """)
    }
    return (lines + ["  return \(upper)_OK;", "}"]).joined(separator: "\n")
  }

  /// `project`, which makes a row's principal components into bits.
  var features: String {
    """
    \(signature)project(const float *real, const float *imaginary, float *bits)
    {
      int q;
      unsigned long i;
      if (imaginary != NULL) return \(upper)_NOT_REAL;
    \(finite("\(inputs)"))
      for (q = 0; q < \(model.ansatz.qubits); q++) {
        float sum = 0.0f;
        for (i = 0; i < \(inputs); i++) sum += (real[i] - READ(mean + i)) * READ(components + q * \(inputs)ul + i);
        bits[q] = sum > \(CText.number(model.features!.threshold)) ? 1.0f : 0.0f;
      }
      return \(upper)_OK;
    }
    """
  }
}
