/// Functions of sources that run gates.
extension CText {
  static let state = "static float re[AMPLITUDES], im[AMPLITUDES];"

  /// [[a, −b*], [b, a*]] on a bit.
  static let turn = """
    /* [[a, -b*], [b, a*]] */
    static void turn(unsigned char bit, const float *u)
    {
      const float ar = READ(u), ai = READ(u + 1), br = READ(u + 2), bi = READ(u + 3);
    """ + pairs

  private static let pairs = """

      const unsigned long step = 1ul << bit;
      unsigned long i, k;
      for (i = 0; i < AMPLITUDES; i += 2 * step) {
        for (k = i; k < i + step; k++) {
          const float xr = re[k], xi = im[k], yr = re[k + step], yi = im[k + step];
          re[k] = ar * xr - ai * xi - br * yr - bi * yi;
          im[k] = ar * xi + ai * xr - br * yi + bi * yr;
          re[k + step] = br * xr - bi * xi + ar * yr + ai * yi;
          im[k + step] = br * xi + bi * xr + ar * yi - ai * yr;
        }
      }
    }
    """

  /// RZ RY RX on a bit, of angles that are multiples of 2π/2^bits.
  static func roundedTurn(_ bits: AngleBits) -> String {
    let quarter = bits.steps / 2
    let step = number(.pi / Double(bits.steps))
    let sine = """
      /* Taylor's series, whose next term is below 6e-8 up to pi/2: sin(pi q / \(bits.steps)), and the cosine */
      static float sine(unsigned int q)
      {
        const float x = \(step) * (float)(q > \(quarter)u ? \(bits.steps)u - q : q), y = x * x;
        float sum = -2.50521084e-8f;
        sum = sum * y + 2.75573192e-6f;
        sum = sum * y - 1.98412698e-4f;
        sum = sum * y + 8.33333333e-3f;
        sum = sum * y - 0.166666667f;
        return x + x * y * sum;
      }

      static float cosine(unsigned int q)
      {
        return q > \(quarter)u ? -sine(q - \(quarter)u) : sine(\(quarter)u - q);
      }
      """
    let code = """
      /* \(bits.rawValue) bits from the lowest of a byte on */
      static unsigned int code(unsigned int index)
      {
        const unsigned long place = \(bits.rawValue)ul * index;
        const unsigned char *const byte = codes + (place >> 3);
        return ((READ_BYTE(byte) | (unsigned int)READ_BYTE(byte + 1) << 8) >> (place & 7)) & \(bits.steps - 1)u;
      }
      """
    let turn = """
      /* RZ RY RX = [[a, -b*], [b, a*]] */
      static void turn(unsigned char bit, unsigned int index)
      {
        const unsigned int x = code(3 * index), y = code(3 * index + 1), z = code(3 * index + 2);
        const float cx = cosine(x), sx = sine(x), cy = cosine(y), sy = sine(y), cz = cosine(z), sz = sine(z);
        const float ar = cz * cy * cx + sz * sy * sx, ai = cz * sy * sx - sz * cy * cx;
        const float br = cz * sy * cx + sz * cy * sx, bi = sz * sy * cx - cz * cy * sx;
      """ + pairs
    return [sine, code, turn].joined(separator: "\n\n")
  }

  static let cnot = """
    static void cnot(unsigned char control, unsigned char target)
    {
      unsigned long i;
      for (i = 0; i < AMPLITUDES; i++) {
        if ((i >> control & 1) && !(i >> target & 1)) {
          const unsigned long k = i | 1ul << target;
          const float r = re[i], m = im[i];
          re[i] = re[k];
          im[i] = im[k];
          re[k] = r;
          im[k] = m;
        }
      }
    }
    """

  static let cz = """
    static void cz(unsigned char a, unsigned char b)
    {
      unsigned long i;
      for (i = 0; i < AMPLITUDES; i++) {
        if ((i >> a) & (i >> b) & 1) {
          re[i] = -re[i];
          im[i] = -im[i];
        }
      }
    }
    """

  /// ⟨P⟩ = Σ_i Re(ψ*_{i ⊕ flips} · i^ys · (−1)^|i ∧ signs| · ψ_i).
  static let expectation = """
    /* <P> of the string i^ys X^flips Z^signs */
    static float expectation(unsigned long flips, unsigned long signs, unsigned char ys)
    {
      float sum = 0.0f;
      unsigned long i, bits;
      for (i = 0; i < AMPLITUDES; i++) {
        const unsigned long k = i ^ flips;
        float value = ys & 1 ? im[k] * re[i] - re[k] * im[i] : re[k] * re[i] + im[k] * im[i];
        for (bits = i & signs; bits != 0; bits &= bits - 1) value = -value;
        sum += ys & 2 ? -value : value;
      }
      return sum;
    }
    """
}
