import Batches
import Budget
import CSupport
import Files
import Glibc
import Models

/// The checkpoint of a run that trains: `OUTPUT.checkpoint`, and the one before as `OUTPUT.checkpoint.prev`.
///
/// A tensor file (`TensorFile`, `TensorFront`). Metadata: `format` `qkd-checkpoint`, `format_version` `1`, and
/// everything that the run depends on under keys that begin with `of_`. Tensors: `position`, I64 (`CheckpointNumber`),
/// then what the run stores. Of `losses` as many are filled as iterations are done.
///
/// Once it is made, nothing here allocates or throws, but `resume`.
package final class Checkpoint {
  package static let format = "qkd-checkpoint"
  package static let suffix = ".checkpoint"

  /// How a loop ends.
  package enum End {
    case stopped
    case failed(errno: Int32)
  }

  private let metadata: [String: String]
  private let entries: [TensorFront.Entry]
  private let digestOffset: Int
  private let front: UnsafeMutableRawBufferPointer
  private let numbers: UnsafeMutablePointer<Int64>
  /// What is written: the front, the numbers, the run's tensors, and what fills up the last one.
  private let pieces: UnsafeMutableBufferPointer<iovec>
  /// The run's own, to write into.
  private let state: [UnsafeMutableRawBufferPointer]
  private let order: UnsafeMutablePointer<Int32>
  private let samples, iterations: Int
  private let shuffling: RandomStream
  private let intervalNanoseconds: Int64
  private var file: RotatedFile
  private var due: Int64
  /// Iterations done when it was last written or read.
  private var kept = 0
  private(set) var isResumed = false

  /// Opens the file of a run with this output; it takes its space on the disk.
  /// - Throws: `SessionError.file` where there is no room.
  package static func open(_ memory: CheckpointMemory, beside output: String) throws(SessionError) -> RotatedFile {
    do { return try RotatedFile(path: output + suffix, bytes: memory.fileBytes) } catch { throw .file(error) }
  }

  /// - Parameters:
  ///   - file: what `open` returned.
  ///   - loop: its state is the memory of `memory.tensors`, in their order; that of the order is the last.
  ///   - layout: what the planner chose.
  /// - Throws: `SessionError.model` where the settings' text is too long.
  package init(
    _ identity: RunIdentity, _ memory: CheckpointMemory, in file: consuming RotatedFile, of loop: EpochLoop,
    iterations: Int, layout: Layout, every seconds: Double, arena: borrowing Arena
  ) throws(SessionError) {
    let (path, state, samples) = (file.path, loop.state, loop.samples)
    metadata = Self.metadata(identity, layout)
    entries = [TensorFront.Entry(name: "position", isInteger: true, count: CheckpointNumber.count)] + memory.tensors
    let place = UnsafeMutableRawBufferPointer(arena.buffer(memory.front))
    do throws(TensorFileError) {
      let front = try TensorFront(metadata: metadata, entries: entries, length: place.count)
      digestOffset = front.digestOffset
      place.copyBytes(from: front.bytes)
    } catch { throw .model(path: path, .file(error)) }
    front = place
    numbers = arena.pointer(memory.numbers)
    numbers.update(repeating: 0, count: memory.numbers.count)
    let orderStart = state.last!
    order = orderStart.assumingMemoryBound(to: Int32.self)
    self.samples = samples
    self.iterations = iterations
    shuffling = loop.shuffling
    let tensors = zip(memory.tensors, state).map { entry, start in
      UnsafeMutableRawBufferPointer(start: start, count: start == orderStart ? 4 * samples : 8 * entry.count)
    }
    self.state = tensors
    // An odd number of samples: the last word's upper half. What stands there does not matter, so the front's end does.
    let filler = UnsafeMutableRawBufferPointer(rebasing: place.suffix(samples % 2 == 1 ? 4 : 0))
    let position = UnsafeMutableRawBufferPointer(start: numbers, count: 8 * CheckpointNumber.count)
    let written = [place, position] + tensors + [filler]
    let pieces = UnsafeMutableBufferPointer<iovec>.allocate(capacity: written.count)
    _ = pieces.initialize(from: written.map { iovec(iov_base: $0.baseAddress, iov_len: $0.count) })
    self.pieces = pieces
    intervalNanoseconds = Int64(min(seconds, 1e9) * 1e9)
    due = qkd_monotonic_nanoseconds() + intervalNanoseconds
    self.file = file
  }

  deinit { pieces.deallocate() }

  package static func metadata(_ identity: RunIdentity, _ layout: Layout?) -> [String: String] {
    var metadata: [String: String] = ["format": format, "format_version": "1"]
    for (key, value) in identity.entries { metadata["of_" + key] = value }
    metadata["of_layout"] = layout.map { "\($0.format.lanes) lanes, history \($0.text)" } ?? ""
    metadata["of_processor"] = String(qkd_required_features, radix: 16)
    return metadata
  }

  package subscript(number: CheckpointNumber) -> Int {
    get { Int(numbers[number.rawValue]) }
    set { numbers[number.rawValue] = Int64(newValue) }
  }

  /// Iterations that need not be done again.
  package var done: Int { kept }

  /// Where the shuffled order goes on; nil: from the beginning.
  package var position: Int? { isResumed ? self[.position] : nil }

  // MARK: In the loop

  /// To be called before each iteration and after the last: writes where it is time or the run is to stop.
  /// - Parameters:
  ///   - done: iterations.
  ///   - position: of the shuffled order.
  /// - Returns: nil: go on.
  package func look(done: Int, position: Int) -> End? {
    self[.done] = done
    self[.position] = position
    let stops = qkd_stop_requested() != 0
    if done > kept, stops || qkd_monotonic_nanoseconds() >= due, case .failed(let errno) = write() {
      return .failed(errno: errno)
    }
    // A signal that came while it was written need not cost another iteration.
    return stops || done == kept && qkd_stop_requested() != 0 ? .stopped : nil
  }

  /// Writes what is there now.
  package func write() -> WriteStatus {
    let start = qkd_monotonic_nanoseconds()
    let digits = front.baseAddress! + digestOffset
    digits.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "0"), count: 2 * SHA256.digestBytes)
    var hasher = SHA256()
    var piece = 0
    while piece < pieces.count {
      hasher.update(UnsafeRawBufferPointer(start: pieces[piece].iov_base, count: pieces[piece].iov_len))
      piece += 1
    }
    let digest = UnsafeMutableRawBufferPointer(
      start: numbers + CheckpointNumber.count, count: SHA256.digestBytes)
    hasher.finalize(into: digest)
    var i = 0
    while i < digest.count {
      digits.storeBytes(of: Self.digit(digest[i] >> 4), toByteOffset: 2 * i, as: UInt8.self)
      digits.storeBytes(of: Self.digit(digest[i] & 15), toByteOffset: 2 * i + 1, as: UInt8.self)
      i += 1
    }
    let status = file.write(UnsafeBufferPointer(pieces))
    kept = self[.done]
    let end = qkd_monotonic_nanoseconds()
    // However slow the disk: no more than one part in a hundred of the time, unless each iteration is asked for.
    due = end + (intervalNanoseconds == 0 ? 0 : max(intervalNanoseconds, 100 * (end - start)))
    return status
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
  }

  /// After the last iteration, when the run is to stop.
  package func stop() -> End { look(done: self[.done], position: self[.position]) ?? .stopped }

  /// - Throws: `SessionError.stopped`, `.file`; nothing for nil.
  package func check(_ end: End?) throws(SessionError) {
    switch end {
    case nil: return
    case .stopped:
      throw .stopped(
        signal: qkd_stop_requested(), kept: kept > 0 ? "iteration \(kept) of \(iterations)" : nil)
    case .failed(let errno): throw .file(.system(.write, path: file.path, errno: errno))
    }
  }

  /// Removes what was kept.
  package func remove() { file.remove() }

  // MARK: Resuming

  /// Puts the newest checkpoint that is not damaged in place; the tensors of the run then are those of `done`
  /// iterations. Nothing happens where there is none, or only damaged ones.
  /// - Throws: `SessionError.otherInputs` for another run's, `.file`, `.model` for one that no run wrote.
  package func resume() throws(SessionError) {
    for isBefore in [false, true] {
      let input: InputFile?
      do { input = try file.input(before: isBefore) } catch { throw .file(error) }
      if let input, try load(input) {
        kept = self[.done]
        isResumed = true
        return
      }
    }
  }

  /// - Returns: nil where what is there cannot be read, or is damaged.
  private static func open(_ file: consuming InputFile) throws(SessionError) -> TensorStream? {
    do throws(TensorFileError) {
      let stream = try TensorStream(file, atMost: 1 << 40)
      try stream.verify()
      return stream
    } catch {
      switch error {
      case .file(.system(.read, _, _)): return nil
      case .file(let error): throw .file(error)
      default: return nil
      }
    }
  }

  /// - Returns: false where what is there cannot be read, or is damaged.
  private func load(_ file: consuming InputFile) throws(SessionError) -> Bool {
    let path = file.path
    guard let stream = try Self.open(file) else { return false }
    if let difference = difference(stream.metadata) {
      throw .otherInputs(path: path, .checkpoint(difference))
    }
    let given = entries.map { "\($0.name) \($0.isInteger ? "I64" : "F64") [\($0.count)]" }
    let stored = stream.tensors.map { "\($0.name) \($0.type) \($0.shape)" }
    guard stored == given else {
      let first = zip(given + [""], stored + [""]).first { $0 != $1 }
      throw .otherInputs(
        path: path, .checkpoint(.init(what: "the first other tensor", given: first?.0, recorded: first?.1)))
    }
    do throws(TensorFileError) {
      try stream.read(
        into: UnsafeMutableRawBufferPointer(start: numbers, count: 8 * CheckpointNumber.count), at: 0)
      var offset = 8 * CheckpointNumber.count
      for (entry, tensor) in zip(entries.dropFirst(), state) {
        try stream.read(into: tensor, at: offset)
        offset += 8 * entry.count
      }
    } catch { throw .model(path: path, .file(error)) }
    if let tensor = nonsense {
      throw .model(path: path, .entry(tensor, given: "values that no run has", allowed: "those that were written"))
    }
    return true
  }

  /// A tensor of those read whose values no run can have written, however well the file is sealed; nil: none.
  private var nonsense: String? {
    if !(0...iterations).contains(self[.done]) || !(0...samples).contains(self[.position]) { return "position" }
    if !shuffling.isStateValid { return "shuffling_state" }
    var isSeen = [Bool](repeating: false, count: samples)
    for sample in order..<order + samples {
      let sample = Int(sample.pointee)
      if !(0..<samples).contains(sample) || isSeen[sample] { return "order" }
      isSeen[sample] = true
    }
    for (entry, bytes) in zip(entries.dropFirst(), state) where !entry.isInteger {
      let filled = entry.name == CheckpointMemory.losses ? self[.done] : entry.count
      let least = entry.name == CheckpointMemory.secondMoments ? 0 : -Double.greatestFiniteMagnitude
      let values = bytes.bindMemory(to: Double.self).prefix(filled)
      if !values.allSatisfy({ $0.isFinite && $0 >= least }) { return entry.name }
    }
    return nil
  }

  private func difference(_ stored: [String: String]) -> OtherInputs.Difference? {
    for key in Set(stored.keys).union(metadata.keys).sorted() where stored[key] != metadata[key] {
      let name = key.hasPrefix("of_") ? String(key.dropFirst(3)) : key
      return .init(what: name, given: metadata[key], recorded: stored[key])
    }
    return nil
  }
}
