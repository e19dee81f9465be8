import Foundation
import TemporaryFolders
import Testing

/// `--shard` on a spool: hosts that share an inbox, each with results of its own.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
final class SpoolPartTests {
  private let folder = TemporaryFolder()

  deinit { try? FileManager.default.removeItem(atPath: folder.path) }

  private func names(_ place: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path + "/" + place).sorted()
  }

  private func evaluate(into results: String, _ more: String...) throws -> Binary.Result {
    let place = folder.path + "/" + results
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    return try Binary.run(
      ["--profile", "small-device", "--encoder", "amplitude", "--inbox", "inbox", "--results", results] + more,
      environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles], folder: folder.path)
  }

  @Test(arguments: 1...5) func eachInputIsOneHosts(_ count: Int) throws {
    let inbox = folder.path + "/inbox"
    try FileManager.default.createDirectory(atPath: inbox, withIntermediateDirectories: true)
    let inputs = (0..<20).map { "states \($0).csv" }
    for (index, name) in inputs.enumerated() {
      let row = (0..<128).map { $0 == index ? "1" : "0.25" }.joined(separator: ",") + "\n"
      try row.write(toFile: inbox + "/" + name, atomically: true, encoding: .utf8)
    }
    let whole = try evaluate(into: "whole")
    try #require(whole.code == 0, "\(whole.errors)")
    var seen: [String] = []
    for index in 1...count {
      let part = try evaluate(into: "part \(index)", "--shard", "\(index)/\(count)")
      #expect(part.code == 0 && part.output == "" && part.errors == "", "\(part)")
      let own = try names("part \(index)").filter { $0.hasSuffix(".csv.csv") }
      for name in own {
        let bytes = FileManager.default.contents(atPath: folder.path + "/part \(index)/" + name)
        #expect(bytes != nil && bytes == FileManager.default.contents(atPath: folder.path + "/whole/" + name))
      }
      seen += own
    }
    #expect(seen.sorted() == inputs.map { $0 + ".csv" }.sorted())
    // A file more moves none of the others: their hosts have nothing to do.
    try "x".write(toFile: inbox + "/more.txt", atomically: true, encoding: .utf8)
    let again = try evaluate(
      into: "part 1", "--shard", "1/\(count)", "--set", "spool.pattern=*.csv", "--format", "json")
    #expect(again.code == 0 && again.output.contains("\"evaluated\": 0"), "\(again.output)")
  }
}
