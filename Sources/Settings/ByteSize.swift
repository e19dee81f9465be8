/// Sizes of memory as people write them.
public enum ByteSize {
  /// Whole bytes: `65536`, or a number of `KiB`, `MiB` or `GiB` that comes to whole bytes: `64 KiB`, `1.5 MiB`.
  /// - Returns: nil for anything else, for negative sizes and for more than `Int.max`.
  public static func parse(_ text: String) -> Int? {
    var digits = Substring(text)
    var shift = 0
    for (unit, unitShift) in [("KiB", 10), ("MiB", 20), ("GiB", 30)] where text.hasSuffix(unit) {
      digits = digits.dropLast(unit.count)
      shift = unitShift
    }
    while digits.last == " " && shift > 0 { digits.removeLast() }
    guard let whole = decimal(digits, shift: shift) else { return nil }
    return whole
  }

  /// `digits` · 2^shift where that is whole. Decimals are few enough for exact integer arithmetic.
  private static func decimal(_ digits: Substring, shift: Int) -> Int? {
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }) else {
      return nil
    }
    guard let whole = Int(parts[0]) else { return nil }
    let (bytes, overflow) = whole.multipliedReportingOverflow(by: 1 << shift)
    if overflow { return nil }
    if parts.count == 1 { return bytes }
    guard parts[1].count <= 6, shift > 0, let fraction = Int(parts[1]) else { return nil }
    let denominator = (0..<parts[1].count).reduce(1) { power, _ in power * 10 }
    let (quotient, remainder) = (fraction << shift).quotientAndRemainder(dividingBy: denominator)
    let (sum, sumOverflow) = bytes.addingReportingOverflow(quotient)
    return remainder == 0 && !sumOverflow ? sum : nil
  }
}
