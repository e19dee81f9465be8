import Students

/// What a setting may be: how it is read, what is allowed, and how it is shown.
struct ValueKind<Value: Sendable>: Sendable {
  /// Completes "allowed is …".
  let allowed: @Sendable () -> String
  /// Stands for the value in the help of a flag.
  let placeholder: @Sendable () -> String
  /// nil for a value that is not allowed.
  let parse: @Sendable (SettingValue) -> Value?
  let json: @Sendable (Value) -> JSON

  /// The texts are made when somebody asks for them.
  init(
    allowed: @autoclosure @escaping @Sendable () -> String, placeholder: @autoclosure @escaping @Sendable () -> String,
    parse: @escaping @Sendable (SettingValue) -> Value?, json: @escaping @Sendable (Value) -> JSON
  ) {
    self.allowed = allowed
    self.placeholder = placeholder
    self.parse = parse
    self.json = json
  }

  /// The same or nothing, which is written as `word`.
  func orNone(_ word: String) -> ValueKind<Value?> {
    ValueKind<Value?>(
      allowed: "\(allowed()), or \"\(word)\"", placeholder: placeholder(),
      parse: { $0.asString == word ? .some(nil) : parse($0).map(Optional.some) },
      json: { $0.map(json) ?? .string(word) })
  }
}

extension ValueKind where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> Self {
    ValueKind(
      allowed: "an integer from \(range.lowerBound) to \(range.upperBound)", placeholder: "n",
      parse: { $0.asInteger.flatMap { range.contains($0) ? $0 : nil } }, json: { .integer($0) })
  }

  static func oneOf(_ values: [Int]) -> Self {
    ValueKind(
      allowed: "one of " + values.map(String.init).joined(separator: ", "), placeholder: "n",
      parse: { $0.asInteger.flatMap { values.contains($0) ? $0 : nil } }, json: { .integer($0) })
  }

  static func bytes(_ range: ClosedRange<Int>) -> Self {
    ValueKind(
      allowed: "\(range.lowerBound) to \(range.upperBound) bytes: an integer, or text such as \"64 KiB\", \"16 MiB\"",
      placeholder: "bytes",
      parse: { value in
        (value.asInteger ?? value.asString.flatMap(ByteSize.parse)).flatMap { range.contains($0) ? $0 : nil }
      }, json: { .integer($0) })
  }
}

extension ValueKind where Value == UInt64 {
  static var seed: Self {
    ValueKind(
      allowed: "an integer from 0 to \(UInt64.max)", placeholder: "n",
      parse: { value in
        if case .text(let text) = value { UInt64(text) } else { value.asInteger.flatMap { UInt64(exactly: $0) } }
      }, json: { .unsigned($0) })
  }
}

extension ValueKind where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> Self {
    ValueKind(
      allowed: "a number from \(shortestText(range.lowerBound)) to \(shortestText(range.upperBound))", placeholder: "x",
      parse: { $0.asNumber.flatMap { range.contains($0) ? $0 : nil } }, json: { .number($0) })
  }

  static func number(_ allowed: String, where isAllowed: @escaping @Sendable (Double) -> Bool) -> Self {
    ValueKind(
      allowed: allowed, placeholder: "x", parse: { $0.asNumber.flatMap { isAllowed($0) ? $0 : nil } },
      json: { .number($0) })
  }
}

extension ValueKind where Value == Bool {
  static var boolean: Self {
    ValueKind(allowed: "true or false", placeholder: "true|false", parse: \.asBoolean, json: { .boolean($0) })
  }
}

extension ValueKind where Value == String {
  static func text(_ allowed: String, placeholder: String) -> Self {
    // A NUL would end the text early wherever the system reads it.
    ValueKind(
      allowed: allowed, placeholder: placeholder,
      parse: { $0.asString.flatMap { $0.utf8.contains(0) ? nil : $0 } }, json: { .string($0) })
  }

  static var path: Self { text("a path", placeholder: "file") }
}

extension ValueKind where Value == [String] {
  /// Texts of `Observable`.
  static var observables: Self {
    ValueKind(
      allowed: "2 to \(Model.largestLogitCount) sums of Pauli strings, e.g. [\"Z0\", \"0.5*Z0*Z1 - X2\"]",
      placeholder: "sum;sum…",
      parse: { value in
        guard let texts = value.asArray?.map(\.asString), (2...Model.largestLogitCount).contains(texts.count) else {
          return nil
        }
        let known = texts.compactMap { $0 }.filter { (try? Observable($0)) != nil }
        return known.count == texts.count ? known : nil
      }, json: { .array($0.map(JSON.string)) })
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
      allowed: "two finite numbers, the lower one first, e.g. [0.8, 1.2]", placeholder: "low,high",
      parse: { value in
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
      allowed: "one of " + values.map(\.name).joined(separator: ", "),
      placeholder: values.map(\.name).joined(separator: "|"),
      parse: { given in values.first { $0.name == given.asString }?.value },
      json: { value in .optional(values.first { $0.value == value }?.name) })
  }
}

extension ValueKind where Value: NamedConvention & Equatable {
  static var convention: Self {
    ValueKind(
      allowed: "one of " + Value.allowedNames, placeholder: Value.all.map(\.name).joined(separator: "|"),
      parse: { $0.asString.flatMap { Value(name: $0) } }, json: { .string($0.name) })
  }
}

extension ValueKind where Value: RawRepresentable & CaseIterable & Equatable, Value.RawValue == String {
  static var rawText: Self {
    ValueKind(
      allowed: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
      placeholder: Value.allCases.map(\.rawValue).joined(separator: "|"),
      parse: { $0.asString.flatMap { Value(rawValue: $0) } }, json: { .string($0.rawValue) })
  }
}
