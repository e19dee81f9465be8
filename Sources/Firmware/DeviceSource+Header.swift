import Files
import Models

extension DeviceSource {
  /// The text of the header.
  public var header: String {
    """
    /* A quantum neural network of \(counted(model.ansatz.qubits, "qubit")). Made by \(maker) of the model
       \(digest).

    \(notes.map { "   " + $0 }.joined(separator: "\n")) */
    #ifndef \(upper)_H
    #define \(upper)_H

    #ifdef __cplusplus
    extern "C" {
    #endif

    #define \(upper)_INPUTS \(inputs) /* numbers of a sample */
    #define \(upper)_LOGITS \(model.logits)

    enum \(name)_status {
      \(upper)_OK = 0,
      \(upper)_NOT_FINITE,     /* a number that is none */
      \(upper)_NOT_NORMALISED, /* a state whose squared norm is not 1, to 1e-4 */
      \(upper)_NOT_BITS,       /* a number that is to be 0 or 1, and is not */
      \(upper)_NOT_REAL,       /* imaginary parts of what is no amplitude */
      \(upper)_ZERO            /* amplitudes that nothing can normalise */
    };

    /* The logits of a sample. `imaginary` may be a null pointer: the sample is real. Not reentrant: what it keeps is
       static. */
    enum \(name)_status \(name)_logits(const float *real, const float *imaginary, float *logits);
    \(model.task == .classification ? "\n" + Self.classFunctions(name) : "")
    /* The largest difference of a logit from the model's own, over \(counted(probes.count, "sample")) that the device
       makes in \(upper)_INPUTS floats of yours, divided by the largest logit or 1. Below 1e-5 with IEEE's floats. */
    float \(name)_self_test(float *sample);

    #ifdef __cplusplus
    }
    #endif
    #endif

    """
  }

  private static func classFunctions(_ name: String) -> String {
    """
    /* The number of the largest logit, the lowest of equals. */
    int \(name)_class(const float *logits);

    /* softmax(logits) */
    void \(name)_probabilities(const float *logits, float *probabilities);

    """
  }

  private func counted(_ count: Int, _ one: String) -> String { "\(count) \(one)\(count == 1 ? "" : "s")" }

  private var notes: [String] {
    var lines = [
      "encoder \(model.encoder.name); qubit q is bit \(model.ansatz.qubitOrder == .littleEndian ? "q" : "n-1-q") of an "
        + "amplitude's index"
    ]
    if let features = model.features {
      lines.append("a row of \(features.columns) numbers becomes bits: (row - mean) . component > threshold")
    }
    for (index, observable) in model.observables.enumerated() {
      lines.append(
        "logit \(index) = \(JSON.numberText(model.scales[index])) * <\(observable.text)> + "
          + JSON.numberText(model.biases[index]))
    }
    switch inference {
    case .gates(_, nil): lines.append("by gates, matrices prepared")
    case .gates(_, let bits?): lines.append("by gates, angles rounded to \(bits.rawValue) bits")
    case .forms(let forms):
      lines.append(
        "by Hermitian forms on \(forms.map { "\($0.cone.nonzeroBitCount)" }.joined(separator: ", ")) qubits"
          + (bits.map { ", angles rounded to \($0.rawValue) bits" } ?? ""))
    }
    return lines + ["static RAM \(stateBytes) bytes, constants \(tableBytes) bytes of flash"]
  }
}
