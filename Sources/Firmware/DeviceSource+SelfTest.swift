import Kernel
import Models

extension DeviceSource {
  /// `NAME_self_test`: samples are made in the caller's memory, bits of principal components in its own.
  var selfTest: String {
    let isProduct = model.encoder.isProduct
    let count = isProduct ? "\(model.ansatz.qubits)" : "AMPLITUDES"
    let (sample, local) = model.features == nil ? ("sample", "") : ("bits", "bits[\(count)], ")
    let norm = """
          for (i = 0; i < AMPLITUDES; i++) norm += sample[i] * sample[i];
          norm = sqrtf(norm);
          for (i = 0; i < AMPLITUDES; i++) sample[i] /= norm;

      """
    return """
      float \(name)_self_test(float *sample)
      {
        float \(local)logits[\(upper)_LOGITS], worst = 0.0f;
        int probe, j;
      \(model.features == nil ? "" : "  (void)sample;\n")  for (probe = 0; probe < \(probes.count); probe++) {
          const float *const own = expected + probe * \(upper)_LOGITS;
          unsigned long seed = (unsigned long)probe + 1ul, i;
          float largest = 1.0f\(model.encoder == .state ? ", norm = 0.0f" : "");
          for (i = 0; i < \(count); i++) {
            seed = (seed * 1664525ul + 1013904223ul) & 0xfffffffful;
            \(sample)[i] = (float)(seed >> 8) * 1.1920928955078125e-07f - 1.0f;
      \(model.encoder.takesBits ? "      \(sample)[i] = \(sample)[i] > 0.0f ? 1.0f : 0.0f;\n" : "")    }
      \(model.encoder == .state ? norm : "")    if (begin(\(sample), NULL) != \(upper)_OK) return INFINITY;
          \(answering(sample, "NULL"));
          for (j = 0; j < \(upper)_LOGITS; j++) {
            if (fabsf(READ(own + j)) > largest) largest = fabsf(READ(own + j));
          }
          for (j = 0; j < \(upper)_LOGITS; j++) {
            const float off = fabsf(logits[j] - READ(own + j)) / largest;
            if (!(off <= worst)) worst = off;
          }
        }
        return worst;
      }
      """
  }
}
