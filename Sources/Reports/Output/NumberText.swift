import CSupport
import Files

/// The shortest of 15 to 17 digits that reads back as `value`.
package func shortestText(_ value: Double) -> String { JSON.numberText(value) }

/// With this many digits after the point; values too large for a column are written shortest.
package func fixedText(_ value: Double, digits: Int) -> String {
  if !(value.magnitude < 1e15) { return shortestText(value) }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
    let length = qkd_format_fixed(buffer.baseAddress, buffer.count, Int32(digits), value)
    return String(decoding: UnsafeRawBufferPointer(buffer)[..<Int(length)], as: UTF8.self)
  }
}

/// Digits in groups of three: `16,777,216`.
package func groupedText(_ value: Int) -> String {
  let digits = String(value.magnitude)
  var text = value < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
    text.append(digit)
  }
  return text
}

/// One after another, with commas between them.
package func groupedText(_ values: [Int]) -> String { values.map(groupedText).joined(separator: ", ") }

/// Rounded to a whole number, in groups of three; what has no whole number (a rate of no time at all) as it is.
package func wholeText(_ value: Double) -> String {
  value.magnitude < 1e15 ? groupedText(Int(value.rounded())) : shortestText(value)
}

/// Microseconds, or the larger unit that reads more easily.
package func durationText(microseconds: Double) -> String {
  if microseconds < 1e4 { return fixedText(microseconds, digits: microseconds < 100 ? 1 : 0) + " µs" }
  if microseconds < 1e6 { return fixedText(microseconds / 1e3, digits: 1) + " ms" }
  return fixedText(microseconds / 1e6, digits: 1) + " s"
}

package func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
  groupedText(count) + " " + (count == 1 ? singular : plural)
}

/// Three digits that count: `0.0123`, `4.56e-7`.
package func shortText(_ value: Double) -> String {
  if value < 0 { return "-" + shortText(-value) }
  if value >= 1e-3 || value == 0 { return fixedText(value, digits: 4) }
  var (mantissa, exponent) = (value, 0)
  while mantissa < 1 {
    mantissa *= 10
    exponent += 1
  }
  // What is rounded up to ten.
  if mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent - 1) }
  return fixedText(mantissa, digits: 2) + "e-\(exponent)"
}
