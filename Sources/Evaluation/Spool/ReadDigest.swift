import Files
import Models

/// The digest of a file as it was read: whoever changes it meanwhile, what is said of the content is said of the bytes
/// that were evaluated.
final class ReadDigest {
  private var hasher = SHA256()
  /// As many bytes from the file's start were taken in.
  private var end = 0
  private var hasGap = false

  /// Takes in bytes that stand at `offset`; those that it knows count once. Allocates nothing.
  func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    if offset > end {
      hasGap = true
    } else if offset + bytes.count > end {
      hasher.update(UnsafeRawBufferPointer(rebasing: bytes[(end - offset)...]))
      end = offset + bytes.count
    }
  }

  /// nil where not all bytes of a file of this size were read, one after the other.
  func hex(size: Int) -> String? { !hasGap && end == size ? hasher.hex : nil }
}
