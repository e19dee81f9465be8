import CSupport

/// The shortest of 15 to 17 digits that reads back as `value`.
func shortestText(_ value: Double) -> String { JSON.numberText(value) }

/// With this many digits after the point; values too large for a column are written shortest.
func fixedText(_ value: Double, digits: Int) -> String {
  if !(value.magnitude < 1e15) { return shortestText(value) }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
    let length = qkd_format_fixed(buffer.baseAddress, buffer.count, Int32(digits), value)
    return String(decoding: UnsafeRawBufferPointer(buffer)[..<Int(length)], as: UTF8.self)
  }
}

/// Digits in groups of three: `16,777,216`.
func groupedText(_ value: Int) -> String {
  let digits = String(value.magnitude).utf8
  var text: [UInt8] = value < 0 ? [UInt8(ascii: "-")] : []
  var left = digits.count
  for digit in digits {
    text.append(digit)
    left -= 1
    if left > 0 && left.isMultiple(of: 3) { text.append(UInt8(ascii: ",")) }
  }
  return String(decoding: text, as: UTF8.self)
}

/// One after another, with commas between them. (The standard library's `joined` has the runtime search all
/// conformances of the program, which a short run would feel.)
func groupedText(_ values: [Int]) -> String {
  var text = ""
  for (index, value) in values.enumerated() { text += (index == 0 ? "" : ", ") + groupedText(value) }
  return text
}

/// Rounded to a whole number, in groups of three; what has no whole number (a rate of no time at all) as it is.
func wholeText(_ value: Double) -> String {
  value.magnitude < 1e15 ? groupedText(Int(value.rounded())) : shortestText(value)
}

/// Microseconds, or the larger unit that reads more easily.
func durationText(microseconds: Double) -> String {
  if microseconds < 1e4 { return fixedText(microseconds, digits: microseconds < 100 ? 1 : 0) + " µs" }
  if microseconds < 1e6 { return fixedText(microseconds / 1e3, digits: 1) + " ms" }
  return fixedText(microseconds / 1e6, digits: 1) + " s"
}

func counted(_ count: Int, _ singular: String, _ plural: String) -> String {
  groupedText(count) + " " + (count == 1 ? singular : plural)
}
