import Files

/// Pieces of C.
enum CText {
  /// In single precision.
  static func number(_ value: Double) -> String {
    let text = JSON.numberText(Double("\(Float(value))") ?? 0)
    return (text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? text : text + ".0") + "f"
  }

  static func table(_ name: String, _ values: [Double]) -> String {
    var lines = [" "]
    for value in values {
      let text = " " + number(value) + ","
      if lines[lines.count - 1].count + text.count > 100 { lines.append(" ") }
      lines[lines.count - 1] += text
    }
    return "TABLE \(name)[\(values.count)] = {\n" + lines.joined(separator: "\n") + "\n};"
  }

  static let head = """
    /* Constants stay in flash, where others are copied into RAM. */
    #if defined(__AVR__)
    #include <avr/pgmspace.h>
    #define TABLE static const float PROGMEM
    #define READ(place) pgm_read_float(place)
    #else
    #define TABLE static const float
    #define READ(place) (*(place))
    #endif
    """

  /// [[a, −b*], [b, a*]] on a bit.
  static let turn = """
    static void turn(unsigned char bit, const float *u)
    {
      const float ar = READ(u), ai = READ(u + 1), br = READ(u + 2), bi = READ(u + 3);
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
