/// Functions of sources that evaluate Hermitian forms. (i - mask) & mask is the next subset of a mask's bits.
extension CText {
  /// ψ†Fψ of a sample of amplitudes, which stays where it is.
  /// - Parameter isScaled: whether amplitudes are multiplied by `unit`.
  static func amplitudeForm(isScaled: Bool) -> String {
    let unit = isScaled ? "unit * " : ""
    return """
      /* psi* F psi: F, whose lower triangle is packed, acts on the bits of a mask */
      static float form(const float *entries, unsigned long cone, const float *real, const float *imaginary)
      {
        const unsigned long others = (AMPLITUDES - 1) & ~cone;
        unsigned long rest = 0, k, l;
        float sum = 0.0f;
        do {
          const float *f = entries;
          k = 0;
          do {
            const float x = \(unit)real[rest | k], y = imaginary == NULL ? 0.0f : \(unit)imaginary[rest | k];
            for (l = 0; l != k; l = (l - cone) & cone) {
              const float u = \(unit)real[rest | l], v = imaginary == NULL ? 0.0f : \(unit)imaginary[rest | l];
              sum += READ(f) * (x * u + y * v) + READ(f + 1) * (x * v - y * u);
              f += 2;
            }
            sum += READ(f) * (x * x + y * y);
            f++;
            k = (k - cone) & cone;
          } while (k != 0);
          rest = (rest - others) & others;
        } while (rest != 0);
        return sum;
      }
      """
  }

  /// The same of a product state, of which only the qubits that the form sees are made.
  /// - Parameters:
  ///   - qubit: of a `bit`.
  ///   - amplitudes: of |0⟩ and |1⟩ by the number `x`.
  static func productForm(qubits: Int, qubit: String, amplitudes: (zero: String, one: String), room: Int) -> String {
    """
    static float re[\(room)];

    /* psi* F psi: F, whose lower triangle is packed, acts on the bits of a mask */
    static float form(const float *f, unsigned long cone, const float *real)
    {
      unsigned int size = 1, k, l;
      int bit;
      float sum = 0.0f;
      re[0] = 1.0f;
      for (bit = 0; bit < \(qubits); bit++) {
        if (cone >> bit & 1) {
          const float x = real[\(qubit)], low = \(amplitudes.zero), high = \(amplitudes.one);
          for (k = 0; k < size; k++) {
            re[size + k] = re[k] * high;
            re[k] *= low;
          }
          size *= 2;
        }
      }
      for (k = 0; k < size; k++) {
        for (l = 0; l <= k; l++) {
          sum += READ(f) * re[k] * re[l];
          f++;
        }
      }
      return sum;
    }
    """
  }
}
