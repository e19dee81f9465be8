import Batches
import Foundation
import Kernel
import Samples
import Sessions
import Settings
import TemporaryFolders
import Testing

@Suite struct FileEvaluationTests {
  private func fileSettings(in folder: TemporaryFolder, _ states: String, labels: String = "") -> Settings {
    var settings = shortSettings(in: folder)
    settings.data.source = .file
    settings.data.path = states
    settings.data.labelsPath = labels
    settings.evaluation.samples = 0
    settings.evaluation.predictionsPath = folder.path + "/predictions.npy"
    return settings
  }

  /// A range of one h2 gives the chain's own answer to the state that the file has.
  @Test func statesOfAFileGetTheChainsAnswers() throws {
    let folder = TemporaryFolder()
    let (states, labels) = try groundStates(count: 9)
    var settings = fileSettings(in: folder, folder.put("states.npy", npy(states)))
    try writeModel(settings.model.path, qubits: 7)
    let path = settings.evaluation.predictionsPath
    #expect(try Session.evaluate(settings).samples == 9)
    let fromFile = try rows(ofNPY: path)
    settings.data.source = .spinChain
    settings.evaluation.samples = 1
    for i in 0..<9 {
      let h2 = 0.8 + 0.4 * (Double(i) + 0.5) / 9
      (settings.data.h2Minimum, settings.data.h2Maximum) = (h2, h2)
      let report = try Session.evaluate(settings)
      let fromChain = try rows(ofNPY: path)
      #expect(isClose([Array(fromChain[0][1...])], [Array(fromFile[i][1...])], 1e-9))
      #expect(report.accuracy?.successes == (Int64(fromFile[i][1]) == labels[i] ? 1 : 0))
    }
  }

  @Test func aFileAndTheChainAgreeOnAccuracy() throws {
    let folder = TemporaryFolder()
    let (states, labels) = try writeGroundStates(in: folder, count: 400)
    var settings = fileSettings(in: folder, states, labels: labels)
    settings.training = exampleSettings(in: folder).training
    settings.data.source = .spinChain
    _ = try Session.train(settings)
    settings.data.source = .file
    let report = try Session.evaluate(settings)
    #expect(report.accuracy?.trials == 400)
    #expect(try #require(report.accuracy).value >= 0.99)
    #expect(report.largestResidual == nil)
  }

  /// Real states with imaginary zeros, and with a global phase that changes no expectation.
  @Test func statesMayBeComplexOrText() throws {
    let folder = TemporaryFolder()
    let (states, _) = try groundStates(count: 11)
    var settings = fileSettings(in: folder, folder.put("states.npy", npy(states)))
    try writeModel(settings.model.path, qubits: 7)
    _ = try Session.evaluate(settings)
    let expected = try rows(ofNPY: settings.evaluation.predictionsPath)
    #expect(expected.count == 11)
    func pairs(_ phase: Double) -> [[Double]] {
      states.map { $0.flatMap { [$0 * cos(phase), $0 * sin(phase)] } }
    }
    func text(_ rows: [[Double]]) -> Data {
      Data(rows.map { $0.map { "\($0)" }.joined(separator: " ") + "\n" }.joined().utf8)
    }
    for (name, data) in [
      ("a.npy", complexNPY(pairs(0))), ("b.npy", complexNPY(pairs(1.2))), ("c.txt", text(states)),
      ("d.txt", text(pairs(-0.4))),
      (
        "e.txt",
        Data(
          pairs(0.3).map { row in
            stride(from: 0, to: row.count, by: 2).map { "(\(row[$0])\(row[$0 + 1] < 0 ? "" : "+")\(row[$0 + 1])j)" }
              .joined(separator: ", ") + "\n"
          }.joined().utf8)
      ),
    ] {
      settings.data.path = folder.put(name, data)
      settings.data.text.pairs = name == "d.txt"
      #expect(try Session.evaluate(settings).samples == 11)
      #expect(isClose(try rows(ofNPY: settings.evaluation.predictionsPath), expected, 1e-13))
    }
  }

  /// A line of 2^11 complex amplitudes is longer than the buffer that other files get.
  @Test func longLinesOfTextAreRead() throws {
    let folder = TemporaryFolder()
    let value = String(format: "%.18e", -1 / Double(1 << 11).squareRoot() / 2.0.squareRoot())
    let line = Array(repeating: value, count: 1 << 12).joined(separator: " ") + "\n"
    var settings = fileSettings(in: folder, folder.put("states.txt", Data((line + line).utf8)))
    settings.data.text.pairs = true
    try writeModel(settings.model.path, qubits: 11)
    #expect(try Session.evaluate(settings).samples == 2)
  }

  @Test(arguments: ["csv", "ndjson", "npy"])
  func predictionsDoNotDependOnThreadsOrBatches(_ format: String) throws {
    let folder = TemporaryFolder()
    let (states, _) = try writeGroundStates(in: folder, count: 37)
    var settings = fileSettings(in: folder, states)
    settings.host.lanes = 4
    settings.evaluation.predictionsPath = folder.path + "/p." + format
    try writeModel(settings.model.path, qubits: 7)
    var expected: Data?
    for (threads, batch) in [(1, 64), (2, 64), (3, 64), (1, 1), (2, 10), (3, 37), (3, 5), (2, 36)] {
      settings.host.threads = threads
      settings.evaluation.batch = batch
      let report = try Session.evaluate(settings)
      #expect(report.samples == 37 && report.accuracy == nil && report.latency.count == (37 + batch - 1) / batch)
      let written = try #require(contents(settings.evaluation.predictionsPath))
      if let expected { #expect(written == expected) } else { expected = written }
    }
  }

  @Test func noMoreSamplesAreReadThanAskedFor() throws {
    let folder = TemporaryFolder()
    let (states, labels) = try writeGroundStates(in: folder, count: 37)
    var settings = fileSettings(in: folder, states, labels: labels)
    try writeModel(settings.model.path, qubits: 7)
    for asked in [1, 8, 36, 37] {
      settings.evaluation.samples = asked
      let report = try Session.evaluate(settings)
      #expect(report.samples == asked && report.accuracy?.trials == asked)
    }
    for asked in [38, 1000] {
      settings.evaluation.samples = asked
      #expect(refusal(settings) == .fewer(given: 37, asked: asked, setting: "evaluation.samples"))
    }
  }

  private func refusal(_ settings: Settings) -> SampleError? {
    do { _ = try Session.evaluate(settings) } catch {
      if case .samples(_, let problem) = error { return problem }
    }
    return nil
  }

  private func problem(_ settings: Settings) -> RowProblem? {
    do { _ = try Session.evaluate(settings) } catch {
      if case .row(_, _, let problem) = error { return problem }
    }
    return nil
  }

  @Test(arguments: ["npy", "idx", "txt", "ndjson", "csv"]) func aFileWithoutSamplesIsRefused(_ format: String) throws {
    let folder = TemporaryFolder()
    let data =
      switch format {
      case "npy": npy([], columns: 128)
      case "idx": Data([0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 128])
      case "csv": Data(((0..<128).map { "x\($0)" }.joined(separator: ",") + "\n").utf8)
      case "txt": Data("# nothing\n".utf8)
      default: Data()
      }
    let settings = fileSettings(in: folder, folder.put("states." + format, data))
    try writeModel(settings.model.path, qubits: 7)
    #expect(refusal(settings) == .empty)
    #expect(contents(settings.evaluation.predictionsPath) == nil)
  }

  /// Labels beside the samples and of a file, classes that are selected, and the rows that predictions then are of.
  @Test func labelsAndRows() throws {
    let folder = TemporaryFolder()
    let rows = [[1, 2, 0.5, 1], [3, 4, -1, 0], [0, 1, 1, 5], [2, -2, 1, 1]]
    func table(_ labels: [Int]) -> String {
      "id,a,b,c,d,kind\n"
        + zip(rows, labels).map { "\"no, \($1)\"," + $0.map { "\($0)" }.joined(separator: ",") + ",\($1)\n" }.joined()
    }
    var settings = fileSettings(in: folder, folder.put("a.csv", Data(table([4, 0, 4, 1]).utf8)))
    settings.data.encoder = .amplitude
    (settings.data.text.labelColumn, settings.data.text.columns) = ("kind", ["a", "b", "c", "d"])
    settings.data.classes = [4, 1]
    settings.evaluation.predictionsPath = folder.path + "/p.csv"
    try writeModel(settings.model.path, qubits: 2)
    #expect(try Session.evaluate(settings).accuracy?.trials == 3)
    func columns() throws -> [[String]] {
      let text = try #require(contents(settings.evaluation.predictionsPath).map { String(decoding: $0, as: UTF8.self) })
      return text.split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).prefix(4).map(String.init)
      }
    }
    let written = try columns()
    #expect(written[0] == ["sample", "class", "kind", "hit"])
    #expect(written.dropFirst().map { $0[0] } == ["0", "2", "3"])
    #expect(written.dropFirst().map { $0[2] } == ["0", "0", "1"])
    #expect(written.dropFirst().allSatisfy { ($0[1] == $0[2]) == ($0[3] == "1") })
    // The same by a label file; then one that disagrees.
    settings.data.labelsPath = folder.put("labels.txt", Data("4\n0\n4\n1\n".utf8))
    #expect(try Session.evaluate(settings).accuracy?.trials == 3)
    #expect(try columns() == written)
    settings.data.labelsPath = folder.put("labels.txt", Data("4\n1\n4\n1\n".utf8))
    #expect(problem(settings) == .labelsDisagree(beside: 0, file: 1))
    settings.data.text.labelColumn = ""
    settings.data.labelsPath = ""
    settings.data.classes = [4, 1]
    #expect(throws: SessionError.self) { try Session.evaluate(settings) }
  }

  /// Zeros complete short rows of arrays and texts alike, where that is asked for.
  @Test func shortRows() throws {
    let folder = TemporaryFolder()
    let rows = [[1, 2, 0.5], [3, 4, -1]]
    let text = rows.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
    var settings = fileSettings(in: folder, folder.put("whole.npy", npy(rows.map { $0 + [0] })))
    settings.data.encoder = .amplitude
    try writeModel(settings.model.path, qubits: 2)
    _ = try Session.evaluate(settings)
    let expected = contents(settings.evaluation.predictionsPath)
    for (name, data) in [
      ("a.npy", npy(rows)), ("a.csv", Data(text.utf8)), ("b.csv", Data(("x,y,z\n" + text).utf8)),
      ("a.ndjson", Data(rows.map { "\($0)\n" }.joined().utf8)),
    ] {
      settings.data.path = folder.put(name, data)
      settings.data.text.pads = false
      #expect(throws: SessionError.self) { try Session.evaluate(settings) }
      settings.data.text.pads = true
      _ = try Session.evaluate(settings)
      #expect(contents(settings.evaluation.predictionsPath) == expected)
    }
  }
}
