import CSupport
import Glibc

/// The process's own limits during the sealed phase; the system then refuses what the plan does not have. Only the
/// soft limits move, so that they can be restored.
struct ProcessLimits {
  private let data: rlimit
  private let mapped: rlimit

  /// - Parameters:
  ///   - dataBytes: what heap, stacks of threads, arena and variables may come to (`RLIMIT_DATA`).
  ///   - mappedBytes: what all mappings may come to (`RLIMIT_AS`): what they have, so that none is added. Negative: no
  ///     limit.
  init(dataBytes: Int, mappedBytes: Int64) {
    data = Self.lower(RLIMIT_DATA, to: UInt(dataBytes))
    mapped = mappedBytes < 0 ? Self.current(RLIMIT_AS) : Self.lower(RLIMIT_AS, to: UInt(mappedBytes))
  }

  func restore() {
    Self.set(RLIMIT_DATA, data)
    Self.set(RLIMIT_AS, mapped)
  }

  private static func current(_ resource: __rlimit_resource) -> rlimit {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
    return limit
  }

  private static func set(_ resource: __rlimit_resource, _ limit: rlimit) {
    var limit = limit
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  /// - Returns: what it was.
  private static func lower(_ resource: __rlimit_resource, to bytes: UInt) -> rlimit {
    let old = current(resource)
    set(resource, rlimit(rlim_cur: min(rlim_t(bytes), old.rlim_cur), rlim_max: old.rlim_max))
    return old
  }
}

/// Keeps in memory what the process has touched, and will touch, of what is mapped now (`mlockall`): nothing of it is
/// ever swapped out.
/// - Throws: `BudgetError.lockRefused`.
public func lockMemory() throws(BudgetError) {
  // On first touch: code that no run uses is not brought in.
  if mlockall(Int32(MCL_CURRENT) | Int32(MCL_ONFAULT)) == 0 { return }
  let error = errno
  var limit = rlimit()
  getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit)
  throw .lockRefused(bytes: Int(qkd_mapped_bytes()), allowed: Int(clamping: limit.rlim_cur), errno: error)
}
