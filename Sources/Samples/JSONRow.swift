import Glibc

/// One line of NDJSON as a sample: an array of numbers, `[0.5, 1]`, or an object `{"features": [0.5, 1], "label": 1}`
/// whose other members are passed over; but `"target": 0.5` or `"target": [0.5, 1]` is read where it is asked for.
/// Numbers are those of RFC 8259; what Python writes for what is not finite (`NaN`, `Infinity`) is known, but never
/// accepted. Allocates nothing.
struct JSONRow {
  struct Fault: Error {
    /// At this byte of the line, from 0.
    let offset: Int
    let expected: JSONPart
  }

  /// Numbers in the array.
  private(set) var count = 0
  /// nil: the line has none, or null.
  private(set) var label: Int?
  /// nil: the line has none, or null, or nobody asks.
  private(set) var targetCount: Int?
  private let line: UnsafeBufferPointer<UInt8>
  private var position = 0
  /// Where the first number may stand.
  private var features = 0
  private var target = 0
  private let readsTargets: Bool

  static func begins(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.first == UInt8(ascii: "{") || line.first == UInt8(ascii: "[")
  }

  /// Reads all of a line.
  /// - Precondition: the byte behind `line` can be read, and belongs to no number.
  init(_ line: UnsafeBufferPointer<UInt8>, readsTargets: Bool = false) throws(Fault) {
    self.line = line
    self.readsTargets = readsTargets
    if next == UInt8(ascii: "[") { (features, count) = try countNumbers() } else { try readObject() }
    skipBlanks()
    if position < line.count { throw fault(.end) }
  }

  /// Calls `body` with each number, or with nil for one that is not finite.
  func forEachNumber(_ body: (_ index: Int, _ value: Double?) -> Void) { forEach(from: features, count, body) }

  /// The same for targets.
  func forEachTarget(_ body: (_ index: Int, _ value: Double?) -> Void) {
    forEach(from: target, targetCount ?? 0, body)
  }

  private func forEach(from start: Int, _ count: Int, _ body: (_ index: Int, _ value: Double?) -> Void) {
    var copy = self
    copy.position = start
    var index = 0
    while index < count {
      // It was read before.
      guard let value = try? copy.number() else { return }
      body(index, value.isFinite ? value : nil)
      index += 1
      copy.skipBlanks()
      copy.position += 1
    }
  }

  private var next: UInt8? { position < line.count ? line[position] : nil }

  private func fault(_ expected: JSONPart) -> Fault { Fault(offset: position, expected: expected) }

  private mutating func skipBlanks() {
    while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
      position += 1
    }
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skip(word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard line.count - position >= count else { return false }
    for index in 0..<count where line[position + index] != word.utf8Start[index] { return false }
    position += count
    return true
  }

  private mutating func readObject() throws(Fault) {
    position += 1
    var (hasFeatures, hasLabel, hasTarget) = (false, false, false)
    var isFirst = true
    while true {
      skipBlanks()
      if isFirst && skip("}") { break }
      isFirst = false
      let key = try string()
      skipBlanks()
      guard skip(":") else { throw fault(.colon) }
      skipBlanks()
      if isKey(key, "features") {
        if hasFeatures { throw fault(.once) }
        hasFeatures = true
        guard next == UInt8(ascii: "[") else { throw fault(.array) }
        (features, count) = try countNumbers()
      } else if isKey(key, "label") {
        if hasLabel { throw fault(.once) }
        hasLabel = true
        if !skip(word: "null") { label = try integer() }
      } else if readsTargets && isKey(key, "target") {
        if hasTarget { throw fault(.once) }
        hasTarget = true
        try readTarget()
      } else {
        try skipValue()
      }
      skipBlanks()
      if skip(",") { continue }
      guard skip("}") else { throw fault(.objectEnd) }
      break
    }
    if !hasFeatures { throw fault(.features) }
  }

  private mutating func readTarget() throws(Fault) {
    if skip(word: "null") { return }
    if next == UInt8(ascii: "[") {
      (target, targetCount) = try countNumbers()
    } else {
      (target, targetCount) = (position, 1)
      _ = try number()
    }
  }

  /// Where the first number of an array may stand, and how many there are.
  private mutating func countNumbers() throws(Fault) -> (start: Int, count: Int) {
    position += 1
    skipBlanks()
    let start = position
    var count = 0
    if skip("]") { return (start, count) }
    while true {
      skipBlanks()
      _ = try number()
      count += 1
      skipBlanks()
      if skip(",") { continue }
      guard skip("]") else { throw fault(.arrayEnd) }
      return (start, count)
    }
  }

  private mutating func number() throws(Fault) -> Double {
    skipBlanks()
    let start = position
    if skip(word: "NaN") { return .nan }
    _ = skip("-")
    if skip(word: "Infinity") { return .infinity }
    if !skip("0") && skipDigits() == 0 { throw fault(.number) }
    if skip("."), skipDigits() == 0 { throw fault(.number) }
    if skip("e") || skip("E") {
      if !skip("-") { _ = skip("+") }
      if skipDigits() == 0 { throw fault(.number) }
    }
    let text = UnsafeRawPointer(line.baseAddress! + start).assumingMemoryBound(to: CChar.self)
    var end: UnsafeMutablePointer<CChar>?
    let value = strtod(text, &end)
    guard let end, UnsafePointer(end) - text == position - start else {
      position = start
      throw fault(.number)
    }
    return value
  }

  private mutating func integer() throws(Fault) -> Int {
    let isNegative = skip("-")
    var value = 0
    let start = position
    while let byte = next, byte &- UInt8(ascii: "0") < 10 {
      // What no label is need not be exact.
      value = min(value, 1 << 58) * 10 + Int(byte - UInt8(ascii: "0"))
      position += 1
    }
    if position == start { throw fault(.label) }
    return isNegative ? -value : value
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = next, byte &- UInt8(ascii: "0") < 10 { position += 1 }
    return position - start
  }

  /// A string, as its bytes stand between the quotation marks.
  private mutating func string() throws(Fault) -> Range<Int> {
    guard skip("\"") else { throw fault(.string) }
    let start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    if position >= line.count {
      position = line.count
      throw fault(.stringEnd)
    }
    position += 1
    return start..<position - 1
  }

  private func isKey(_ range: Range<Int>, _ key: StaticString) -> Bool {
    guard range.count == key.utf8CodeUnitCount else { return false }
    for index in 0..<range.count where line[range.lowerBound + index] != key.utf8Start[index] { return false }
    return true
  }

  /// Passes any value; what stands in arrays and objects is looked at no further than to find their end.
  private mutating func skipValue() throws(Fault) {
    var depth = 0
    repeat {
      skipBlanks()
      guard let byte = next else { throw fault(.value) }
      switch byte {
      case UInt8(ascii: "\""): _ = try string()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { throw fault(.value) }
        depth -= 1
        position += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        if depth == 0 { throw fault(.value) }
        position += 1
      default: while let byte = next, !isStructure(byte) { position += 1 }
      }
    } while depth > 0
  }

  private func isStructure(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      true
    default: false
    }
  }
}

/// What was expected in a line of JSON.
public enum JSONPart: Sendable, Equatable {
  case number, label, string, stringEnd, value, colon, array, arrayEnd, objectEnd, features, end
  /// `features` or `label` stands twice.
  case once
}
