import Files
import Testing

@Suite struct JSONParsingTests {
  @Test(arguments: [
    "null", "true", "[]", "{}", "-0.5", "1e+30", #""a\"b\\c\n""#, #"{"a": [1, 2.5, {"b": null}], "c": "ψ"}"#,
    "9223372036854775807",
  ])
  func readsWhatIsWritten(_ text: String) throws {
    let value = try #require(JSON(Array(text.utf8)))
    let again = try #require(JSON(Array(value.text.utf8)))
    #expect(again.text == value.text)
  }

  @Test func members() throws {
    let value = try #require(JSON(Array(#" {"a": 1, "b": "x", "c": [2.5], "a": 2, "d": true} "#.utf8)))
    #expect(value["a"]?.asInteger == 1 && value["a"]?.asNumber == 1 && value["b"]?.asString == "x")
    #expect(value["c"]?.asArray?.first?.asNumber == 2.5 && value["d"]?.asBoolean == true && value["e"] == nil)
    #expect(JSON(Array(#""\u0041\ud83c\udf88\t""#.utf8))?.asString == "A🎈\t")
  }

  @Test(arguments: [
    "", " ", "nul", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "1.", ".5", "+1", "1e", "--1", "\"a",
    "\"\\x\"",
    "\"\\u12\"", "\"\\ud800\"", "[", "]", "1 2", "NaN", "1e999", "\"\u{1}\"", "{\"a\":1,}",
  ])
  func refuses(_ text: String) { #expect(JSON(Array(text.utf8)) == nil) }

  @Test func depthIsBounded() {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
    }
    #expect(JSON(nested(32)) != nil && JSON(nested(33)) == nil && JSON(nested(1_000_000)) == nil)
    #expect(JSON([0x22, 0xFF, 0x22]) == nil)
  }

  /// Reading an object without its arrays takes and refuses what reading all of it does.
  @Test(arguments: [
    #"{"a": [1, {"b": [2]}, "x"], "c": 3}"#, #" { "c" : {"a": [1]}, "a" : [ ] } "#, "{}", #"{"a": 5}"#, "[1]", "",
    #"{"a": [1, 2}"#, #"{"a": [1,]}"#, #"{"a": [1]"#, #"{"c": {}"#, #"{"a": [1] "c": 2}"#, #"{"a": [1]}, 3"#,
    #"{"a": [1], }"#, #"{"a" [1]}"#, #"{"a": [nul]}"#,
  ])
  func arraysByElement(_ text: String) {
    var passed: [(String, Int, String)] = []
    let value = JSON.object(Array(text.utf8), passing: ["a"]) { passed.append(($0, $1, $2.text)) }
    guard let whole = JSON(Array(text.utf8)), case .object(let members) = whole else {
      #expect(value == nil)
      return
    }
    let elements = members.flatMap { key, member in
      key == "a" ? (member.asArray ?? []).enumerated().map { ("a", $0.offset, $0.element.text) } : []
    }
    #expect(passed.map { "\($0)" } == elements.map { "\($0)" })
    let rest = JSON.object(members.map { ($0, $0 == "a" && $1.asArray != nil ? .array([]) : $1) })
    #expect(value?.text == rest.text)
  }

  @Test func anElementEndsTheReading() {
    struct Enough: Error {}
    #expect(throws: Enough.self) {
      _ = try JSON.object(Array(#"{"a": [1, 2]}"#.utf8), passing: ["a"]) { (_, place, _) throws(Enough) in
        if place == 1 { throw Enough() }
      }
    }
  }
}
