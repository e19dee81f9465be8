import Budget
import CSupport
import Files
import Models
import Settings

extension AtomicFile {
  /// Reserves disk space for a model of so many numbers.
  package mutating func reserveRoom(numbers: Int) throws(SessionError) {
    do { try reserve(bytes: 8 * numbers + (16 << 10)) } catch { throw .file(error) }
  }
}

/// Makes sure that no other run works on an output, and removes what killed runs left in its folder.
package func lockOutput(_ path: String, _ host: HostSettings) throws(SessionError) -> FileLock {
  let lock: FileLock
  do { lock = try FileLock(beside: path, waiting: host.lockWait) } catch {
    try checkStop()
    if case .locked(let path) = error { throw .locked(path: path) }
    throw .file(error)
  }
  Leftovers.remove(beside: path)
  return lock
}

/// - Throws: `SessionError.stopped` where a signal asked for it; nothing is kept yet.
package func checkStop() throws(SessionError) {
  let signal = qkd_stop_requested()
  if signal != 0 { throw .stopped(signal: signal, kept: nil) }
}

/// - Parameters:
///   - setting: the setting that names the file, for the message when it does not.
///   - host: what its budget does not hold is not read; of 1 MiB the plan tells what it needs.
package func readModel(_ path: String, setting: String, _ host: HostSettings) throws(SessionError) -> (Model, String) {
  if path.isEmpty { throw .setting(name: setting, given: "nothing", allowed: "the path of a model file") }
  do {
    let (model, digest) = try Model.read(path: path, atMost: max(host.memoryBytes, 1 << 20))
    return (model, digest)
  } catch { throw .model(path: path, error) }
}

/// Fixes the layout and maps it.
package func mapArena(_ planner: consuming Planner) throws(SessionError) -> Arena {
  do { return try Arena(planner.layout()) } catch { throw .memoryRefused(error) }
}

/// Ends the preparation, as the host's settings say.
/// - Throws: `SessionError.ramOverPlan` where preparing took more than was planned: the run does not begin.
package func seal(_ arena: consuming Arena, _ host: HostSettings) throws(SessionError) -> SealedArena {
  var options = SealOptions()
  options.limits = host.ownsProcess
  options.audits = host.audit
  if host.lock { do { try lockMemory() } catch { throw .memoryRefused(error) } }
  let sealed = arena.seal(options)
  if host.ownsProcess, let held = sealed.ramAtSealBytes, held > sealed.plan.ramBytes {
    throw .ramOverPlan(held: held, planned: sealed.plan.ramBytes)
  }
  return sealed
}

/// The SHA-256 of a file, 64 digits.
package func fileDigest(_ path: String) throws(SessionError) -> String {
  do { return try SHA256.hex(ofFile: path) } catch { throw .file(error) }
}
