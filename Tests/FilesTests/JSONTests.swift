import Files
import Foundation
import Testing

@Suite struct JSONTests {
  @Test func escapesWhatMustBe() {
    #expect(JSON.string("a\"b\\c/d").text == #""a\"b\\c/d""#)
    #expect(JSON.string("\n\r\t\u{0}\u{1B}\u{1F}").text == #""\n\r\t\u0000\u001b\u001f""#)
    #expect(JSON.string("\u{7F}ψ ⟨Z⟩ 🎈\u{2028}").text == "\"\u{7F}ψ ⟨Z⟩ 🎈\u{2028}\"")
    #expect(JSON.object([("\"", .null)]).text == #"{"\"": null}"#)
    // A line break of two characters is one Character in Swift.
    #expect(JSON.string("\r\n").text == #""\r\n""#)
  }

  @Test func everyScalarReadsBack() throws {
    let scalars = Array(0...0xD7FF) + Array(0xE000...0x10FFFF).filter { $0 % 37 == 0 || $0 < 0xE100 }
    let text = String(String.UnicodeScalarView(scalars.compactMap { Unicode.Scalar(UInt32($0)) }))
    let data = Data(JSON.array([.string(text)]).text.utf8)
    let back = try #require(try JSONSerialization.jsonObject(with: data) as? [String])
    #expect(back[0].unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test(arguments: [
    0, -0.0, 1, 20, -1.5, 0.1, 1.0 / 3, 1e-300, Double.leastNonzeroMagnitude, 1.7976931348623157e308, 1e21,
    123456789.123, Double.pi,
  ])
  func numbersReadBack(_ value: Double) throws {
    let text = JSON.number(value).text
    #expect(Double(text)?.bitPattern == value.bitPattern)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data("[\(text)]".utf8)) }
  }

  @Test func longTextsComeInPieces() {
    let values = (0..<30_000).map { $0 % 999 == 0 ? Double.nan : 1 / Double($0) }
    let json = JSON.object([("a", .numbers(values)), ("b", .array([.numbers([]), .numbers([1])]))])
    var pieces: [String] = []
    json.write { pieces.append($0) }
    #expect(pieces.joined() == json.text && pieces.allSatisfy { $0.utf8.count < 1 << 15 } && pieces.count > 10)
    #expect(json["a"]!.text == JSON.array(values.map(JSON.number)).text)
    #expect(json["b"]!.text == "[[], [1]]" && json["b"]?.asArray?[1].asArray?[0].asNumber == 1)
  }

  @Test func numbersAreShort() {
    #expect(JSON.number(0.1).text == "0.1")
    #expect(JSON.number(20).text == "20")
    #expect(JSON.number(1e-9).text == "1e-09")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func whatIsNoNumberIsNull(_ value: Double) { #expect(JSON.number(value).text == "null") }

  @Test func wholeValues() {
    let value = JSON.object([
      ("a", .array([.integer(-1), .unsigned(.max), .boolean(true), .boolean(false), .null])), ("b", .object([])),
      ("c", .array([])),
    ])
    #expect(value.text == #"{"a": [-1, 18446744073709551615, true, false, null], "b": {}, "c": []}"#)
  }
}
