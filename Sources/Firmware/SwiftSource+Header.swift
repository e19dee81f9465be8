extension SwiftSource {
  /// The text of the header, by which C calls the Swift file's functions: those of the C form, to the letter.
  public var header: String {
    let upper = name.uppercased()
    let inputs =
      model.features?.columns ?? (model.encoder.isProduct ? model.ansatz.qubits : model.ansatz.amplitudes)
    let classes = """

      /* The number of the largest logit, the lowest of equals. */
      int \(name)_class(const float *logits);

      /* softmax(logits) */
      void \(name)_probabilities(const float *logits, float *probabilities);

      """
    return """
      /* \(notes.map { $0.isEmpty ? $0 : "   " + $0 }.joined(separator: "\n").dropFirst(3)) */
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

      /* The logits of a sample. `imaginary` may be a null pointer: the sample is real. Not reentrant: the state is
         static. */
      enum \(name)_status \(name)_logits(const float *real, const float *imaginary, float *logits);
      \(model.task == .classification ? classes : "")
      /* The largest difference of a logit from the model's own, over \(probes.count) samples that the device makes in
         \(upper)_INPUTS floats of yours, divided by the largest logit or 1. Below 1e-5 where floats are IEEE's. */
      float \(name)_self_test(float *sample);

      #ifdef __cplusplus
      }
      #endif
      #endif

      """
  }
}
