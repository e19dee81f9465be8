import Kernel
import Models

extension DeviceSource {
  /// `begin`, which writes the state of a sample.
  var input: String {
    if !model.encoder.isProduct { return amplitudes }
    if model.features == nil { return product("begin", realParts: "real") }
    return product("begin_bits", realParts: "real") + "\n\n" + features
  }

  private var signature: String { "static enum \(name)_status " }

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
    var lines = [signature + "begin(const float *real, const float *imaginary)", "{"]
    if model.encoder != .amplitudeUnnormalized { lines.append("  float norm = 0.0f;") }
    if isNormalised { lines.append("  float largest = 0.0f;") }
    lines += ["  unsigned long i;", finite("AMPLITUDES")]
    if isNormalised {
      // Squares of what is large or small leave the range of floats, so the largest number becomes 1 first.
      lines.append(
        """
          for (i = 0; i < AMPLITUDES; i++) {
            if (fabsf(real[i]) > largest) largest = fabsf(real[i]);
            if (imaginary != NULL && fabsf(imaginary[i]) > largest) largest = fabsf(imaginary[i]);
          }
          if (largest == 0.0f) return \(upper)_ZERO;
        """)
    }
    let divided = isNormalised ? " / largest" : ""
    lines.append(
      """
        for (i = 0; i < AMPLITUDES; i++) {
          const float r = real[i]\(divided), m = imaginary == NULL ? 0.0f : imaginary[i]\(divided);
          re[i] = r;
          im[i] = m;
      \(model.encoder == .amplitudeUnnormalized ? "" : "    norm += r * r + m * m;\n")  }
      """)
    if model.encoder == .state {
      lines.append("  if (!(fabsf(norm - 1.0f) <= 1e-4f)) return \(upper)_NOT_NORMALISED;")
    }
    if isNormalised {
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

  private func product(_ function: String, realParts: String) -> String {
    let count = model.ansatz.qubits
    let (low, high): (String, String) =
      switch model.encoder {
      case .phase: ("0.70710678f", "x != 0.0f ? -0.70710678f : 0.70710678f")
      case .basis: ("x != 0.0f ? 0.0f : 1.0f", "x != 0.0f ? 1.0f : 0.0f")
      default: ("cosf(0.5f * x)", "sinf(0.5f * x)")
      }
    let qubit = model.ansatz.qubitOrder == .littleEndian ? "bit" : "\(count - 1) - bit"
    let bits = """
        for (i = 0; i < \(count); i++) {
          if (real[i] != 0.0f && real[i] != 1.0f) return \(upper)_NOT_BITS;
        }

      """
    return """
      \(signature)\(function)(const float *real, const float *imaginary)
      {
        unsigned long i;
        int bit;
        if (imaginary != NULL) return \(upper)_NOT_REAL;
      \(finite("\(count)"))
      \(model.encoder.takesBits ? bits : "")  re[0] = 1.0f;
        for (bit = 0; bit < \(count); bit++) {
          const float x = real[\(qubit)];
          const float low = \(low), high = \(high);
          for (i = 0; i < 1ul << bit; i++) {
            re[i | 1ul << bit] = re[i] * high;
            re[i] *= low;
          }
        }
        for (i = 0; i < AMPLITUDES; i++) im[i] = 0.0f;
        return \(upper)_OK;
      }
      """
  }

  private var features: String {
    """
    \(signature)begin(const float *real, const float *imaginary)
    {
      float bits[\(model.ansatz.qubits)];
      int q;
      unsigned long i;
      if (imaginary != NULL) return \(upper)_NOT_REAL;
    \(finite("\(inputs)"))
      for (q = 0; q < \(model.ansatz.qubits); q++) {
        float sum = 0.0f;
        for (i = 0; i < \(inputs); i++) sum += (real[i] - READ(mean + i)) * READ(components + q * \(inputs)ul + i);
        bits[q] = sum > \(CText.number(model.features!.threshold)) ? 1.0f : 0.0f;
      }
      return begin_bits(bits, NULL);
    }
    """
  }
}
