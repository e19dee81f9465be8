import CZlib
import Files

/// Why a gzip file cannot be read to its end.
public enum GzipDamage: Equatable, Sendable {
  /// It ends before its checksum.
  case truncated
  /// What stands there is not deflated data, or the checksum or the length does not match what was read.
  case corrupt
  /// Something that is not gzip follows the checksum.
  case trailingBytes
}

/// The outcome of reading more of a stream of bytes.
enum FillStatus: Equatable {
  /// This many bytes were read, at least one.
  case read(Int)
  case end
  case failed(errno: Int32)
  /// `atByte` counts bytes of the compressed file.
  case damaged(GzipDamage, atByte: Int)

  init(_ status: ReadStatus) {
    self =
      switch status {
      case .read(let count): .read(count)
      case .end: .end
      case .failed(let errno): .failed(errno: errno)
      }
  }
}

/// Reads the content of a gzip file (RFC 1952), of several members too, through zlib. All memory is taken when it is
/// made; reading allocates nothing. Each member's checksum is compared before the end is reported.
final class Inflater {
  static let magic: [UInt8] = [0x1F, 0x8B]
  /// zlib's own figure is a window of 32 KiB and about 7 KiB of state.
  private static let blockBytes = 48 << 10
  private static let inputBytes = 16 << 10
  /// What one holds outside the arena.
  static let bytes = blockBytes + inputBytes + MemoryLayout<z_stream>.stride + MemoryLayout<qkd_zlib_block>.stride

  private let stream: UnsafeMutablePointer<z_stream>
  private let block: UnsafeMutablePointer<qkd_zlib_block>
  private let input: UnsafeMutableBufferPointer<UInt8>
  /// Bytes of the file that were handed to zlib's input.
  private var position: Int
  private var isAtEnd = false
  /// A member has ended, and whether another follows is not known.
  private var isBetweenMembers = false

  /// - Parameter front: the first bytes of the file, which were read already.
  init(front: [UInt8]) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = .allocate(capacity: Self.inputBytes)
    input.initialize(repeating: 0)
    block = .allocate(capacity: 1)
    block.initialize(
      to: qkd_zlib_block(memory: .allocate(capacity: Self.blockBytes), capacity: Self.blockBytes, used: 0))
    let status = qkd_zlib_begin_gzip(stream, block)
    precondition(status == Z_OK, "zlib needs a larger block than \(Self.blockBytes) bytes")
    for (index, byte) in front.enumerated() { input[index] = byte }
    stream.pointee.next_in = input.baseAddress
    stream.pointee.avail_in = UInt32(front.count)
    position = front.count
  }

  deinit {
    inflateEnd(stream)
    block.pointee.memory.deallocate()
    block.deallocate()
    input.deallocate()
    stream.deallocate()
  }

  /// Starts again from the file's first byte.
  func restart() {
    inflateReset(stream)
    stream.pointee.avail_in = 0
    position = 0
    isAtEnd = false
    isBetweenMembers = false
  }

  /// Reads decompressed bytes.
  /// - Precondition: `room` is not empty.
  func read(_ file: borrowing InputFile, into room: UnsafeMutableRawBufferPointer) -> FillStatus {
    let capacity = min(room.count, Int(Int32.max))
    stream.pointee.next_out = room.baseAddress!.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(capacity)
    while true {
      if stream.pointee.avail_in == 0 && !isAtEnd {
        if case .failed(let errno) = refill(file) { return .failed(errno: errno) }
      }
      if isBetweenMembers {
        if stream.pointee.avail_in == 0 { return .end }
        if stream.pointee.next_in.pointee != Self.magic[0] { return .damaged(.trailingBytes, atByte: consumed) }
        inflateReset(stream)
        isBetweenMembers = false
      }
      let status = inflate(stream, Z_NO_FLUSH)
      isBetweenMembers = status == Z_STREAM_END
      let count = capacity - Int(stream.pointee.avail_out)
      switch status {
      case Z_OK, Z_BUF_ERROR, Z_STREAM_END:
        if count > 0 { return .read(count) }
        if !isBetweenMembers && isAtEnd && stream.pointee.avail_in == 0 {
          return .damaged(.truncated, atByte: consumed)
        }
      default: return .damaged(.corrupt, atByte: consumed)
      }
    }
  }

  /// Bytes of the file that zlib has taken.
  private var consumed: Int { position - Int(stream.pointee.avail_in) }

  private func refill(_ file: borrowing InputFile) -> ReadStatus {
    let room = UnsafeMutableRawBufferPointer(input)
    let status = file.size == nil ? file.read(into: room) : file.read(into: room, at: position)
    stream.pointee.next_in = input.baseAddress
    switch status {
    case .read(let count):
      stream.pointee.avail_in = UInt32(count)
      position += count
    case .end: isAtEnd = true
    case .failed: break
    }
    return status
  }
}
