import Kernel
import Models

extension DeviceSource {
  /// The text of the C file, which includes `NAME.h`.
  public var body: String {
    var parts = [
      """
      /* Made by \(maker) of the model
         \(digest). */
      #include "\(name).h"

      #include <math.h>
      #include <stddef.h>
      """, CText.head, tables,
      "#define AMPLITUDES \(model.ansatz.amplitudes)ul\n\nstatic float re[AMPLITUDES], im[AMPLITUDES];",
    ]
    if !program.turns.isEmpty { parts.append(CText.turn) }
    if program.steps.contains(where: { if case .cnot = $0 { true } else { false } }) { parts.append(CText.cnot) }
    if program.steps.contains(where: { if case .cz = $0 { true } else { false } }) { parts.append(CText.cz) }
    if model.observables.contains(where: { !$0.terms.isEmpty }) { parts.append(CText.expectation) }
    parts += [input, logits(signature: "static void answer(float *logits)"), entry]
    if model.task == .classification { parts.append(classes) }
    parts.append(selfTest)
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var tables: String {
    var tables: [String] = []
    if !program.turns.isEmpty {
      tables.append("/* [turn][a.re, a.im, b.re, b.im] of [[a, -b*], [b, a*]] */\n" + CText.table("turns", turnTable))
    }
    tables.append("/* [logit][scale, bias] */\n" + CText.table("readout", answerTable))
    if let features = model.features {
      tables.append("/* [column] */\n" + CText.table("mean", features.mean))
      tables.append("/* [bit][column] */\n" + CText.table("components", features.components))
    }
    tables.append("/* [probe][logit] */\n" + CText.table("expected", probes.flatMap(\.logits)))
    return tables.joined(separator: "\n\n")
  }

  private func logits(signature: String) -> String {
    let steps = program.steps.map { step in
      switch step {
      case .turn(let bit, let index): "  turn(\(bit), turns + \(4 * index));"
      case .cnot(let control, let target): "  cnot(\(control), \(target));"
      case .cz(let a, let b): "  cz(\(a), \(b));"
      }
    }
    let answers = model.observables.enumerated().map { index, observable in
      let terms = observable.kernelTerms(model.ansatz, logit: index).map { term in
        let string = "expectation(\(term.flips)ul, \(term.signs)ul, \(term.phase))"
        return term.weight == 1 ? string : "\(CText.number(term.weight)) * \(string)"
      }
      return "  logits[\(index)] = READ(readout + \(2 * index))\n    * (" + terms.joined(separator: "\n      + ")
        + ")\n    + READ(readout + \(2 * index + 1));"
    }
    return ([signature, "{"] + steps + answers + ["}"]).joined(separator: "\n")
  }

  private var entry: String {
    """
    enum \(name)_status \(name)_logits(const float *real, const float *imaginary, float *logits)
    {
      const enum \(name)_status status = begin(real, imaginary);
      if (status == \(upper)_OK) answer(logits);
      return status;
    }
    """
  }

  private var classes: String {
    """
    int \(name)_class(const float *logits)
    {
      int i, best = 0;
      for (i = 1; i < \(upper)_LOGITS; i++) {
        if (logits[i] > logits[best]) best = i;
      }
      return best;
    }

    void \(name)_probabilities(const float *logits, float *probabilities)
    {
      const float largest = logits[\(name)_class(logits)];
      float sum = 0.0f;
      int i;
      for (i = 0; i < \(upper)_LOGITS; i++) {
        probabilities[i] = expf(logits[i] - largest);
        sum += probabilities[i];
      }
      for (i = 0; i < \(upper)_LOGITS; i++) probabilities[i] /= sum;
    }
    """
  }

  /// A sample of amplitudes is made in the state itself, which `begin` reads before it writes it.
  private var selfTest: String {
    let isProduct = model.encoder.isProduct
    let count = isProduct ? "\(model.ansatz.qubits)" : "AMPLITUDES"
    let begin = model.features == nil ? "begin" : "begin_bits"
    let state = """
          for (i = 0; i < AMPLITUDES; i++) norm += sample[i] * sample[i];
          norm = sqrtf(norm);
          for (i = 0; i < AMPLITUDES; i++) sample[i] /= norm;

      """
    return """
      float \(name)_self_test(void)
      {
        float \(isProduct ? "sample[\(count)]" : "*const sample = re"), logits[\(upper)_LOGITS], worst = 0.0f;
        int probe, j;
        for (probe = 0; probe < \(probes.count); probe++) {
          const float *const own = expected + probe * \(upper)_LOGITS;
          unsigned long seed = (unsigned long)probe + 1ul, i;
          float largest = 1.0f\(model.encoder == .state ? ", norm = 0.0f" : "");
          for (i = 0; i < \(count); i++) {
            seed = (seed * 1664525ul + 1013904223ul) & 0xfffffffful;
            sample[i] = (float)(seed >> 8) * 1.1920928955078125e-07f - 1.0f;
      \(model.encoder.takesBits ? "      sample[i] = sample[i] > 0.0f ? 1.0f : 0.0f;\n" : "")    }
      \(model.encoder == .state ? state : "")    if (\(begin)(sample, NULL) != \(upper)_OK) return INFINITY;
          answer(logits);
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
