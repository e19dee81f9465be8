import Budget
import Kernel

/// What the machine gives.
public struct HostSettings: Sendable, Equatable {
  /// Budget of RAM, what only this process holds, bytes.
  public var memoryBytes = 64 << 20
  /// Budget of the arena alone, bytes; nil: only the whole counts.
  public var arenaBytes: Int?
  public var threads = 1
  public var precision = Precision.float64
  /// Samples side by side in one vector; nil: as many as the processor's vectors hold and the budget allows.
  public var lanes: Int?
  /// Whether the first allocation, release or mapping after the seal ends the process, with a backtrace.
  public var audit = false
  /// Whether memory is locked, so that nothing of it is ever swapped out.
  public var lock = false
  /// How long to wait for another run that works on the same output, seconds.
  public var lockWait = 0.0
  /// What becomes of a run whose output another one still works on then.
  public var ifLocked = IfLocked.fail
  /// The part of the samples, files or seeds that this host does; nil: all. Of `evaluate` and `reproduce` only. The
  /// files that a part writes are named by whoever calls.
  public var shard: Shard?
  /// Whether the process does nothing but this run: its own limits are then set for the time of the seal. No key.
  public var ownsProcess = false

  public init() {}
}

/// What a run does whose output is another's for now.
public enum IfLocked: String, Sendable, CaseIterable {
  /// It ends with exit code 75.
  case fail
  /// It leaves the work to the other, and ends with 0, in silence.
  case skip
}

extension SettingKey {
  static var host: [SettingKey] {
    [
      SettingKey(
        "host.memory", \.host.memoryBytes, .bytes(1...MemoryPlan.largestBytes), flags: ["memory"], for: .all, .nothing,
        "Budget of RAM: what only this process holds"),
      SettingKey(
        "host.arena", \.host.arenaBytes, ValueKind.bytes(1...MemoryPlan.largestBytes).orNone("none"), flags: ["arena"],
        for: .all, .nothing, "Budget of the arena alone"),
      SettingKey(
        "host.threads", \.host.threads, .integer(1...256), flags: ["threads"], for: .all, .nothing,
        "Threads that compute"),
      SettingKey(
        "host.precision", \.host.precision, .convention, flags: ["precision"], for: .all, .value,
        "Precision of the statevectors"),
      SettingKey(
        "host.lanes", \.host.lanes, ValueKind.oneOf([1, 2, 4, 8, 16]).orNone("auto"), flags: ["lanes"], for: .all,
        .value, "Samples side by side in one vector"),
      SettingKey(
        "host.audit", \.host.audit, .boolean, for: .all, .nothing,
        "Stop at the first allocation or mapping after the seal, and say where"),
      SettingKey(
        "host.lock", \.host.lock, .boolean, for: .all, .nothing, "Lock the memory: nothing is ever swapped out"),
      SettingKey(
        "host.lock-wait", \.host.lockWait, .number(0...1e6), flags: ["lock-wait"], for: .all, .nothing,
        "Seconds to wait for another run that works on the same output"),
      SettingKey(
        "host.if-locked", \.host.ifLocked, .rawText, flags: ["if-locked"], for: .all, .nothing,
        "When that one goes on: fail with exit code 75, or skip with 0"),
      SettingKey(
        "host.shard", \.host.shard, ValueKind.shard.orNone("none"), flags: ["shard"], for: [.evaluate, .reproduce],
        .nothing, "The part of the work that this host does; qkd-run merge joins the parts"),
    ]
  }
}

extension ValueKind where Value == Shard {
  fileprivate static var shard: Self {
    ValueKind(
      "I/N, the I-th of N parts: I from 1 to N, N at most \(Shard.largestCount)", placeholder: "i/n",
      read: { $0.asString.flatMap(Shard.init) }, json: { .string($0.text) })
  }
}
