import ArgumentParser
import Reports
import Settings

/// Flags of `rollout` and `rollback`.
struct RolloutOptions: SettingOptions {
  @Option(name: .long, help: .setting("model"), completion: .setting("model")) var model: String?
  @Option(name: .long, help: .setting("model-sha256")) var modelSha256: String?
  @Option(name: .long, help: .setting("lock-wait")) var lockWait: String?
}

extension JobRequest {
  /// The settings of an evaluation over a spool, another of whose models is to be put in place. Another run's spool is
  /// no reason to pass over that in silence, whatever the profile says of its runs.
  func resolveSpool() throws(CommandError) -> Settings {
    let resolution = try resolve()
    var settings = resolution.settings
    if !settings.spool.isUsed { throw .missing(key: "spool.inbox", flag: "--set spool.inbox=FOLDER", job: job) }
    try settings.checkRequirementsWithoutFlags(job)
    try resolution.checkBesideSpool()
    settings.host.ifLocked = .fail
    return settings
  }
}
