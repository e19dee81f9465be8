import Students
import Testing

@Suite struct TextEntriesTests {
  /// Against a dictionary, through random insertions, changes and removals.
  @Test func itHoldsWhatADictionaryHolds() {
    var random = SystemRandomNumberGenerator()
    var entries = TextEntries()
    var dictionary: [String: String] = [:]
    for step in 0..<2000 {
      let number = Int.random(in: 0..<9, using: &random)
      let key = ["", "a", "b-", "é", "z.", "Z"].randomElement(using: &random)! + "\(number)"
      let value = Bool.random(using: &random) ? "\(step)" : nil
      entries[key] = value
      dictionary[key] = value
      #expect(entries[key] == value && entries.count == dictionary.count)
    }
    #expect(entries.allSatisfy { dictionary[$0.key] == $0.value })
    #expect(dictionary.allSatisfy { entries[$0.key] == $0.value })
    #expect(entries["none"] == nil)
    let bytes = entries.keys.map { Array($0.utf8) }
    #expect(zip(bytes, bytes.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
  }

  @Test func keysAreTheSameByTheirBytesAlone() {
    // The same letter to a reader, composed and decomposed.
    let entries: TextEntries = ["\u{E9}": "1", "e\u{301}": "2"]
    #expect(entries.count == 2 && entries["\u{E9}"] == "1" && entries["e\u{301}"] == "2")
  }

  @Test func othersWin() {
    var entries: TextEntries = ["a": "1", "b": "2"]
    entries.add(["b": "3", "c": "4"])
    #expect(entries == ["c": "4", "b": "3", "a": "1"])
    #expect(entries != ["a": "1", "b": "2", "c": "4"])
  }
}
