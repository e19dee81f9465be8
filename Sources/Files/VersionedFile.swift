import Glibc

/// A file that is replaced as a whole, and the one that stood there before it: `PATH` and `PATH.previous`, both in the
/// folder of the file that PATH leads to. Who changes them, a lock of the caller's says.
///
/// Whenever a process is killed, or power fails, `PATH` is whole, the old one or the new one, and neither of the two is
/// lost:
/// - Replacing copies the one in place to `PATH.previous` first; then `AtomicFile` gives the new one the name. In
///   between both names have the old one.
/// - Exchanging takes a third name, because not every file system exchanges two (RENAME_EXCHANGE). What is in place is
///   copied to `PATH.exchange`; `PATH.previous` gets the name PATH, in one step; then the copy gets the name
///   `PATH.previous`. In between there is no previous one, and the copy says that an exchange was cut off.
///
/// `RotatedFile` is for files of one size that a sealed run writes again and again.
public struct VersionedFile: ~Copyable {
  private let path: String
  private let current, previous, exchanged: OwnFile

  /// - Throws: `FileError.system(.create, …)` where the folder cannot be opened, `.notRegular`; `.notOwn` where
  ///   something else stands in the place of the previous one.
  public init(path: String) throws(FileError) {
    let current = try OwnFile(beside: path, suffix: "")
    let previous = try OwnFile(beside: path, suffix: ".previous")
    let exchanged = try OwnFile(beside: path, suffix: ".exchange")
    try previous.check()
    try exchanged.check()
    self.path = path
    self.current = current
    self.previous = previous
    self.exchanged = exchanged
  }

  public var previousPath: String { previous.path }

  public var hasPrevious: Bool { previous.size() != nil }

  /// Whether an exchange was cut off when the previous one had got the name PATH.
  public var isExchangeCutOff: Bool { !hasPrevious && exchanged.size() != nil }

  /// Copies what is in place to `PATH.previous`; nothing happens where nothing is in place.
  /// - Throws: `FileError`; then what stood there is untouched.
  public func keepCurrent() throws(FileError) {
    if try copyCurrent(to: previous) { exchanged.remove() }
  }

  /// Copies what is in place to where an exchange needs it.
  public func prepareExchange() throws(FileError) { _ = try copyCurrent(to: exchanged) }

  /// Exchanges the two, or ends an exchange that was cut off.
  /// - Precondition: the exchange was prepared, or cut off.
  /// - Throws: `FileError.system(.rename, …)`, `.synchronize`.
  public func exchange() throws(FileError) {
    if hasPrevious { try previous.rename(to: current) }
    if exchanged.size() != nil { try exchanged.rename(to: previous) }
  }

  /// - Returns: false where nothing is in place.
  private func copyCurrent(to own: borrowing OwnFile) throws(FileError) -> Bool {
    guard let status = fileStatus(path) else { return false }
    var copy = try AtomicFile(own, permissions: status.permissions)
    try copy.append(InputFile(path: path))
    try copy.commit()
    return true
  }
}
