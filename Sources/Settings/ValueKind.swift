import Files
import Models

/// What a setting may be: how it is read, what is allowed, and how it is shown.
struct ValueKind<Value: Sendable>: Sendable {
  /// Completes "allowed is …".
  let allowed: String
  /// Stands for the value in the help of a flag.
  let placeholder: String
  /// nil for what is no value of this kind.
  let read: @Sendable (SettingValue) -> Value?
  /// Whether a value of this kind is allowed.
  let holds: @Sendable (Value) -> Bool
  let json: @Sendable (Value) -> JSON
  /// A file or folder: in a profile relative to the profile's folder, elsewhere to the working directory.
  var isPath = false

  init(
    _ allowed: String, placeholder: String, read: @escaping @Sendable (SettingValue) -> Value?,
    holds: @escaping @Sendable (Value) -> Bool = { _ in true }, json: @escaping @Sendable (Value) -> JSON
  ) {
    self.allowed = allowed
    self.placeholder = placeholder
    self.read = read
    self.holds = holds
    self.json = json
  }

  /// nil for a value that is not allowed.
  func parse(_ value: SettingValue) -> Value? { read(value).flatMap { holds($0) ? $0 : nil } }

  /// The same or nothing, which is written as `word`.
  func orNone(_ word: String) -> ValueKind<Value?> {
    ValueKind<Value?>(
      "\(allowed), or \"\(word)\"", placeholder: placeholder,
      read: { $0.asString == word ? .some(nil) : read($0).map(Optional.some) },
      holds: { $0.map(holds) ?? true }, json: { $0.map(json) ?? .string(word) })
  }
}

extension ValueKind where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> Self {
    ValueKind(
      "an integer from \(range.lowerBound) to \(range.upperBound)", placeholder: "n",
      read: \.asInteger, holds: range.contains, json: { .integer($0) })
  }

  static func oneOf(_ values: [Int]) -> Self {
    ValueKind(
      "one of " + values.map(String.init).joined(separator: ", "), placeholder: "n",
      read: \.asInteger, holds: values.contains, json: { .integer($0) })
  }

  static func bytes(_ range: ClosedRange<Int>) -> Self {
    ValueKind(
      "\(range.lowerBound) to \(range.upperBound) bytes: an integer, or text such as \"64 KiB\", \"16 MiB\"",
      placeholder: "bytes",
      read: { $0.asInteger ?? $0.asString.flatMap(ByteSize.parse) }, holds: range.contains, json: { .integer($0) })
  }
}

extension ValueKind where Value == UInt64 {
  static var seed: Self {
    ValueKind(
      "an integer from 0 to \(UInt64.max)", placeholder: "n",
      read: { value in
        value.asString.map { UInt64($0) } ?? value.asInteger.flatMap { UInt64(exactly: $0) }
      }, json: { .unsigned($0) })
  }
}

extension ValueKind where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> Self {
    ValueKind(
      "a number from \(JSON.numberText(range.lowerBound)) to \(JSON.numberText(range.upperBound))", placeholder: "x",
      read: \.asNumber, holds: range.contains, json: { .number($0) })
  }

  static func number(_ allowed: String, where isAllowed: @escaping @Sendable (Double) -> Bool) -> Self {
    ValueKind(
      allowed, placeholder: "x", read: \.asNumber, holds: isAllowed,
      json: { .number($0) })
  }
}

extension ValueKind where Value == Bool {
  static var boolean: Self {
    ValueKind("true or false", placeholder: "true|false", read: \.asBoolean, json: { .boolean($0) })
  }
}

extension ValueKind where Value == String {
  static func text(_ allowed: String, placeholder: String) -> Self {
    // A NUL would end the text early wherever the system reads it.
    ValueKind(
      allowed, placeholder: placeholder,
      read: { $0.asString.flatMap { $0.utf8.contains(0) ? nil : $0 } }, json: { .string($0) })
  }

  static var path: Self { place("file") }

  static var folder: Self { place("folder") }

  private static func place(_ placeholder: String) -> Self {
    var kind = text("a path", placeholder: placeholder)
    kind.isPath = true
    return kind
  }

  /// A digest as `inspect` prints it.
  static var sha256: Self {
    ValueKind(
      "64 lower-case hexadecimal digits", placeholder: "digest", read: \.asString,
      holds: { $0.utf8.count == 64 && $0.utf8.allSatisfy("0123456789abcdef".utf8.contains) }, json: { .string($0) })
  }
}

extension ValueKind where Value == [String] {
  /// Texts of `Observable`; how many a task needs is a relation.
  static var observables: Self { observables(1...Model.largestLogitCount) }

  /// Beside those of the logits.
  static var furtherObservables: Self { observables(0...Model.largestLogitCount) }

  private static func observables(_ range: ClosedRange<Int>) -> Self {
    ValueKind(
      "\(range.lowerBound) to \(range.upperBound) sums of Pauli strings, e.g. [\"Z0\", \"0.5*Z0*Z1 - X2\"]",
      placeholder: "sum;sum…",
      read: { value in
        guard let texts = value.asArray?.map(\.asString), range.contains(texts.count) else { return nil }
        let known = texts.compactMap { $0 }.filter { (try? Observable($0)) != nil }
        return known.count == texts.count ? known : nil
      }, json: { .array($0.map(JSON.string)) })
  }
}

extension ValueKind where Value == [String] {
  static var names: Self {
    ValueKind(
      "names of columns, e.g. [\"x\", \"y\"]; none: []", placeholder: "name,name…",
      read: { value in
        if case .text("") = value { return [] }
        return value.asArray.flatMap { elements in
          let names = elements.compactMap(\.asString)
          return names.count == elements.count ? names : nil
        }
      }, holds: { Set($0).count == $0.count }, json: { .array($0.map(JSON.string)) })
  }
}

/// Two ends of an interval.
struct Interval: Sendable {
  var lower: Double
  var upper: Double
}

extension ValueKind where Value == Interval {
  static var interval: Self {
    ValueKind(
      "two finite numbers, the lower one first, e.g. [0.8, 1.2]", placeholder: "low,high",
      read: { value in
        guard let ends = value.asArray, ends.count == 2, let lower = ends[0].asNumber, let upper = ends[1].asNumber,
          lower <= upper
        else { return nil }
        return Interval(lower: lower, upper: upper)
      }, json: { .array([.number($0.lower), .number($0.upper)]) })
  }
}

extension ValueKind where Value: Equatable {
  /// One of a few names.
  static func choice(_ values: [(name: String, value: Value)]) -> Self {
    ValueKind(
      "one of " + values.map(\.name).joined(separator: ", "),
      placeholder: values.map(\.name).joined(separator: "|"),
      read: { given in values.first { $0.name == given.asString }?.value },
      json: { value in .optional(values.first { $0.value == value }?.name) })
  }
}

extension ValueKind where Value: NamedConvention & Equatable {
  static var convention: Self {
    ValueKind(
      "one of " + Value.allowedNames, placeholder: Value.all.map(\.name).joined(separator: "|"),
      read: { $0.asString.flatMap { Value(name: $0) } }, json: { .string($0.name) })
  }
}

extension ValueKind where Value: RawRepresentable & CaseIterable & Equatable, Value.RawValue == String {
  static var rawText: Self {
    ValueKind(
      "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
      placeholder: Value.allCases.map(\.rawValue).joined(separator: "|"),
      read: { $0.asString.flatMap { Value(rawValue: $0) } }, json: { .string($0.rawValue) })
  }
}

extension ValueKind where Value == [Int] {
  static func integers(_ range: ClosedRange<Int>) -> Self {
    numbers("integers from \(range.lowerBound) to \(range.upperBound), e.g. [4, 5]; none: []") {
      $0.allSatisfy(range.contains)
    }
  }

  static var classes: Self {
    numbers("different integers from 0 on, e.g. [1, 5]; none: []") { numbers in
      numbers.allSatisfy((0...Int(Int32.max)).contains) && Set(numbers).count == numbers.count
    }
  }

  private static func numbers(_ allowed: String, holds: @escaping @Sendable ([Int]) -> Bool) -> Self {
    ValueKind(
      allowed, placeholder: "n,n…",
      read: { value in
        if case .text("") = value { return [] }
        return value.asArray.flatMap { elements in
          let numbers = elements.compactMap(\.asInteger)
          return numbers.count == elements.count ? numbers : nil
        }
      }, holds: holds, json: { .array($0.map { .integer($0) }) })
  }
}
