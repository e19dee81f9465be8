/// The mark under which the compiler refuses whatever can allocate, in a function and in all that it calls.
let allocationMark = "@_noAllocation"

/// Public functions, initialisers, subscripts and spelled-out accessors without `@_noAllocation`.
///
/// Left out, because the compiler refuses the mark there (Swift 6.3):
/// - generic functions, and all that stands in a generic type, a protocol or an extension of either: they are checked
///   through the marked entry points that use them. `extension SIMD4 where Scalar == Double` is concrete;
/// - properties whose getter is not spelled out, and stored ones. They are checked in each marked function that reads
///   them.
///
/// - Parameter genericNames: protocols and generic types, whose extensions are generic too (see `genericNames(_:)`).
func allocationMarkFindings(_ path: String, _ text: String, genericNames: Set<String>) -> [Finding] {
  var reader = AllocationMarkReader(path: path, tokens: swiftTokens(text), genericNames: genericNames)
  reader.readMembers(inPublicExtension: false, generic: false)
  return reader.findings
}

/// The protocols and generic types that a source declares.
func genericNames(_ text: String) -> Set<String> {
  let tokens = swiftTokens(text)
  var names: Set<String> = []
  for (index, token) in tokens.enumerated().dropLast(2) where tokens[index + 1].isWord {
    let isGeneric = ["struct", "class", "enum"].contains(token.text) && tokens[index + 2].text == "<"
    if isGeneric || token.text == "protocol" { names.insert(String(tokens[index + 1].text)) }
  }
  return names
}

/// The generic types and protocols of the standard library that a kernel extends.
let standardGenericNames: Set<String> = [
  "SIMD", "SIMD2", "SIMD4", "SIMD8", "SIMD16", "SIMD32", "SIMD64", "FloatingPoint", "BinaryFloatingPoint",
  "FixedWidthInteger", "BinaryInteger", "UnsafePointer", "UnsafeMutablePointer", "UnsafeBufferPointer",
  "UnsafeMutableBufferPointer", "Span", "MutableSpan", "Range", "Optional",
]

private struct AllocationMarkReader {
  let path: String
  let tokens: [SwiftToken]
  let genericNames: Set<String>
  var position = 0
  var findings: [Finding] = []

  private func text(_ index: Int) -> Substring { index < tokens.count ? tokens[index].text : "" }

  /// Reads declarations up to the `}` that ends them, or the end.
  mutating func readMembers(inPublicExtension: Bool, generic: Bool) {
    while position < tokens.count && text(position) != "}" {
      // `x.init`, `.func` and a label `protocol:` are no declarations.
      let declares = position == 0 || text(position - 1) != "."
      switch text(position) {
      case "struct", "class", "enum", "actor", "extension", "protocol":
        if declares && position + 1 < tokens.count && tokens[position + 1].isWord && text(position + 1) != "func" {
          readType(generic: generic)
        } else {
          position += 1
        }
      case "func", "init", "subscript", "var":
        if declares { readMember(inPublicExtension: inPublicExtension, generic: generic) } else { position += 1 }
      case "{": skipBraces()
      default: position += 1
      }
    }
  }

  private mutating func readType(generic: Bool) {
    let start = position
    let (isPublic, _) = modifiers(before: start)
    while position < tokens.count && text(position) != "{" { position += 1 }
    let header = tokens[start..<position].map(\.text)
    let isGeneric: Bool
    switch header[0] {
    case "protocol":
      skipBraces()
      return
    case "extension":
      let isConcrete = header.contains("where") && header.contains("=") && !header.contains(":")
      isGeneric = genericNames.contains(String(header[1])) && !isConcrete
    default: isGeneric = header.count > 2 && header[2] == "<"
    }
    position += 1
    readMembers(inPublicExtension: header[0] == "extension" && isPublic, generic: generic || isGeneric)
    position += 1
  }

  private mutating func readMember(inPublicExtension: Bool, generic: Bool) {
    let start = position
    let (saysPublic, isMarked) = modifiers(before: start)
    position += 1
    // To the body, over default values and whatever else stands in parentheses; a stored property has none.
    var depth = 0
    while position < tokens.count {
      let token = text(position)
      if token == "(" || token == "[" { depth += 1 }
      if token == ")" || token == "]" { depth -= 1 }
      if depth == 0 && (token == "{" || token == "}" || (position > start + 1 && beginsMember(position))) { break }
      if depth == 0 && token == "=" && text(start) == "var" { break }
      position += 1
    }
    let header = Array(tokens[start..<position])
    let hasBody = text(position) == "{"
    let body = position
    if hasBody { skipBraces() }
    let isHidden = ["private", "fileprivate", "internal"].contains { hidden in
      modifierTokens(before: start).contains { $0.text == hidden }
    }
    guard saysPublic || (inPublicExtension && !isHidden), hasBody, !generic, !isMarked else { return }
    report(header, body: body)
  }

  private mutating func report(_ header: [SwiftToken], body: Int) {
    let kind = String(header[0].text)
    let parameters = header.firstIndex { $0.text == "(" } ?? header.count
    let words = header[1..<min(parameters, header.count)].filter(\.isWord)
    let isNamed = header.count > 1 && header[1].isWord
    let isGeneric = words.count > (kind == "func" && isNamed ? 1 : 0) || header.contains { $0.text == "some" }
    if kind != "var" && isGeneric { return }
    let name =
      kind == "func" || kind == "var"
      ? kind + " " + (isNamed ? header[1].text : header[1..<parameters].map(\.text).joined()[...]) : kind
    let accessors = accessors(body)
    if accessors.isEmpty && kind == "var" { return }
    if accessors.isEmpty {
      findings.append(Finding(path: path, line: header[0].line, message: "public \(name) lacks \(allocationMark)"))
    }
    for accessor in accessors where !modifiers(before: accessor).isMarked {
      findings.append(
        Finding(
          path: path, line: tokens[accessor].line,
          message: "public \(name): `\(text(accessor))` lacks \(allocationMark)"))
    }
  }

  /// Where the spelled-out accessors of a property or subscript stand; none in a body that is the getter itself.
  private func accessors(_ body: Int) -> [Int] {
    var found: [Int] = []
    var depth = 0
    for index in body..<position {
      if text(index) == "{" { depth += 1 }
      if text(index) == "}" { depth -= 1 }
      let isName = ["get", "set", "_read", "_modify"].contains(text(index))
      if depth == 1 && isName && (text(index + 1) == "{" || text(index + 1) == "(") { found.append(index) }
    }
    return found
  }

  /// What precedes a declaration's keyword: modifiers, and attributes with their arguments.
  private func modifierTokens(before start: Int) -> ArraySlice<SwiftToken> {
    var first = start
    while first > 0 {
      var candidate = first - 1
      if text(candidate) == ")" {
        while candidate > 0 && text(candidate) != "(" { candidate -= 1 }
        candidate -= 1
      }
      guard candidate >= 0, beginsMember(candidate) else { break }
      first = candidate
    }
    return tokens[first..<start]
  }

  private func modifiers(before start: Int) -> (isPublic: Bool, isMarked: Bool) {
    let before = modifierTokens(before: start)
    return (
      before.contains { $0.text == "public" || $0.text == "open" }, before.contains { $0.text == allocationMark }
    )
  }

  /// True for attributes, modifiers and keywords with which a declaration can begin.
  private func beginsMember(_ index: Int) -> Bool {
    let words: Set<Substring> = [
      "public", "package", "internal", "fileprivate", "private", "open", "static", "final", "mutating", "nonmutating",
      "consuming", "borrowing", "prefix", "postfix", "infix", "nonisolated", "override", "required", "convenience",
      "func", "var", "let", "init", "subscript", "deinit", "case", "typealias", "struct", "enum", "extension",
      "protocol", "class", "actor",
    ]
    return tokens[index].text.hasPrefix("@") || words.contains(text(index))
  }

  /// From a `{` to behind its `}`.
  private mutating func skipBraces() {
    var depth = 0
    repeat {
      if text(position) == "{" { depth += 1 }
      if text(position) == "}" { depth -= 1 }
      position += 1
    } while depth > 0 && position < tokens.count
  }
}
