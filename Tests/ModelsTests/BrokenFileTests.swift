import Models
import Testing

/// Files made by hand, each with the answer that it must get.
@Suite struct BrokenFileTests {
  enum Broken: CaseIterable {
    case empty, lengthCut, headerBeyondFile, headerHuge, headerUnaligned, headerEmpty
    case notAnObject, unclosed, trailingGarbage, trailingNewline, commaMissing, commaTrailing, commaDouble, colonMissing
    case controlCharacter, unknownEscape, loneSurrogate, badHexadecimal, notUTF8, stringUnclosed
    case keyTwice, keyTwiceByEscape, metadataTwice, metadataKeyTwice, metadataNumber, metadataNested
    case shapeTwice, unknownKey, dtypeMissing, shapeMissing, offsetsMissing, unknownType
    case negative, fraction, exponent, leadingZero, integerOverflow, shapeOverflow, shapeBeyondFile, rankTooHigh
    case hole, overlap, wrongOrder, offsetsReversed, offsetsOfThree, lengthWrong, payloadShort, payloadLong
    case noMetadata, noDigest, digestShort, digestLong, digestUpperCase, digestEscaped, digestWrong
    case nan, infinity, nanSingle
  }

  func answer(_ kind: Broken) -> (bytes: [UInt8], expected: TensorFileError) {
    func tensor(_ text: String) -> String { "{\(metadata),\"a\":{\(text)}}" }
    func layout(_ shape: String, _ begin: Int, _ end: Int) -> String {
      "{\"dtype\":\"F64\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }
    // Where the text after the metadata and its comma begins.
    let after = 8 + 1 + metadata.utf8.count + 1
    switch kind {
    case .empty: return ([], .truncated(given: 0, needed: 8))
    case .lengthCut: return ([8, 0, 0], .truncated(given: 3, needed: 8))
    case .headerBeyondFile: return ([16, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], .truncated(given: 10, needed: 24))
    case .headerHuge:
      return (Array(repeating: 255, count: 8), .headerTooLong(given: .max, allowed: TensorFile.largestHeaderBytes))
    case .headerUnaligned: return (file(header: "{}", pad: false), .headerUnaligned(given: 2))
    case .headerEmpty: return (file(header: ""), .syntax(atByte: 8, expected: "{"))
    case .notAnObject: return (file(header: "[]"), .syntax(atByte: 8, expected: "{"))
    case .unclosed: return (file(header: "{\(metadata)"), .syntax(atByte: 104, expected: ", or }"))
    case .trailingGarbage:
      return (file(header: "{\(metadata)}x"), .syntax(atByte: after, expected: "spaces until the end of the header"))
    case .trailingNewline:
      return (file(header: "{\(metadata)}\n"), .syntax(atByte: after, expected: "spaces until the end of the header"))
    case .commaMissing: return (file(header: "{\(metadata)\"a\":1}"), .syntax(atByte: after - 1, expected: ", or }"))
    case .commaTrailing: return (file(header: "{\(metadata),}"), .syntax(atByte: after, expected: "\""))
    case .commaDouble: return (file(header: "{\(metadata),,}"), .syntax(atByte: after, expected: "\""))
    case .colonMissing: return (file(header: "{\"a\" 1}"), .syntax(atByte: 13, expected: ":"))
    case .controlCharacter:
      return (file(header: "{\"a\u{1}\":{}}"), .syntax(atByte: 11, expected: "an escaped control character"))
    case .unknownEscape: return (file(header: "{\"\\x\":{}}"), .syntax(atByte: 11, expected: "an escape"))
    case .loneSurrogate:
      return (file(header: "{\"\\ud800\":{}}"), .syntax(atByte: 12, expected: "a Unicode scalar"))
    case .badHexadecimal:
      return (file(header: "{\"\\u12g4\":{}}"), .syntax(atByte: 14, expected: "a hexadecimal digit"))
    case .notUTF8:
      return (file(header: [0x7B, 0x22, 0xC3, 0x22, 0x3A]), .syntax(atByte: 9, expected: "a string in UTF-8"))
    case .stringUnclosed: return (file(header: "{\"abcdef"), .syntax(atByte: 16, expected: "\""))
    case .keyTwice:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 0, 8)),\"a\":\(layout("[]", 8, 16))}"),
        .duplicate(key: "a", atByte: after + 52)
      )
    case .keyTwiceByEscape:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 0, 8)),\"\\u0061\":\(layout("[]", 8, 16))}"),
        .duplicate(key: "a", atByte: after + 52)
      )
    case .metadataTwice:
      return (file(header: "{\(metadata),\(metadata)}"), .duplicate(key: "__metadata__", atByte: after))
    case .metadataKeyTwice:
      return (file(header: "{\"__metadata__\":{\"b\":\"\",\"b\":\"\"}}"), .duplicate(key: "b", atByte: 32))
    case .metadataNumber: return (file(header: "{\"__metadata__\":{\"b\":1}}"), .syntax(atByte: 29, expected: "\""))
    case .metadataNested: return (file(header: "{\"__metadata__\":{\"b\":{}}}"), .syntax(atByte: 29, expected: "\""))
    case .shapeTwice:
      return (file(header: tensor("\"shape\":[],\"shape\":[]")), .duplicate(key: "shape", atByte: after + 16))
    case .unknownKey: return (file(header: tensor("\"stride\":[]")), .unknownKey("stride", atByte: after + 5))
    case .dtypeMissing: return (file(header: tensor("")), .missingKey("dtype", tensor: "a"))
    case .shapeMissing: return (file(header: tensor("\"dtype\":\"F64\"")), .missingKey("shape", tensor: "a"))
    case .offsetsMissing:
      return (file(header: tensor("\"dtype\":\"F64\",\"shape\":[]")), .missingKey("data_offsets", tensor: "a"))
    case .unknownType: return (file(header: tensor("\"dtype\":\"BF16\"")), .type(tensor: "a", given: "BF16"))
    case .negative:
      return (file(header: tensor("\"shape\":[-1]")), .syntax(atByte: after + 14, expected: "an unsigned integer"))
    case .fraction: return (file(header: tensor("\"shape\":[1.0]")), .syntax(atByte: after + 15, expected: ", or ]"))
    case .exponent: return (file(header: tensor("\"shape\":[1e3]")), .syntax(atByte: after + 15, expected: ", or ]"))
    case .leadingZero:
      return (
        file(header: tensor("\"shape\":[01]")),
        .syntax(atByte: after + 14, expected: "an integer without leading zeros")
      )
    case .integerOverflow:
      return (
        file(header: tensor("\"shape\":[9223372036854775808]")),
        .syntax(atByte: after + 14, expected: "an integer below 2^63")
      )
    case .shapeOverflow:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[4611686018427387904,4]", 0, 0))}"),
        .shape(tensor: "a", given: [1 << 62, 4])
      )
    case .shapeBeyondFile:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[8388609]", 0, 67_108_872))}"),
        .shape(tensor: "a", given: [8_388_609])
      )
    case .rankTooHigh:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[1,1,1,1,1,1,1,1,1]", 0, 8))}", payload: payload(1)),
        .rank(tensor: "a", given: 9, allowed: 8)
      )
    case .hole:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 8, 16))}", payload: payload(1, 2)),
        .offsets(tensor: "a", given: [8, 16], expected: [0, 8])
      )
    case .overlap:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 0, 8)),\"b\":\(layout("[]", 0, 8))}", payload: payload(1)),
        .offsets(tensor: "b", given: [0, 8], expected: [8, 16])
      )
    case .wrongOrder:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 8, 16)),\"b\":\(layout("[]", 0, 8))}", payload: payload(1, 2)),
        .offsets(tensor: "a", given: [8, 16], expected: [0, 8])
      )
    case .offsetsReversed:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 8, 0))}", payload: payload(1)),
        .offsets(tensor: "a", given: [8, 0], expected: [0, 8])
      )
    case .offsetsOfThree:
      return (
        file(header: tensor("\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8,8]"), payload: payload(1)),
        .offsets(tensor: "a", given: [0, 8, 8], expected: [0, 8])
      )
    case .lengthWrong:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[2]", 0, 8))}", payload: payload(1)),
        .offsets(tensor: "a", given: [0, 8], expected: [0, 16])
      )
    case .payloadShort:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[2]", 0, 16))}", payload: payload(1)),
        .payload(given: 8, expected: 16)
      )
    case .payloadLong:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[]", 0, 8))}", payload: payload(1, 2)),
        .payload(given: 16, expected: 8)
      )
    case .noMetadata: return (file(header: "{}"), .noDigest)
    case .noDigest: return (file(header: "{\"__metadata__\":{\"format\":\"np\"}}"), .noDigest)
    case .digestShort: return (file(header: "{\"__metadata__\":{\"sha256\":\"abc\"}}"), .malformedDigest(atByte: 35))
    case .digestLong:
      return (file(header: "{\"__metadata__\":{\"sha256\":\"\(zeros)0\"}}"), .malformedDigest(atByte: 35))
    case .digestUpperCase:
      let text = String(repeating: "A", count: 64)
      return (file(header: "{\"__metadata__\":{\"sha256\":\"\(text)\"}}"), .malformedDigest(atByte: 35))
    case .digestEscaped:
      let text = "\\u0030" + zeros.dropFirst()
      return (file(header: "{\"__metadata__\":{\"sha256\":\"\(text)\"}}"), .malformedDigest(atByte: 35))
    case .digestWrong:
      let wrong = String(repeating: "a", count: 64)
      let bytes = file(header: "{\"__metadata__\":{\"sha256\":\"\(wrong)\"}}")
      let zeroed = Array(bytes[..<35]) + Array(zeros.utf8) + Array(bytes[99...])
      return (bytes, .digestMismatch(given: wrong, computed: SHA256.hex(of: zeroed)))
    case .nan:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[2]", 0, 16))}", payload: payload(1, .nan)),
        .notFinite(tensor: "a", index: 1)
      )
    case .infinity:
      return (
        file(header: "{\(metadata),\"a\":\(layout("[1]", 0, 8))}", payload: payload(-.infinity)),
        .notFinite(tensor: "a", index: 0)
      )
    case .nanSingle:
      return (
        file(
          header: tensor("\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]"), payload: [0x00, 0x00, 0xC0, 0x7F]),
        .notFinite(tensor: "a", index: 0)
      )
    }
  }

  @Test(arguments: Broken.allCases)
  func isRefused(_ kind: Broken) {
    let (bytes, expected) = answer(kind)
    #expect(throws: expected) { try TensorFile(decoding: bytes) }
  }

  /// The same parts, put together rightly, are read: so what is refused above is refused for the reason given.
  @Test func whatIsNotBrokenIsRead() throws {
    let layout = "{ \"data_offsets\" : [ 0 , 8 ] ,\t\"shape\":[ ],\r\n\"dtype\":\"F64\"}"
    let bytes = file(header: "{\(metadata),\"\\u0061\\ud83d\\ude42\":\(layout)}", payload: payload(2.5))
    #expect(try TensorFile(decoding: bytes)["a🙂"]?.doubles == [2.5])
    #expect(try TensorFile(decoding: file(header: "{\"__metadata__\":{\"sha256\":\"\(zeros)\"}}")).tensors == [])
  }
}
