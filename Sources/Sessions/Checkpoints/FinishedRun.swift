import Files
import Students

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Session {
  /// Whether a job that trains has nothing left to do: its output was made by exactly this run, which came to its end,
  /// its report included.
  /// - Returns: the output's digest; nil where the job is to be run.
  /// - Throws: `SessionError` for settings and inputs that are wrong.
  public static func finished(_ job: Job, _ settings: Settings) throws(SessionError) -> String? {
    if job == .evaluate || job == .reproduce { return nil }
    let path = settings.output(of: job)
    let checkpoint = path + Checkpoint.suffix
    if path.isEmpty || !exists(path) || exists(checkpoint) || exists(checkpoint + RotatedFile.previousSuffix)
      || FileLock.isLeft(beside: path)
    {
      return nil
    }
    let tape = settings.distillation.tapePath
    if job == .distill && !tape.isEmpty && !exists(tape) { return nil }
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

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }
}

extension Settings {
  /// What a job that trains writes.
  func output(of job: Job) -> String { job == .compress ? compression.path : model.path }
}
