import Batches
import Budget
import CSupport
import Files
import Glibc
import Models

/// The finished seeds of an experiment, in a file beside its report, so that an interrupted run goes on where it
/// stopped, and a longer one adds to a shorter one.
///
/// Text: a first line with the digest of everything that the results depend on, then a line for each finished seed:
/// the seed and its results, with as many digits as read back exactly, and a check of the line's digits. A line is
/// appended at once and synced; a last line that a killed process left unfinished is dropped.
package final class ExperimentJournal {
  let path: String
  private let digest: String
  private let rows: Int
  /// What a result may be.
  private let allowed: ClosedRange<Double>
  /// `[seed][row]` of the seeds that stand in the file.
  package private(set) var finished: [UInt64: [Double]] = [:]
  private let file: OwnFile
  private var descriptor: Int32 = -1
  /// The errno of the first write that failed; later ones are not tried.
  private(set) var failure: Int32 = 0
  private let line: UnsafeMutableBufferPointer<UInt8>

  private static let title = "qkd-run experiment journal 1"
  private static let bytesPerNumber = 26

  /// The text of the finished seeds, and their results twice: by seed, and in the report's order.
  static func declare(rows: Int, seeds: Int, in planner: inout Planner) {
    let bytes = bytesPerNumber + 2 * MemoryLayout<Double>.size
    planner.declareOutside(
      OutsideMemory(
        name: "finished seeds", formula: "seeds \(seeds) × numbers \(rows + 3) × \(bytes) B",
        bytes: seeds * (rows + 3) * bytes, owner: "Experiments"))
  }

  /// Reads what is there, and opens the file for more.
  /// - Parameters:
  ///   - digest: of everything that the results depend on.
  ///   - seeds: for how many the disk is to have room; their report is about as large, and room for it is left.
  ///   - allowed: what results may be: shares, or a regression's errors.
  ///   - seconds: how long to wait for another run.
  /// - Throws: `SessionError.otherInputs` where the file belongs to something else, `.locked` where another run has
  ///   it open, `.file`.
  package init(
    path: String, digest: String, rows: Int, seeds: Int, allowed: ClosedRange<Double> = 0...1,
    waiting seconds: Double = 0
  ) throws(SessionError) {
    self.allowed = allowed
    self.path = path
    self.digest = digest
    self.rows = rows
    line = .allocate(capacity: (rows + 3) * Self.bytesPerNumber)
    do { file = try OwnFile(path: path) } catch { throw .file(error) }
    do { descriptor = try file.open(O_WRONLY | O_CREAT) } catch { throw .file(error) }
    do { try FileLock.hold(descriptor, path: path, waiting: seconds) } catch {
      if case .locked(let path) = error { throw .locked(path: path) }
      throw .file(error)
    }
    Leftovers.remove(beside: path)
    let lineBytes = (rows + 3) * Self.bytesPerNumber
    let unreserved = qkd_reserve(descriptor, Int64(2 * (seeds + 1) * lineBytes))
    if unreserved != 0 { throw .file(.system(.reserve, path: path, errno: unreserved)) }
    let kept = try read()
    // What is behind the last whole line goes.
    guard ftruncate(descriptor, off_t(kept)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw .file(.system(.write, path: path, errno: errno))
    }
    if kept == 0 {
      var header = "\(Self.title) \(digest)\n"
      if !header.withUTF8({ write(UnsafeRawBufferPointer($0)) }) {
        throw .file(.system(.write, path: path, errno: failure))
      }
    }
    // Its name too is to be on the disk.
    do { try synchronizeFolder(of: path) } catch { throw .file(error) }
  }

  deinit {
    if descriptor >= 0 {
      // Gives back what was reserved behind the last line.
      if failure == 0 { _ = ftruncate(descriptor, lseek(descriptor, 0, SEEK_END)) }
      close(descriptor)
    }
    line.deallocate()
  }

  /// - Returns: the bytes of whole lines.
  private func read() throws(SessionError) -> Int {
    let bytes: [UInt8]
    do throws(FileError) {
      guard let input = try file.input() else { return 0 }
      bytes = try readFile(input, atMost: 64 << 20)
    } catch { throw .file(error) }
    var start = 0
    var isHeader = true
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let text = String(decoding: bytes[start..<end], as: UTF8.self)
      if isHeader {
        guard text == "\(Self.title) \(digest)" else { throw .otherInputs(path: path, .experiment) }
        isHeader = false
      } else {
        // A line that does not pass its own check is not believed: its seed runs again.
        if let (seed, values) = parse(text) { finished[seed] = values }
      }
      start = end + 1
    }
    // A file that does not even have its first line is another one's, unless it is empty or begins like it.
    if isHeader && !"\(Self.title) \(digest)".utf8.starts(with: bytes) { throw .otherInputs(path: path, .experiment) }
    return isHeader ? 0 : start
  }

  /// The results of seeds, all of which are in the file by now: what a report is made of.
  /// - Throws: `SessionError.file`; `.otherInputs` where a line is not what was written.
  package func results(_ seeds: [UInt64]) throws(SessionError) -> [[Double]] {
    _ = try read()
    var results: [[Double]] = []
    for seed in seeds {
      guard let values = finished[seed] else { throw .otherInputs(path: path, .experiment) }
      results.append(values)
    }
    return results
  }

  private func parse(_ text: String) -> (UInt64, [Double])? {
    let fields = text.split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count == rows + 2, let seed = UInt64(fields[0]), let check = UInt64(fields[rows + 1], radix: 16) else {
      return nil
    }
    let values = fields[1...rows].compactMap { Double($0) }
    let digits = text.utf8.prefix(text.utf8.count - fields[rows + 1].utf8.count)
    // A torn line does not pass by chance; in an edited one values must be what results are still.
    guard values.count == rows, values.allSatisfy(allowed.contains), fnv1a(digits) == check else { return nil }
    return (seed, values)
  }

  /// Appends a seed's results. Allocates nothing; a failure is kept in `failure`.
  func append(seed: UInt64, _ values: UnsafePointer<Double>) {
    if failure != 0 { return }
    var count = 0
    func put(_ size: Int32) {
      count += Int(size)
      line[count] = UInt8(ascii: " ")
      count += 1
    }
    func room() -> UnsafeMutablePointer<CChar> {
      UnsafeMutableRawPointer(line.baseAddress! + count).assumingMemoryBound(to: CChar.self)
    }
    put(qkd_format_unsigned(room(), Self.bytesPerNumber, seed, 10))
    var row = 0
    while row < rows {
      put(qkd_format_shortest(room(), Self.bytesPerNumber, values[row]))
      row += 1
    }
    let check = fnv1a(UnsafeMutableBufferPointer(rebasing: line[..<count]))
    count += Int(qkd_format_unsigned(room(), Self.bytesPerNumber, check, 16))
    line[count] = UInt8(ascii: "\n")
    count += 1
    _ = write(UnsafeRawBufferPointer(start: line.baseAddress, count: count))
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count > 0 {
        done += count
      } else if errno != EINTR {
        failure = errno
        return false
      }
    }
    while fdatasync(descriptor) != 0 {
      if errno == EINTR { continue }
      failure = errno
      return false
    }
    return true
  }
}
