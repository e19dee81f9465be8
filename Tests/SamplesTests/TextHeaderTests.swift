import Samples
import TemporaryFolders
import Testing

@Suite struct TextHeaderTests {
  func form(_ change: (inout TextForm) -> Void) -> TextForm {
    var form = TextForm()
    change(&form)
    return form
  }

  /// Names between commas, tabs or blanks, with quotation marks or not; a comment, a byte order mark or an empty line
  /// before them.
  @Test(arguments: [
    "x,y\n1,2\n3,4\n", "x\ty\n1\t2\n3\t4\n", "x y\n1 2\n3 4\n", "\"x\",\"the \"\"y\"\", it\"\n\"1\",2\n3,\"4\"\n",
    "\u{FEFF}x , y\r\n1,2\r\n3 , 4\r\n", "# made by hand\n\n x,y # names\n1,2\n3,4\n", "1x1,_\n1,2\n3,4\n",
    "é,y\n1,2\n3,4\n",
  ])
  func namesArePassed(text: String) throws {
    let expected = Reading(rows: [[1, 2], [3, 4]], statuses: [.row, .row, .end])
    #expect(try read(text, columns: 2) == expected)
    #expect(try read(gzipStored(Array(text.utf8)), columns: 2, bufferBytes: 64) == expected)
    #expect(try readPiped(Array(text.utf8), columns: 2, bufferBytes: 64) == expected)
  }

  @Test func columnsByTheirNames() throws {
    let text = "id,label,a,b\nx,1,10,20\n\"y, z\",,30,40\n\"\",-3,50,60\n"
    let folder = TemporaryFolder()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
    defer { buffer.deallocate() }
    let form = form { ($0.labelColumn, $0.columns) = ("label", ["b", "a"]) }
    var stream = try SampleStream(path: folder.put("a", Array(text.utf8)), form)
    #expect(stream.columns == 2 && stream.fields == 4 && stream.labelName == "label")
    try stream.begin(columns: 2, imaginary: false, buffer: buffer)
    for pass in 1...2 {
      var row = [0.0, 0]
      var read: [[Double]] = []
      var labels: [Int?] = []
      while stream.nextRow(real: &row, imaginary: nil) == .row {
        read.append(row)
        labels.append(stream.label)
      }
      #expect(read == [[20, 10], [40, 30], [60, 50]] && labels == [1, nil, -3], "pass \(pass)")
      stream.rewind()
    }
    #expect(
      try read("label,a\n1,10\n0,20\n", columns: 1, self.form { $0.labelColumn = "label" }).rows == [[10], [20]])
    // A line that ends before its label has too few fields; an empty one is there, and says that none is known.
    let last = self.form { $0.labelColumn = "l" }
    #expect(
      try read("a,l\n1\n2,\n3,1\n", columns: 1, last).statuses
        == [.count(line: 2, given: 1, expected: 2), .row, .row, .end])
  }

  @Test func complexAndPairs() throws {
    let complex = try read("a,l,b\n1+2i,0,3\n", columns: 2, imaginary: true, form { $0.labelColumn = "l" })
    #expect(complex == Reading(rows: [[1, 3]], imaginary: [[2, 0]], statuses: [.row, .end]))
    let pairs = try read("a,b,c,d\n1,2,3,4\n", columns: 2, imaginary: true, form { $0.pairs = true })
    #expect(pairs == Reading(rows: [[1, 3]], imaginary: [[2, 4]], statuses: [.row, .end]))
  }

  @Test(arguments: [
    ("x,1\n", RowStatus.count(line: 2, given: 2, expected: 3)),
    ("x,1,2,3\n", .count(line: 2, given: 4, expected: 3)),
    ("x,1.5,2\n", .malformed(line: 2, character: 4, .label)),
    ("x,a,2\n", .malformed(line: 2, character: 3, .label)),
    ("x,1,\n", .malformed(line: 2, character: 5)),
    ("x,1,y\n", .malformed(line: 2, character: 5)),
    ("\"x,1,2\n", .malformed(line: 2, character: 7, .quote)),
    ("\"x\"y,1,2\n", .malformed(line: 2, character: 4, .quote)),
    ("x,\"1,2\n", .malformed(line: 2, character: 5, .label)),
    ("x,1,nan\n", .notFinite(column: 0)),
    ("[1,2]\n", .malformed(line: 2, character: 5, .label)),
    ("x,1,2", .truncated(atByte: 16)),
  ])
  func aBadLine(line: String, status: RowStatus) throws {
    let form = form { ($0.labelColumn, $0.columns) = ("label", ["a"]) }
    #expect(try read("id,label,a\n" + line, columns: 1, form).statuses[0] == status)
  }

  @Test func names() throws {
    let text = "a,b,b\n1,2,3\n"
    func fault(_ text: String, _ change: (inout TextForm) -> Void) throws -> HeaderFault? {
      do {
        _ = try read(text, columns: 3, form(change))
        return nil
      } catch SampleError.header(let fault) { return fault }
    }
    #expect(try fault(text) { $0.labelColumn = "c" } == .column("c", times: 0, names: ["a", "b", "b"]))
    #expect(try fault(text) { $0.columns = ["b"] } == .column("b", times: 2, names: ["a", "b", "b"]))
    #expect(try fault(text) { ($0.labelColumn, $0.columns) = ("a", ["a"]) } == .labelAmongNumbers("a"))
    #expect(try fault("1,2,3\n") { $0.labelColumn = "a" } == .missing)
    #expect(try fault("[1,2,3]\n") { $0.labelColumn = "a" } == .missing)
    #expect(try fault("") { $0.header = true } == .missing)
    #expect(try fault(text) { ($0.header, $0.labelColumn) = (false, "a") } == .missing)
    #expect(throws: SampleError.notText) { try read(NumPyFixture.float32, columns: 3, form { $0.labelColumn = "a" }) }
  }

  @Test func anotherNumberOfColumns() {
    #expect(throws: SampleError.header(.count(given: 2, expected: 3))) { try read("a,b\n1,2\n", columns: 3) }
    #expect(throws: SampleError.header(.count(given: 1, expected: 2))) { try read("a;b\n1;2\n", columns: 2) }
  }

  /// pandas names columns without names 0, 1, 2, …
  @Test func namesThatAreNumbers() throws {
    let text = "0,1,2\n3,4,5\n"
    #expect(throws: SampleError.header(.numbers(1))) { try read(text, columns: 3) }
    #expect(try read(text, columns: 3, form { $0.header = true }).rows == [[3, 4, 5]])
    #expect(try read(text, columns: 3, form { $0.header = false }).rows == [[0, 1, 2], [3, 4, 5]])
    #expect(try read("0,1,1\n", columns: 3).rows == [[0, 1, 1]])
    #expect(try read(",a\n0,4\n", columns: 1, form { $0.columns = ["a"] }).rows == [[4]])
    // A number among names makes them none, and what may be a number that is written wrongly.
    #expect(try read("1+i,2-i\n1,2\n", columns: 2).statuses[0] == .malformed(line: 1, character: 3))
    #expect(try read("a,1\n1,2\n", columns: 2).statuses[0] == .malformed(line: 1, character: 1))
  }

  @Test func zerosCompleteRowsWhereThatIsAsked() throws {
    let form = form { $0.pads = true }
    #expect(try read("1 2\n3 4\n", columns: 4, form).rows == [[1, 2, 0, 0], [3, 4, 0, 0]])
    #expect(
      try read("1 2\n3\n1 2 3\n", columns: 4, form).statuses
        == [.row, .count(line: 2, given: 1, expected: 2), .count(line: 3, given: 3, expected: 2), .end])
    #expect(try read("[1,2]\n", columns: 3, imaginary: true, form).imaginary == [[0, 0, 0]])
    #expect(try read("1 2\n", columns: 4).statuses == [.count(line: 1, given: 2, expected: 4), .end])
    #expect(try read("1 2 3\n", columns: 2, form).statuses == [.count(line: 1, given: 3, expected: 2), .end])
  }

  @Test(arguments: [
    ("BZh91AY", "bzip2"), ("\n  <html>\n", "HTML or XML"), ("<!DOCTYPE html>\n", "HTML or XML"),
    ("PK\u{3}\u{4}x", "zip (npz, xlsx)"),
    ("%PDF-1.4", "PDF"),
  ])
  func otherFormats(text: String, name: String) {
    #expect(throws: SampleError.foreign(name)) { try read(text, columns: 2) }
  }
}
