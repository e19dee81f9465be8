import Batches
import Budget
import Kernel
import Models
import Settings

/// A job that trains a model and writes it: `train`, `distill`, `compress`. What differs between them stands here; what
/// they do, in which order, stands in `run`.
package protocol TrainingJob {
  associatedtype Memory: TrainingJobMemory
  associatedtype Prepared: PreparedTraining
  /// With `training.states` as many as the training set really has.
  var settings: Settings { get }
  var job: Job { get }
  /// Of all restarts together.
  var iterations: Int { get }
  var schedule: StepSchedule { get }
  /// How many numbers the file has.
  var fileNumbers: Int { get }
  var fitting: Fitting { get }
  /// What the model depends on.
  /// - Parameter digest: of a file; 64 digits.
  func identity(digest: (String) throws(SessionError) -> String) throws(SessionError) -> RunIdentity
  /// - Parameter qubits: of the model; another number to find out whether that would fit.
  func reserve(
    _ layout: Layout, batch: Int, qubits: Int, metadataBytes: Int, in planner: inout Planner
  ) throws(SessionError) -> Memory
  /// Puts data and model in their places: all that comes before the seal.
  func prepare(_ memory: Memory, _ arena: borrowing Arena, progress: Progress) throws(SessionError) -> Prepared
}

/// A job's model in its memory, its training set in place.
package protocol PreparedTraining: AnyObject {
  associatedtype Report
  var model: any TrainedModel { get }
  /// Tests on samples that training does not see. Allocates nothing.
  /// - Returns: false where the run is to stop.
  func test() -> Bool
  /// After the seal's end: what the test came to.
  /// - Throws: `SessionError` where it failed.
  func finish() throws(SessionError)
  /// The model as it is now.
  /// - Parameter run: the digest of all that it depends on.
  func file(run: String) throws(SessionError) -> TensorFile
  func report(_ outcome: TrainingOutcome) -> Report
  /// Writes what must not be there before the run is over.
  func close() throws(SessionError)
}

/// What the reports of all these jobs tell.
package struct TrainingOutcome {
  package let facts: RunFacts
  /// The model's file, and its digest.
  package let path: String
  package let sha256: String
  package let seconds: Double
  /// `[iteration]`, of all restarts.
  package let losses: [Double]
  /// Empty where there was but one training, to its end.
  package let restarts: [TrainingReport.Selected.Restart]
}
