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
    ]
    if hasAmplitudes { parts.append("#define AMPLITUDES \(model.ansatz.amplitudes)ul") }
    parts += functions
    parts.append(input)
    if model.features != nil { parts.append(features) }
    parts += [answer, entry]
    if model.task == .classification { parts.append(classes) }
    parts.append(selfTest)
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Whether the file speaks of all amplitudes.
  private var hasAmplitudes: Bool {
    if case .gates = inference { return true }
    return !model.encoder.isProduct
  }

  private var tables: String {
    var tables: [String] = []
    switch inference {
    case .gates(let program, let bits?) where !program.turns.isEmpty:
      tables.append(
        "/* [turn][x, y, z]: angles of RZ RY RX in multiples of 2 pi / \(bits.steps), \(bits.rawValue) bits each */\n"
          + CText.table("codes", bits.packed(program.codes(bits))))
    case .gates(let program, nil) where !program.turns.isEmpty:
      tables.append(
        "/* [turn][a.re, a.im, b.re, b.im] of [[a, -b*], [b, a*]] */\n"
          + CText.table("turns", program.turns.flatMap { $0 }))
    case .gates: break
    case .forms(let forms):
      tables.append(
        "/* [logit][row][column]: lower triangles of Hermitian forms, as quadratic forms add them up */\n"
          + CText.table("forms", forms.flatMap(\.values)))
    }
    tables.append("/* [logit][scale, bias] */\n" + CText.table("readout", answerTable))
    if let features = model.features {
      tables.append("/* [column] */\n" + CText.table("mean", features.mean))
      tables.append("/* [bit][column] */\n" + CText.table("components", features.components))
    }
    tables.append("/* [probe][logit] */\n" + CText.table("expected", probes.flatMap(\.logits)))
    return tables.joined(separator: "\n\n")
  }

  /// What the answer calls.
  private var functions: [String] {
    switch inference {
    case .gates(let program, let bits):
      var parts = [CText.state]
      if !program.turns.isEmpty { parts.append(bits.map(CText.roundedTurn) ?? CText.turn) }
      if program.steps.contains(where: { if case .cnot = $0 { true } else { false } }) { parts.append(CText.cnot) }
      if program.steps.contains(where: { if case .cz = $0 { true } else { false } }) { parts.append(CText.cz) }
      return parts + [CText.expectation]
    case .forms(let forms):
      if !model.encoder.isProduct {
        return (scalesItself ? ["/* what makes a sample's norm 1 */\nstatic float unit;"] : [])
          + [CText.amplitudeForm(isScaled: scalesItself)]
      }
      return [
        CText.productForm(
          qubits: model.ansatz.qubits, qubit: qubitOfBit, amplitudes: productAmplitudes,
          room: 1 << (forms.map(\.cone.nonzeroBitCount).max() ?? 0))
      ]
    }
  }

  private var answer: String {
    let steps: [String]
    let values: [String]
    switch inference {
    case .gates(let program, let bits):
      steps = program.steps.map { step in
        switch step {
        case .turn(let bit, let index): bits == nil ? "turn(\(bit), turns + \(4 * index));" : "turn(\(bit), \(index));"
        case .cnot(let control, let target): "cnot(\(control), \(target));"
        case .cz(let a, let b): "cz(\(a), \(b));"
        }
      }
      values = model.observables.enumerated().map { index, observable in
        let terms = observable.kernelTerms(model.ansatz, logit: index).map { term in
          let string = "expectation(\(term.flips)ul, \(term.signs)ul, \(term.phase))"
          return term.weight == 1 ? string : "\(CText.number(term.weight)) * \(string)"
        }
        return "(" + terms.joined(separator: "\n      + ") + ")"
      }
    case .forms(let forms):
      steps = []
      var start = 0
      values = forms.map { form in
        defer { start += form.values.count }
        return "form(forms + \(start), \(form.cone)ul, real\(model.encoder.isProduct ? "" : ", imaginary"))"
      }
    }
    let answers = values.enumerated().map { index, value in
      "  logits[\(index)] = READ(readout + \(2 * index))\n    * \(value)\n    + READ(readout + \(2 * index + 1));"
    }
    let input =
      switch inference {
      case .gates: ""
      case .forms: "const float *real, " + (model.encoder.isProduct ? "" : "const float *imaginary, ")
      }
    return (["static void answer(\(input)float *logits)", "{"] + steps.map { "  " + $0 } + answers + ["}"])
      .joined(separator: "\n")
  }

  /// A call of `answer` on a sample of that name.
  func answering(_ real: String, _ imaginary: String) -> String {
    switch inference {
    case .gates: "answer(logits)"
    case .forms: "answer(\(real), \(model.encoder.isProduct ? "" : imaginary + ", ")logits)"
    }
  }

  private var entry: String {
    let begin =
      model.features == nil
      ? "  const enum \(name)_status status = begin(real, imaginary);\n"
      : """
        float bits[\(model.ansatz.qubits)];
        enum \(name)_status status = project(real, imaginary, bits);
        if (status == \(upper)_OK) status = begin(bits, NULL);

      """
    return """
      enum \(name)_status \(name)_logits(const float *real, const float *imaginary, float *logits)
      {
      \(begin)  if (status == \(upper)_OK) \(answering(model.features == nil ? "real" : "bits", "imaginary"));
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
}
