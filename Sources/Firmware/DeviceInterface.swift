import Files
import Models

/// What the sources of a model have in common, in C and in Swift: the header by which C calls them, and notes on where
/// the model comes from and on its conventions.
struct DeviceInterface: Sendable {
  let model: Model
  let digest: String
  /// What all names begin with.
  let name: String
  /// The program and its version.
  let maker: String
  /// Samples of the self-test.
  let probes: Int
  /// What is the source's own to say: how it computes, what it takes.
  let remarks: [String]

  /// Numbers of a sample.
  static func inputs(_ model: Model) -> Int {
    model.features?.columns ?? (model.encoder.isProduct ? model.ansatz.qubits : model.ansatz.amplitudes)
  }

  private var upper: String { name.uppercased() }

  private func counted(_ count: Int, _ one: String) -> String { "\(count) \(one)\(count == 1 ? "" : "s")" }

  /// The lines of a comment.
  var notes: [String] {
    var lines = [
      "A quantum neural network of \(counted(model.ansatz.qubits, "qubit")). Made by \(maker) of the model",
      "\(digest).", "",
      "encoder \(model.encoder.name); qubit q is bit \(model.ansatz.qubitOrder == .littleEndian ? "q" : "n-1-q") of an "
        + "amplitude's index",
    ]
    if let features = model.features {
      lines.append("a row of \(features.columns) numbers becomes bits: (row - mean) . component > threshold")
    }
    for (index, observable) in model.observables.enumerated() {
      lines.append(
        "logit \(index) = \(JSON.numberText(model.scales[index])) * <\(observable.text)> + "
          + JSON.numberText(model.biases[index]))
    }
    return lines + remarks
  }

  /// The text of the header.
  var header: String {
    """
    /* \(notes.map { $0.isEmpty ? $0 : "   " + $0 }.joined(separator: "\n").dropFirst(3)) */
    #ifndef \(upper)_H
    #define \(upper)_H

    #ifdef __cplusplus
    extern "C" {
    #endif

    #define \(upper)_INPUTS \(Self.inputs(model)) /* numbers of a sample */
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
    \(model.task == .classification ? "\n" + classFunctions : "")
    /* The largest difference of a logit from the model's own, over \(counted(probes, "sample")) that the device
       makes in \(upper)_INPUTS floats of yours, divided by the largest logit or 1. Below 1e-5 with IEEE's floats. */
    float \(name)_self_test(float *sample);

    #ifdef __cplusplus
    }
    #endif
    #endif

    """
  }

  private var classFunctions: String {
    """
    /* The number of the largest logit, the lowest of equals. */
    int \(name)_class(const float *logits);

    /* softmax(logits) */
    void \(name)_probabilities(const float *logits, float *probabilities);

    """
  }
}
