import Batches
import Files
import Models

extension Spool {
  /// What the reason for which an input is set aside is called: the input's name, and this.
  static let reasonSuffix = ".reason.json"
  private static let reasonLabels = "labels_sha256"

  /// Moves an input that is done, and its labels behind it.
  func finish(_ name: FileName, labels: FileName?) throws(SessionError) {
    if folders.keepsInputs { return }
    let place = try folders.done.freeName(for: name)
    try move(name, to: folders.done, as: place)
    if let labels { try move(labels, to: folders.done, as: labelsPlace(in: folders.done, of: place)) }
  }

  /// Sets an input aside that cannot be evaluated: first the reason, then the input, then its labels.
  /// - Returns: where it lies, as messages show it.
  func reject(_ name: FileName, because error: SessionError) throws(SessionError) -> String {
    let place = try folders.rejected.freeName(for: name, notEndingIn: Self.reasonSuffix)
    let labels = evaluation.labelsName(of: name)
    var labelsStatus: FileStatus?
    if let labels { labelsStatus = try status(labels) }
    var labelsDigest: String?
    if let labels, labelsStatus?.kind == .regular, !folders.inbox.forbidsReading(labels) {
      do { labelsDigest = try SHA256.hex(of: InputFile(in: folders.inbox, name: labels)) } catch { throw .file(error) }
    }
    let reason = JSON.object([
      ("input", .string(name.text)), ("reason", .string(observer.text(error))),
      (Self.reasonLabels, .optional(labelsDigest)),
    ])
    try write(reason.text + "\n", as: place + Self.reasonSuffix, in: folders.rejected)
    try move(name, to: folders.rejected, as: place)
    if labelsStatus != nil, let labels {
      try move(labels, to: folders.rejected, as: labelsPlace(in: folders.rejected, of: place))
    }
    return folders.rejected.path(of: place)
  }

  /// Moves labels after their inputs, where a killed run had come no further: their input is gone from the inbox, and
  /// its report, or the reason for which it was set aside, names the digest of just these labels. Others wait for an
  /// input to come.
  func moveOrphanedLabels() throws(SessionError) {
    for labels in try labelFiles(limit: 4096) {
      let input = input(of: labels)
      // Labels of another host's inputs are still on their way.
      guard settings.host.shard?.contains(name: input.bytes) ?? true else { continue }
      guard try status(input) == nil, try status(labels)?.kind == .regular else { continue }
      if !folders.keepsInputs, let place = try lastPlace(in: folders.done, of: input),
        let known = readFront(input + ".json")?.labels, known == sha256(ofLabels: labels)
      {
        try move(labels, to: folders.done, as: labelsPlace(in: folders.done, of: place))
      } else if let place = try lastPlace(in: folders.rejected, of: input),
        let known = rejectedLabels(place), known == sha256(ofLabels: labels)
      {
        try move(labels, to: folders.rejected, as: labelsPlace(in: folders.rejected, of: place))
      }
    }
  }

  /// Tells of labels in the inbox whose input is not there: where an input has none, they may be meant for it.
  func tellStrayLabels() throws(SessionError) {
    var stray: [FileName] = []
    for labels in try labelFiles(limit: 4096) where try status(input(of: labels)) == nil { stray.append(labels) }
    guard let first = stray.min() else { return }
    observer.tell(
      .strayLabels(folders.inbox.path(of: first), others: stray.count - 1, suffix: evaluation.labelsSuffix))
  }

  private func input(of labels: FileName) -> FileName {
    FileName(labels.bytes.dropLast(evaluation.labelsSuffix.utf8.count))
  }

  private func labelsPlace(in folder: borrowing Folder, of place: FileName) throws(SessionError) -> FileName {
    try folder.freeName(for: place + evaluation.labelsSuffix)
  }

  /// The name that an input got when it was moved to a folder last; nil: none is there.
  private func lastPlace(in folder: borrowing Folder, of input: FileName) throws(SessionError) -> FileName? {
    var last: FileName?
    for place in folder.numberedNames(for: input) {
      do { if try folder.status(place) == nil { return last } } catch { throw .file(error) }
      last = place
    }
    return last
  }

  private func rejectedLabels(_ place: FileName) -> String? {
    guard let file = try? InputFile(in: folders.rejected, name: place + Self.reasonSuffix),
      let bytes = try? readFile(file, atMost: 1 << 20)
    else { return nil }
    return JSON(bytes)?[Self.reasonLabels]?.asString
  }

  private func sha256(ofLabels name: FileName) -> String? {
    guard let file = try? InputFile(in: folders.inbox, name: name) else { return nil }
    return try? SHA256.hex(of: file)
  }

  private func move(
    _ name: FileName, to folder: borrowing Folder, as place: FileName
  ) throws(SessionError) {
    do { try folders.inbox.move(name, to: folder, as: place) } catch { throw .file(error) }
  }
}

extension Folder {
  /// The name that is wanted, and others with a number behind it. One that would leave no room for an ending is cut,
  /// and told apart by its digest.
  func numberedNames(for wanted: FileName) -> some Sequence<FileName> {
    let room = FileName.longest - 24
    let base = wanted.count <= room ? wanted : wanted.shortened(to: room)
    return (1...100_000).lazy.map { $0 == 1 ? base : base + ".\($0)" }
  }

  /// The first of these that nothing stands under yet.
  func freeName(for wanted: FileName, notEndingIn suffix: String? = nil) throws(SessionError) -> FileName {
    for name in numberedNames(for: wanted) {
      if let suffix, name.hasSuffix(suffix) { continue }
      do { if try status(name) == nil { return name } } catch { throw .file(error) }
    }
    throw .file(.notRegular(path: path(of: wanted)))
  }
}
