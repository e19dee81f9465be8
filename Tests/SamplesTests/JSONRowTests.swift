import Samples
import TemporaryFolders
import Testing

@Suite struct JSONRowTests {
  @Test(arguments: [
    ("[1,2]\n[3,4]\n", [[1.0, 2], [3, 4]]),
    ("  [ 1 , 2 ] \r\n", [[1, 2]]),
    ("{\"features\":[1,2],\"label\":1}\n{\"label\":0,\"features\":[3,4]}\n", [[1, 2], [3, 4]]),
    ("{\"features\": [1e3, -0.25E-1]}\n", [[1000, -0.025]]),
    (
      "{\"id\":\"a#\\\"b]\",\"n\":{\"x\":[1,{\"y\":\"}\"}],\"features\":[9]},"
        + "\"t\":true,\"features\":[1,2],\"z\":-1e5}\n",
      [[1, 2]]
    ),
    ("\u{FEFF}[1,2]\n\n# a comment\n3 4\n", [[1, 2], [3, 4]]),
  ])
  func reads(text: String, rows: [[Double]]) throws {
    #expect(try read(text, columns: 2) == Reading(rows: rows, statuses: rows.map { _ in .row } + [.end]))
  }

  @Test(arguments: [
    ("[1,2", 5, JSONPart.arrayEnd), ("[1 2]", 4, .arrayEnd), ("[1,]", 4, .number), ("[,1]", 2, .number),
    ("[01,2]", 2, .number), ("[1.,2]", 4, .number), ("[+1,2]", 2, .number), ("[.5,2]", 2, .number),
    ("[1e,2]", 4, .number), ("[0x1,2]", 2, .number), ("[null,2]", 2, .number), ("[[1],2]", 2, .number),
    ("[1,2] [3,4]", 7, .end), ("[1,2] # no comment", 7, .end), ("{}", 3, .features), ("{\"label\":1}", 12, .features),
    ("{\"features\":3}", 13, .array), ("{\"features\" [1,2]}", 13, .colon), ("{features:[1,2]}", 2, .string),
    ("{\"features\":[1,2]", 18, .objectEnd), ("{\"features\":[1,2],}", 19, .string), ("{\"a", 4, .stringEnd),
    ("{\"features\":[1,2],\"features\":[1,2]}", 30, .once), ("{\"features\":[1,2],\"label\":\"1\"}", 27, .label),
    ("{\"features\":[1,2],\"label\":0.5}", 28, .objectEnd), ("{\"x\":[[}", 9, .value), ("{\"x\":}", 6, .value),
    ("{\"a\\", 5, .stringEnd),
  ])
  func refuses(text: String, character: Int, expected: JSONPart) throws {
    let reading = try read(text + "\n[1,2]\n", columns: 2)
    #expect(reading.statuses == [.json(line: 1, character: character, expected: expected), .row, .end])
  }

  @Test func numbersThatAreNotFinite() throws {
    for text in ["[1,NaN]", "[1,Infinity]", "[1,-Infinity]", "[1,1e999]", "{\"features\":[1,NaN],\"label\":0}"] {
      #expect(try read(text + "\n", columns: 2).statuses == [.notFinite(column: 1), .end], "\(text)")
    }
    #expect(try read("[1,2,3]\n", columns: 2).statuses == [.count(line: 1, given: 3, expected: 2), .end])
    #expect(try read("[]\n", columns: 2).statuses == [.count(line: 1, given: 0, expected: 2), .end])
  }

  @Test func pairs() throws {
    var form = TextForm()
    form.pairs = true
    let reading = try read("[1,2,3,4]\n[5,6]\n", columns: 2, imaginary: true, form)
    #expect(reading.rows == [[1, 3]] && reading.imaginary == [[2, 4]])
    #expect(reading.statuses == [.row, .count(line: 2, given: 2, expected: 4), .end])
    #expect(
      try read("[1,2,3,4]\n[5,6]\n", columns: 2, imaginary: true).statuses
        == [.count(line: 1, given: 4, expected: 2), .row, .end])
  }

  @Test func labels() throws {
    let folder = TemporaryFolder()
    let text =
      "{\"features\":[1],\"label\":7}\n[1]\n{\"features\":[1],\"label\":-3}\n{\"features\":[1],\"label\":null}\n1\n"
      + "{\"features\":[1],\"label\":99999999999999999999}\n"
    var stream = try SampleStream(path: folder.put("a", Array(text.utf8)))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
    defer { buffer.deallocate() }
    try stream.begin(columns: 1, imaginary: false, buffer: buffer)
    var labels: [Int?] = []
    var value = 0.0
    while stream.nextRow(real: &value, imaginary: nil) == .row { labels.append(stream.label) }
    #expect(labels.dropLast() == [7, nil, -3, nil, nil] && labels.last!! > 1 << 58)
  }

  /// Whatever the line is cut to, it is a row, refused, or no sample, and nothing behind it is read.
  @Test func cutAnywhere() throws {
    let text = Array("{\"id\":\"x\\\"\",\"features\":[1.5e1,2],\"label\":12,\"n\":[{\"a\":null}]}".utf8)
    for count in 0..<text.count {
      let reading = try read(text[..<count] + Array("\n".utf8), columns: 2)
      #expect(reading.rows.isEmpty && reading.statuses.last == .end, "\(count)")
    }
    #expect(try read(text + [10], columns: 2).rows == [[15, 2]])
  }
}
