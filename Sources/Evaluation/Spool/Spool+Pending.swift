import Batches
import Files
import Glibc
import Models

extension Spool {
  /// What a companion file of labels or targets is called: the input's name, and one of these. No input ends so.
  static let labelsSuffixes = [".labels", ".targets"]

  /// The next inputs that are not known to be done. Looking costs no allocation a name.
  func pending(_ listing: SpoolListing, after last: FileName?) throws(SessionError) -> [FileName] {
    let hasLabels = folders.keepsInputs ? try !labelFiles(limit: 1).isEmpty : false
    let front = UnsafeMutableRawBufferPointer.allocate(byteCount: SpoolStamp.frontBytes, alignment: 8)
    let name = UnsafeMutablePointer<CChar>.allocate(capacity: FileName.longest + 16)
    let pattern = strdup(settings.spool.pattern)!
    defer {
      front.deallocate()
      name.deallocate()
      free(pattern)
    }
    let isFirst = last == nil
    var skipped = 0
    let names: [FileName]
    do throws(FileError) {
      names = try listing.names(in: folders.inbox, after: last, asksAll: isFirst) { given, length in
        if !Self.isInput(given, length, pattern) || !isOfPart(given, length) { return false }
        if !folders.keepsInputs { return true }
        guard let status = folders.inbox.status(given) else { return false }
        if status.kind != .regular { return status.kind != .folder }
        name.update(from: given, count: length)
        var labels: FileStatus?
        if hasLabels {
          append(evaluation.labelsSuffix, to: name, length)
          labels = folders.inbox.status(name)
        }
        append(".json", to: name, length)
        let (count, written) = folders.results.front(of: name, into: front)
        if max(status.changed, labels?.changed ?? .min) >= written { return true }
        let isDone = withUnsafeTemporaryAllocation(byteCount: SHA256.digestBytes, alignment: 8) { digest in
          stamp.stamp(status, labels: labels, into: digest)
          return ReportFront(bytes: UnsafeRawBufferPointer(rebasing: front[..<count])).hasStamp(digest)
        }
        if isDone { skipped += 1 }
        return !isDone
      }
    } catch { throw .file(error) }
    // Later lists pass over the same files again.
    if isFirst { summary.skipped += skipped }
    return names
  }

  /// Whether an input of this name is for this host to evaluate.
  func isOfPart(_ name: UnsafePointer<CChar>, _ length: Int) -> Bool {
    settings.host.shard?.contains(name: UnsafeRawBufferPointer(start: name, count: length)) ?? true
  }

  private func append(_ suffix: String, to name: UnsafeMutablePointer<CChar>, _ length: Int) {
    var index = length
    for byte in suffix.utf8 {
      name[index] = CChar(bitPattern: byte)
      index += 1
    }
    name[index] = 0
  }

  /// Whether a name is one of an input.
  static func isInput(_ name: UnsafePointer<CChar>, _ length: Int, _ pattern: UnsafePointer<CChar>) -> Bool {
    !isLabelFile(name, length) && fnmatch(pattern, name, 0) == 0
  }

  /// What belongs to a hidden input, which is none, is no labels either.
  private static func isLabelFile(_ name: UnsafePointer<CChar>, _ length: Int) -> Bool {
    labelsSuffixes.contains { isLabelFile(name, length, $0) }
  }

  /// The input to which a file of labels belongs; nil for another file.
  static func input(ofLabels name: UnsafePointer<CChar>) -> FileName? {
    let length = strlen(name)
    return labelsSuffixes.first { isLabelFile(name, length, $0) }.map {
      FileName(UnsafeRawBufferPointer(start: name, count: length - $0.utf8.count))
    }
  }

  private static func isLabelFile(_ name: UnsafePointer<CChar>, _ length: Int, _ suffix: String) -> Bool {
    let count = suffix.utf8.count
    return name[0] != CChar(bitPattern: UInt8(ascii: ".")) && length > count
      && suffix.withCString { strcmp(name + (length - count), $0) == 0 }
  }

  /// Files of labels, or of a regression's targets, in the inbox, at most so many.
  func labelFiles(limit: Int) throws(SessionError) -> [FileName] {
    var names: [FileName] = []
    do {
      try folders.inbox.forEachName { name, isFolder in
        let length = strlen(name)
        if names.count < limit && !isFolder && Self.isLabelFile(name, length, evaluation.labelsSuffix) {
          names.append(FileName(UnsafeRawBufferPointer(start: name, count: length)))
        }
      }
    } catch { throw .file(error) }
    return names
  }

  /// The front of a report in the results, as text; nil where there is none.
  func readFront(_ name: FileName) -> (stamp: String, digest: String, labels: String?, written: Int)? {
    withUnsafeTemporaryAllocation(byteCount: SpoolStamp.frontBytes, alignment: 8) { bytes in
      let (count, written) = name.withCString { folders.results.front(of: $0, into: bytes) }
      let front = ReportFront(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      guard let stamp = front.stamp, let digest = front.digest else { return nil }
      return (stamp, digest, front.labels, written)
    }
  }
}

extension EvaluationRun {
  /// What the companion file of an input is called: the input's name, and this.
  var labelsSuffix: String { Spool.labelsSuffixes[outputs == nil ? 0 : 1] }

  /// nil where it would be no name.
  func labelsName(of name: FileName) -> FileName? {
    name.count + labelsSuffix.utf8.count <= FileName.longest ? name + labelsSuffix : nil
  }
}
