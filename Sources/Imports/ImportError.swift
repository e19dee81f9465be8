import Batches
import Files
import Models
import Samples

/// Why an array of others does not become a model.
public enum ImportError: Error, Sendable {
  case file(FileError)
  case array(path: String, NPYError)
  case tensors(path: String, TensorFileError)
  /// The model that is to be followed.
  case like(path: String, ModelError)
  /// The result cannot be written.
  case written(path: String, ModelError)
  case noTensor(path: String, name: String, there: [String])
  case notFinite(path: String, index: Int)
  /// An entry of the file's metadata.
  case metadata(path: String, key: String, given: String, allowed: String)
  /// Two that state a convention state different ones.
  case contradiction(Convention, path: String, Statements.Statement, Statements.Statement)
  /// Nobody says what the array means. What fits the probe, if there is one.
  case unstated(path: String, [Convention], ConventionSearch.Outcome?)
  /// The array is no model with the conventions stated. What fits the probe, if there is one.
  case unfit(path: String, String, given: String, allowed: String, ConventionSearch.Outcome? = nil)
  /// The model does not compute what is expected. What does.
  case unproven(path: String, ProofResult, ConventionSearch.Outcome)
  /// Expected logits of another shape: rows of the probe, observables.
  case expected(path: String, given: [Int], rows: Int, logits: Int)
  /// The probe could not be read or run. What takes its rows and fits, if that was looked for.
  case session(SessionError, ConventionSearch.Outcome? = nil)
  /// The proof needs more memory than it may have: bytes.
  case overBudget(needed: Int, available: Int)

  /// Whether a model does not take the probe's rows; another may.
  var isOfRows: Bool {
    switch self {
    case .session(.samples, _), .session(.row, _): true
    default: false
    }
  }
}
