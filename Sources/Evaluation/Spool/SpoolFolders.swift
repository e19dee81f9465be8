import Batches
import Files
import Settings

/// The folders of a spool, open.
struct SpoolFolders: ~Copyable {
  let inbox: Folder
  let results: Folder
  let rejected: Folder
  /// The inbox itself where inputs stay in it.
  let done: Folder
  let keepsInputs: Bool
  let metrics: OwnFile
  /// The name in the results that no result may take: that of the metrics, if they lie there.
  let metricsName: FileName?

  /// Opens them; all but the inbox are made where they do not exist.
  /// - Throws: `SessionError.file`; `.setting` where two are one folder, or lie where nothing can be moved to.
  init(_ settings: SpoolSettings) throws(SessionError) {
    if settings.resultsPath.isEmpty {
      throw .setting(name: "spool.results", given: "nothing", allowed: "the folder of the results")
    }
    let keepsInputs = settings.donePath.isEmpty
    let inbox = try openFolder(settings.inboxPath)
    let results = try openFolder(settings.resultsPath, makes: true)
    let rejected = try openFolder(settings.rejectedFolder, makes: true)
    let done = try openFolder(keepsInputs ? settings.inboxPath : settings.donePath, makes: !keepsInputs)
    var places = [
      ("spool.inbox", inbox.path, try inbox.known()), ("spool.results", results.path, try results.known()),
      ("spool.rejected", rejected.path, try rejected.known()),
    ]
    if !keepsInputs { places.append(("spool.done", done.path, try done.known())) }
    try Self.check(places)
    let metrics = try openMetrics(settings.metricsFile)
    if metrics.isIn(inbox) || metrics.isIn(rejected) || metrics.isIn(done) {
      throw .setting(
        name: "spool.metrics", given: settings.metricsFile,
        allowed: "a file in spool.results, or in a folder that is none of the spool's")
    }
    metricsName = metrics.isIn(results) ? metrics.name : nil
    self.inbox = inbox
    self.results = results
    self.rejected = rejected
    self.done = done
    self.keepsInputs = keepsInputs
    self.metrics = metrics
  }

  private static func check(_ places: [(name: String, path: String, status: FileStatus)]) throws(SessionError) {
    for (index, place) in places.enumerated() {
      if let other = places[..<index].first(where: { $0.status.isSameFile(as: place.status) }) {
        throw .setting(name: place.name, given: place.path, allowed: "another folder than \(other.name)")
      }
      if place.name != "spool.results" && !place.status.isOnSameDevice(as: places[0].status) {
        throw .setting(
          name: place.name, given: place.path,
          allowed: "a folder on the file system of spool.inbox, from where inputs are moved")
      }
    }
  }

}

private func openMetrics(_ path: String) throws(SessionError) -> OwnFile {
  do { return try OwnFile(path: path) } catch { throw .file(error) }
}

/// - Throws: `SessionError.file`.
func openFolder(_ path: String, makes: Bool = false) throws(SessionError) -> Folder {
  do { return try Folder(path: path, makes: makes) } catch { throw .file(error) }
}

extension Folder {
  fileprivate borrowing func known() throws(SessionError) -> FileStatus {
    do { return try status() } catch { throw .file(error) }
  }
}
