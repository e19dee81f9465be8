import Settings

extension ByteSize {
  /// `16,777,216 bytes (16.0 MiB)`.
  public static func text(_ bytes: Int) -> String { "\(groupedText(bytes)) bytes (\(short(bytes)))" }

  /// In the largest unit of which there is at least one: `16.0 MiB`, `512 B`.
  public static func short(_ bytes: Int) -> String {
    for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes.magnitude >= 1 << UInt(shift) {
      return fixedText(Double(bytes) / Double(1 << shift), digits: 1) + " " + unit
    }
    return "\(bytes) B"
  }
}
