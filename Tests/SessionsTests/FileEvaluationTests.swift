import Foundation
import Kernel
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
    ] {
      settings.data.path = folder.put(name, data)
      #expect(try Session.evaluate(settings).samples == 11)
      #expect(isClose(try rows(ofNPY: settings.evaluation.predictionsPath), expected, 1e-13))
    }
  }

  /// A line of 2^11 complex amplitudes is longer than the buffer that other files get.
  @Test func longLinesOfTextAreRead() throws {
    let folder = TemporaryFolder()
    let value = String(format: "%.18e", -1 / Double(1 << 11).squareRoot() / 2.0.squareRoot())
    let line = Array(repeating: value, count: 1 << 12).joined(separator: " ") + "\n"
    let settings = fileSettings(in: folder, folder.put("states.txt", Data((line + line).utf8)))
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
    for asked in [1, 8, 36, 37, 38, 1000] {
      settings.evaluation.samples = asked
      let report = try Session.evaluate(settings)
      #expect(report.samples == min(asked, 37) && report.accuracy?.trials == min(asked, 37))
    }
  }

  @Test(arguments: ["npy", "txt"]) func aFileWithoutSamplesIsDone(_ format: String) throws {
    let folder = TemporaryFolder()
    let data = format == "npy" ? npy([], columns: 128) : Data("# nothing\n".utf8)
    let settings = fileSettings(in: folder, folder.put("states." + format, data))
    try writeModel(settings.model.path, qubits: 7)
    let report = try Session.evaluate(settings)
    #expect(report.samples == 0 && report.accuracy == nil && report.gate == nil && report.latency.count == 0)
    for number in [
      report.meanConfidence, report.samplesPerSecond, report.latency.p50Microseconds, report.latency.p99Microseconds,
    ] {
      #expect(number == 0)
    }
    #expect(try rows(ofNPY: settings.evaluation.predictionsPath).isEmpty)
  }
}
