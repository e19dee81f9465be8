import Batches
import Evaluation
import Imports
import Models
import Settings

/// Everything that ends a subcommand early. `ErrorText` turns it into words, `ExitCode` into a number.
public enum CommandError: Error, Sendable {
  case session(SessionError)
  case profile(ProfileError)
  case setting(SettingError)
  /// A setting without which the job cannot start; `flag` gives it.
  case missing(key: String, flag: String, job: Job)
  case inspected(path: String, ModelError)
  /// The report was printed, but misses the quality gate.
  case gateNotMet([QualityGate.Miss])
  /// A run over a spool that came to its end, and left something to look at.
  case spool(SpoolSummary)
  /// Devices that cannot run the model, each of which was told of.
  case devices(refused: Int, of: Int)
  /// A board that has less memory than a model's source needs; bytes.
  case board(String, memory: String, needed: Int, available: Int)
  /// A file that holds no metrics; lines count from 1.
  case metrics(path: String, line: Int)
  /// A damaged file of `report.prometheus`; lines count from 1.
  case runMetrics(path: String, line: Int)
  /// The metrics of a spool that has none yet.
  case nothingEvaluated(path: String)
  /// Parts are not joined.
  case merge(MergeError)
  case importing(ImportError)
  /// Standard output could not be written.
  case output(errno: Int32)
  /// Another run works on the output, and `host.if-locked` says to leave it the work: no failure.
  case skipped
}
