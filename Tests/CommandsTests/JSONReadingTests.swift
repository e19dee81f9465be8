import Commands
import Students
import Testing

@Suite struct JSONReadingTests {
  private func read(_ text: String) throws -> String { try JSON(reading: Array(text.utf8)).text }

  @Test(arguments: [
    "null", "true", "false", "0", "-1", "9223372036854775807", "18446744073709551615", "-0", "0.1", "1e+22",
    "-1.5e-300",
    "5e-324", "1.7976931348623157e+308", "\"\"", "\"ψ \\\"\\\\ \\n\\r\\t\\u0001\"", "[]", "{}",
    "[1, [2, {\"a\": null}]]",
    "{\"a\": 1, \"b\": [true, false], \"c\": {\"d\": \"e\"}}",
  ]) func whatIsWrittenReadsBack(_ text: String) throws { #expect(try read(text) == text) }

  @Test func otherSpellings() throws {
    #expect(try read(" { \"a\" :\t[ 1 ,2 ]\r\n} ") == "{\"a\": [1, 2]}")
    #expect(try read("\"\\u00e9\\ud83d\\ude00\\/\\b\\f\"") == "\"é😀/\\u0008\\u000c\"")
    #expect(try read("1.0") == "1" && read("1E3") == "1000" && read("0.50") == "0.5")
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "+1", "01", "-", "-01", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "1 2",
    "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\n\"", "[", "[1", "[1,", "[1,]", "[,1]", "]", "{", "{1: 2}",
    "{\"a\"}",
    "{\"a\": }", "{\"a\": 1,}", "{\"a\": 1 \"b\": 2}", "{\"a\": 1, \"a\": 2}", "{'a': 1}", "[1}", "// x\n1",
  ]) func refusesTheRest(_ text: String) {
    #expect(throws: TensorFileError.self, "\(text)") { try read(text) }
  }

  @Test func endsAtEveryByte() {
    let whole = "{\"a\": [1, -2.5e3, true, null, \"x\\u00e9\"], \"b\": {\"c\": false}}"
    for count in 0..<whole.utf8.count {
      #expect(throws: TensorFileError.self) { try JSON(reading: Array(whole.utf8.prefix(count))) }
    }
  }

  @Test func depthIsBounded() throws {
    let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(try read(deep(31)) == deep(31))
    #expect(throws: TensorFileError.self) { try read(deep(33)) }
    #expect(throws: TensorFileError.self) { try read(String(repeating: "[", count: 1_000_000)) }
  }
}
