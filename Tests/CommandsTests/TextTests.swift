import Reports
import Settings
import Testing

@Suite struct TextTests {
  @Test func tableAlignsByCharacters() {
    var table = TextTable([.left, .right, .left])
    table.add(["name", "bytes", "owner"])
    table.add(["ψ × 2", "1,024", ""])
    table.add([])
    table.add(["x", "1", "Kernel"])
    #expect(table.text == "name   bytes  owner\nψ × 2  1,024\n\nx          1  Kernel\n")
    #expect(TextTable([.left]).text == "")
    // A long text folds below its column, and a line of its own further in.
    var long = TextTable([.left, .left])
    long.add(["name", Array(repeating: "word", count: 16).joined(separator: " ")])
    long.add(line: "  " + Array(repeating: "word", count: 16).joined(separator: " "))
    let words = Array(repeating: "word", count: 15).joined(separator: " ")
    #expect(
      long.text == "name  \(words)\n      word\n  \(words)\n    word\n")
    // A dash, a composed and a decomposed letter, and blanks that end a cell: each is as wide as it looks.
    var marks = TextTable([.left, .left])
    for cell in ["load–run", "é", "e\u{301}", "12345678 "] { marks.add([cell, "|"]) }
    marks.add(["", "x  "])
    #expect(marks.text == "load–run   |\né          |\ne\u{301}          |\n12345678   |\n           x\n")
  }

  @Test func sparklineScalesToItsColumns() {
    #expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], width: 60) == "▁▂▃▄▅▆▇█")
    #expect(sparkline([8, 6, 4, 2, 1, 1], width: 3) == "█▃▁")
    #expect(sparkline([1, 1], width: 60) == "▁▁")
    #expect(sparkline([], width: 60) == "")
    #expect(sparkline([.nan, 1, .infinity], width: 60) == "·▁·")
    #expect(sparkline([.nan], width: 60) == "·")
    #expect(sparkline((0..<1000).map(Double.init), width: 60).count == 60)
  }

  @Test func nearestName() {
    let names = SettingKey.all.map(\.name)
    for (given, meant) in [
      ("host.memroy", "host.memory"), ("memory", "host.memory"), ("hots.threads", "host.threads"),
      ("training.learning_rate", "training.learning-rate"), ("Seed", "seed"), ("model.obserables", "model.observables"),
      ("data.parities", "data.parity"), ("evaluation.batches", "evaluation.batch"),
    ] {
      #expect(NearestName.find(given, in: names) == meant)
    }
    #expect(NearestName.find("", in: names) != nil)
    #expect(NearestName.find("x", in: []) == nil)
    #expect(NearestName.distance("memroy", "memory") == 1)
    #expect(NearestName.distance("", "abc") == 3)
    #expect(NearestName.distance("kitten", "sitting") == 3)
    #expect(NearestName.distance(String(repeating: "x", count: 100_000), "seed") == 200)
  }
}
