import Batches
import Files
import Models
import Settings
import Training

extension Session {
  /// Whether a job that trains has nothing left to do: its output was made by exactly this run, which came to its end,
  /// its report included.
  /// - Returns: the output's digest; nil where the job is to be run.
  /// - Throws: `SessionError` for settings and inputs that are wrong.
  public static func finished(_ job: Job, _ settings: Settings) throws(SessionError) -> String? {
    if job == .evaluate || job == .reproduce { return nil }
    let path = settings.output(of: job).path
    let checkpoint = path + Checkpoint.suffix
    if path.isEmpty || !isRegularFile(path) || fileExists(checkpoint)
      || fileExists(checkpoint + RotatedFile.previousSuffix)
      || FileLock.isLeft(beside: path)
    {
      return nil
    }
    let tape = settings.distillation.tapePath
    if job == .distill && !tape.isEmpty && !fileExists(tape) { return nil }
    // What is no model of ours is replaced.
    guard let file = try? TensorFile.read(path: path), let run = file.metadata["made_" + Model.runKey] else {
      return nil
    }
    if run != (try training(job, settings).identity().digest) { return nil }
    // What a run that was killed at its very end left.
    Leftovers.remove(beside: path)
    if FileLock.exists(beside: path) { _ = try? FileLock(beside: path) }
    return file.digest
  }
}
