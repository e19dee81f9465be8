import Budget
import Kernel

/// A training set from a file, held in the arena in its most compact form: shuffling needs any sample at any time,
/// which a stream, the more a compressed one, does not give.
package struct StoredSetMemory {
  package enum Form {
    /// One byte x a number, which is x/255: images from IDX.
    case bytes
    /// One bit a feature, all of a sample in one word.
    case bits
    case real
    /// All real parts of a sample, then all imaginary parts.
    case complex
  }

  package let form: Form
  package let width: Int
  private let threads: Int
  private let encoder: Encoder
  private let bytes: Reservation<UInt8>?
  private let bits: Reservation<UInt32>?
  private let numbers: Reservation<Double>?
  private let rows: Reservation<Double>
  package let batch: Reservation<Int32>

  /// - Parameters:
  ///   - name: for the plan's reader.
  ///   - file: the file that the samples come from.
  ///   - padded: samples of a batch, whole groups.
  package init(
    _ name: String, samples: Int, file: FileMemory, facts: DataFacts, threads: Int, padded: Extent,
    in planner: inout Planner
  ) {
    encoder = file.encoder
    width = file.width
    form =
      switch encoder {
      case .phase, .basis: .bits
      case .angle: facts.hasBytes ? .bytes : .real
      case .state, .amplitude, .amplitudeUnnormalized:
        facts.hasBytes ? .bytes : facts.isComplex ? .complex : .real
      }
    self.threads = threads
    let (set, columns) = (Extent("samples", samples), Extent("numbers", width))
    let lifetime = Lifetime(.reduction, through: .run)
    let owner = "Batches"
    bytes =
      form == .bytes
      ? planner.reserve(name, [set, columns], of: UInt8.self, lifetime: lifetime, owner: owner)
      : nil
    bits =
      form == .bits
      ? planner.reserve(name, [set], of: UInt32.self, lifetime: lifetime, owner: owner) : nil
    let parts = Extent("re/im", form == .complex ? 2 : 1)
    numbers =
      form == .real || form == .complex
      ? planner.reserve(
        name, [set, parts, columns], of: Double.self, lifetime: lifetime, owner: owner) : nil
    rows = planner.reserve(
      "\(name) rows", [Extent("threads", threads), Extent("re/im", 2), columns], of: Double.self,
      lifetime: Lifetime(.teach, through: .run), owner: owner)
    batch = planner.reserve(
      "\(name) batch", [padded], of: Int32.self, lifetime: Lifetime(.teach, through: .run),
      owner: owner)
  }

  package func bind(_ arena: borrowing Arena) -> StoredSet {
    StoredSet(
      form: form, width: width, encoder: encoder, bytes: bytes.map { arena.pointer($0) },
      bits: bits.map { arena.pointer($0) }, numbers: numbers.map { arena.pointer($0) },
      rows: arena.pointer(rows),
      batch: arena.pointer(batch))
  }
}

/// Stores samples and encodes them again; allocates nothing.
package final class StoredSet {
  private let form: StoredSetMemory.Form
  /// Numbers of a sample.
  package let width: Int
  package let encoder: Encoder
  private let bytes: UnsafeMutablePointer<UInt8>?
  private let bits: UnsafeMutablePointer<UInt32>?
  private let numbers: UnsafeMutablePointer<Double>?
  private let rows: UnsafeMutablePointer<Double>
  /// `[sample of the batch]`: which sample of the set it is, −1 for none.
  package let batch: UnsafeMutablePointer<Int32>

  fileprivate init(
    form: StoredSetMemory.Form, width: Int, encoder: Encoder,
    bytes: UnsafeMutablePointer<UInt8>?,
    bits: UnsafeMutablePointer<UInt32>?, numbers: UnsafeMutablePointer<Double>?,
    rows: UnsafeMutablePointer<Double>,
    batch: UnsafeMutablePointer<Int32>
  ) {
    self.form = form
    self.width = width
    self.encoder = encoder
    self.bytes = bytes
    self.bits = bits
    self.numbers = numbers
    self.rows = rows
    self.batch = batch
  }

  /// The same samples for another thread, with a batch and a row of its own.
  /// - Parameters:
  ///   - batch: `[sample of the batch]`, for whole groups.
  ///   - row: `[re, im][number]`.
  package func view(batch: UnsafeMutablePointer<Int32>, row: UnsafeMutablePointer<Double>) -> StoredSet {
    StoredSet(
      form: form, width: width, encoder: encoder, bytes: bytes, bits: bits, numbers: numbers, rows: row, batch: batch)
  }

  /// Bit `feature` of a sample of bits.
  package func bit(_ sample: Int, feature: Int) -> Double { Double(bits![sample] >> UInt32(feature) & 1) }

  /// Stores a sample that the file's feed has checked.
  package func store(_ sample: Int, real: UnsafePointer<Double>, imaginary: UnsafePointer<Double>?) {
    switch form {
    case .bytes:
      // x/255 · 255 is x within a rounding error.
      for i in 0..<width { bytes![sample * width + i] = UInt8((real[i] * 255).rounded()) }
    case .bits:
      bits![sample] = (0..<width).reduce(0) { $0 | (real[$1] != 0 ? 1 << UInt32($1) : 0) }
    case .real: (numbers! + sample * width).update(from: real, count: width)
    case .complex:
      (numbers! + 2 * sample * width).update(from: real, count: width)
      (numbers! + (2 * sample + 1) * width).update(from: imaginary!, count: width)
    }
  }

  /// Encodes the batch's samples from `first` on into the lanes of a thread's input.
  package func encode(
    first: Int, lanes: Int, thread: Int, _ encoder: GroupEncoder, into input: UnsafeMutableRawPointer
  ) {
    var lane = 0
    while lane < lanes {
      let sample = Int(batch[first + lane])
      if sample < 0 {
        encoder.clearLane(lane, of: input)
      } else {
        encode(sample, lane: lane, row: rows + 2 * thread * width, encoder, into: input)
      }
      lane += 1
    }
  }

  private func encode(
    _ sample: Int, lane: Int, row: UnsafeMutablePointer<Double>, _ encoder: GroupEncoder,
    into input: UnsafeMutableRawPointer
  ) {
    var (real, imaginary): (UnsafePointer<Double>, UnsafePointer<Double>?) = (
      UnsafePointer(row), nil
    )
    var i = 0
    switch form {
    case .bytes:
      let values = bytes! + sample * width
      while i < width {
        row[i] = Double(values[i]) / 255
        i += 1
      }
    case .bits:
      let word = bits![sample]
      while i < width {
        row[i] = Double(word >> UInt32(i) & 1)
        i += 1
      }
    case .real: real = UnsafePointer(numbers! + sample * width)
    case .complex:
      real = UnsafePointer(numbers! + 2 * sample * width)
      imaginary = real + width
    }
    encoder.setLane(lane, of: input, real: real, imaginary: imaginary, count: width)
  }
}
