import Batches
import Files
import Glibc
import Settings

/// What lies in a spool's folders, by looking alone: nothing is made, locked, opened or moved.
package struct SpoolGlance {
  /// Inputs that wait for a run; nil where inputs stay in the inbox, done or not.
  package private(set) var waiting: Int?
  /// Since when the first of them does, seconds since 1970.
  package private(set) var waitingSince: Int?
  /// Inputs that were set aside, and lie there still.
  package private(set) var rejected = 0
  /// Files of labels, or of targets, whose input is not there.
  package private(set) var strayLabels = 0
  /// Since when the first of them lies there, seconds since 1970.
  package private(set) var strayLabelsSince: Int?

  /// - Throws: `SessionError.file` where a folder cannot be read.
  package init(_ settings: Settings) throws(SessionError) {
    let spool = settings.spool
    let inbox = try openFolder(spool.inboxPath)
    do throws(FileError) {
      if !spool.donePath.isEmpty { try lookAt(inbox, spool.pattern, settings.host.shard) }
      try countStrayLabels(inbox)
      if fileExists(spool.rejectedFolder) { try count(Folder(path: spool.rejectedFolder)) }
    } catch { throw .file(error) }
  }

  private mutating func lookAt(_ inbox: borrowing Folder, _ given: String, _ shard: Shard?) throws(FileError) {
    let pattern = strdup(given)!
    defer { free(pattern) }
    var (count, first) = (0, Int.max)
    try inbox.forEachName { name, isFolder in
      let length = strlen(name)
      if isFolder || Self.isHidden(name) || !Spool.isInput(name, length, pattern) { return }
      guard shard?.contains(name: UnsafeRawBufferPointer(start: name, count: length)) ?? true,
        let status = inbox.status(name), status.kind != .folder
      else { return }
      count += 1
      first = min(first, status.changed / 1_000_000_000)
    }
    waiting = count
    waitingSince = count > 0 ? first : nil
  }

  private mutating func countStrayLabels(_ inbox: borrowing Folder) throws(FileError) {
    var (found, first) = (0, Int.max)
    try inbox.forEachName { name, isFolder in
      guard !isFolder, let input = Spool.input(ofLabels: name), let status = inbox.status(name) else { return }
      if input.withCString({ inbox.status($0) }) != nil { return }
      found += 1
      first = min(first, status.changed / 1_000_000_000)
    }
    strayLabels = found
    strayLabelsSince = found > 0 ? first : nil
  }

  private mutating func count(_ folder: borrowing Folder) throws(FileError) {
    var found = 0
    try folder.forEachName { name, isFolder in
      let text = FileName(UnsafeRawBufferPointer(start: name, count: strlen(name)))
      let isBeside = ([Spool.reasonSuffix] + Spool.labelsSuffixes).contains { text.hasSuffix($0) }
      if !isFolder && !Self.isHidden(name) && !isBeside { found += 1 }
    }
    rejected = found
  }

  private static func isHidden(_ name: UnsafePointer<CChar>) -> Bool { name[0] == CChar(bitPattern: UInt8(ascii: ".")) }
}
