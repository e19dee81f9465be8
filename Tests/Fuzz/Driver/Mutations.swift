import CFuzzer

/// One of libFuzzer's own mutations.
func mutateBytes(_ input: [UInt8], _ largest: Int) -> [UInt8] {
  let largest = max(largest, input.count, 1)
  return Array(unsafeUninitializedCapacity: largest) { room, count in
    _ = room.initialize(from: input)
    count = LLVMFuzzerMutate(room.baseAddress, input.count, largest)
  }
}

/// The same of a part of an input; what is around it stays.
func mutate(_ part: Range<Int>, of input: [UInt8], _ largest: Int) -> [UInt8] {
  let room = max(part.count, largest - (input.count - part.count))
  return input[..<part.lowerBound] + mutateBytes(Array(input[part]), room) + input[part.upperBound...]
}

/// Numbers at the ends of what types hold, and beyond.
let interestingNumbers =
  [
    "0", "1", "-1", "2", "3", "4", "7", "8", "9", "16", "63", "64", "65", "255", "256", "4095", "4096", "65535",
    "65536",
    "2147483647", "2147483648", "4294967295", "4294967296", "9007199254740993", "4611686018427387904",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
    "18446744073709551616", "0.5", "-0.0", "1e-320", "1e308", "-1.7976931348623157e308", "1e309", "1e5", "NaN", "nan",
    "Infinity", "-inf", "0x10", "1_000", "+1", "01", ".5", "5.",
  ].map { Array($0.utf8) }

/// Bytes of text: one number becomes another, in one place or wherever the same stands before it, a piece stands twice
/// or is gone, or anything.
func mutateText(_ input: [UInt8], _ choice: inout Choice, _ largest: Int) -> [UInt8] {
  switch choice.below(6) {
  case 0, 1:
    let numbers = numberRanges(input)
    if numbers.isEmpty { break }
    let place = choice.element(numbers)
    let number = choice.below(4) == 0 ? Array(input[choice.element(numbers)]) : choice.element(interestingNumbers)
    if choice.below(3) == 0 { return replaced(number, at: place, wherever: numbers, input) }
    return input[..<place.lowerBound] + number + input[place.upperBound...]
  case 2:
    let pieces = pieceRanges(input)
    let (from, to) = (choice.element(pieces), choice.element(pieces))
    if choice.below(3) == 0 { return input[..<from.lowerBound] + Array(input[from.upperBound...]) }
    if choice.below(2) == 0 { return input[..<to.lowerBound] + input[from] + Array(input[to.lowerBound...]) }
    return input[..<to.lowerBound] + input[from] + Array(input[to.upperBound...])
  default: break
  }
  return mutateBytes(input, largest)
}

/// One of `places` becomes a number, and so do those with the same few bytes before them: the members of one name.
private func replaced(
  _ number: [UInt8], at place: Range<Int>, wherever places: [Range<Int>], _ input: [UInt8]
) -> [UInt8] {
  func before(_ place: Range<Int>) -> ArraySlice<UInt8> { input[max(0, place.lowerBound - 8)..<place.lowerBound] }
  var output: [UInt8] = []
  var end = 0
  for other in places where before(other).elementsEqual(before(place)) {
    output += input[end..<other.lowerBound] + number
    end = other.upperBound
  }
  return output + input[end...]
}

private func numberRanges(_ text: [UInt8]) -> [Range<Int>] {
  var ranges: [Range<Int>] = []
  var index = 0
  while index < text.count {
    let start = index
    while index < text.count, isDigit(text[index]) || index > start && "+-.eE".utf8.contains(text[index]) { index += 1 }
    if index > start { ranges.append(start..<index) }
    index += 1
  }
  return ranges
}

func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// What commas, line ends and the like stand between, with the one behind it; never empty.
private func pieceRanges(_ text: [UInt8]) -> [Range<Int>] {
  var ranges: [Range<Int>] = []
  var start = 0
  for (index, byte) in text.enumerated() where ",;\n[]{}".utf8.contains(byte) {
    ranges.append(start..<index + 1)
    start = index + 1
  }
  return ranges + [start..<text.count]
}

extension Array where Element == UInt8 {
  /// The lines, each with its end; the last may be without.
  var lines: [[UInt8]] {
    split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) + [0x0A] }.dropLast()
      + (last == 0x0A || isEmpty ? [] : [Array(self[((lastIndex(of: 0x0A) ?? -1) + 1)...])])
  }

  /// Where `other` begins, searched from the end.
  func lastRange(of other: some Collection<UInt8>) -> Range<Int>? {
    let other = [UInt8](other)
    guard count >= other.count else { return nil }
    for start in stride(from: count - other.count, through: 0, by: -1)
    where self[start..<start + other.count].elementsEqual(other) {
      return start..<start + other.count
    }
    return nil
  }
}
