import Commands
import Foundation
import Sessions
import Testing

/// `JobRequest.read(plain:)` knows what the parser knows, and takes a line for the same.
@Suite struct PlainLineTests {
  /// A value that each option takes; other options take any text.
  static let values = [
    "samples": ["10", "0"], "batch": ["8", "64"], "seed": ["3"], "precision": ["float32", "float64"],
    "threads": ["1", "2"], "memory": ["32 MiB", "33554432"], "arena": ["none", "64 KiB"], "lanes": ["2", "auto"],
    "encoder": ["phase", "state"], "lock-wait": ["1", "0.5"], "if-locked": ["skip", "fail"], "shard": ["1/2", "none"],
    "iterations": ["5"], "format": ["json", "text"], "log-format": ["json", "text"],
    "set": ["seed=4", "data.h2=0.9,1.1", "model.observables=Z0;Z1", "data.source=file"],
  ]

  static func value(_ option: String, _ random: inout SplitMix64) -> String {
    (values[option] ?? ["a b", "x/ψ.npy", "=", "true"]).randomElement(using: &random)!
  }

  struct Option: Hashable {
    let name: String
    let isFlag, isRepeating: Bool
  }

  /// The long names that the parser itself says a subcommand has, and that the job takes.
  static func options(_ job: Job) throws -> Set<Option> {
    let dump = try Binary.run([job.rawValue, "--experimental-dump-help"])
    let tree = try #require(try JSONSerialization.jsonObject(with: Data(dump.output.utf8)) as? [String: Any])
    let command = try #require(tree["command"] as? [String: Any])
    var result: Set<Option> = []
    for argument in try #require(command["arguments"] as? [[String: Any]]) {
      let kind = try #require(argument["kind"] as? String)
      #expect(kind != "positional", "\(job): what follows without a name is the parser's")
      for name in try #require(argument["names"] as? [[String: String]]) where name["kind"] == "long" {
        result.insert(
          Option(
            name: try #require(name["name"]), isFlag: kind == "flag",
            isRepeating: argument["isRepeating"] as? Bool ?? false))
      }
    }
    // compress shares the group of options of jobs that test on files, and refuses these two.
    let refused: Set = job == .compress ? ["help", "version", "test-input", "test-labels"] : ["help", "version"]
    return result.filter { !refused.contains($0.name) }
  }

  static func sorted(_ request: JobRequest?) -> JobRequest? {
    var request = request
    request?.flags.sort { $0.name < $1.name }
    return request
  }

  @Test(.enabled(if: Binary.isThere), arguments: JobRequest.plainJobs) func hasTheParsersOptions(_ job: Job) throws {
    var random = SplitMix64(state: 1)
    let options = try Self.options(job)
    #expect(options.count > 15)
    for option in options {
      let line = [job.rawValue, "--" + option.name] + (option.isFlag ? [] : [Self.value(option.name, &random)])
      #expect(plainRequest(line) != nil, "\(line)")
      #expect(plainRequest(line) == CommandLineTool.parse(line), "\(line)")
      let twice = plainRequest(line + line.dropFirst())
      #expect((twice != nil) == option.isRepeating, "\(line) twice")
    }
    // And no others, neither those of other jobs.
    let names = Set(options.map(\.name))
    let others = Set(SettingKey.all.flatMap(\.flags).map(\.name) + ["mnist", "preset", "json", "fit"])
    for name in others.subtracting(names) {
      #expect(plainRequest([job.rawValue, "--" + name, Self.value(name, &random)]) == nil, "\(job) --\(name)")
    }
  }

  @Test(.enabled(if: Binary.isThere), arguments: JobRequest.plainJobs)
  func takesALineForWhatTheParserTakesItFor(_ job: Job) throws {
    let options = try Self.options(job).sorted { $0.name < $1.name }
    for seed in 0..<60 as Range<UInt64> {
      var random = SplitMix64(state: seed)
      var words = job == .evaluate && Bool.random(using: &random) ? [] : [job.rawValue]
      for option in options.shuffled(using: &random).prefix(Int.random(in: 0...options.count, using: &random)) {
        if option.isFlag {
          words.append("--" + option.name)
          continue
        }
        for _ in 0..<(option.isRepeating ? 3 : 1) {
          let value = Self.value(option.name, &random)
          words += Bool.random(using: &random) ? ["--\(option.name)=\(value)"] : ["--" + option.name, value]
        }
      }
      let plain = plainRequest(words)
      #expect(plain != nil, "\(words)")
      #expect(Self.sorted(plain) == Self.sorted(CommandLineTool.parse(words)), "\(words)")
    }
  }

  @Test func theRestIsTheParsers() {
    let lines = [
      "--help", "-h", "help", "--version", "plan", "reproduce table-1", "merge a b", "evaluate x", "evaluate -", "--",
      "-q", "-p small-device", "train -o x", "--batch", "--batch -1", "--batch=", "--batch 8 --batch 9",
      "--quiet --quiet", "--bat 8", "--batch 0", "--batch 1e3", "--teacher x", "train --model x", "--format xml",
      "--quiet=true", "--set", "--set seed", "--set nothing=1", "train --mnist x", "evaluate evaluate",
      "--generate-completion-script bash", "--experimental-dump-help", "-batch 8", "--=8", "--model --batch 8",
      "--input -", "Evaluate --batch 8",
    ]
    for line in lines { #expect(plainRequest(line.split(separator: " ").map(String.init)) == nil, "\(line)") }
    #expect(plainRequest(["--model", ""]) == nil)
    #expect(plainRequest([""]) == nil)
    #expect(plainRequest([]) == CommandLineTool.parse([]))
    #expect(plainRequest(["--input=-"]) == CommandLineTool.parse(["--input", "-"]))
  }
}

private func plainRequest(_ words: [String]) -> JobRequest? {
  var request = JobRequest(.reproduce)
  return request.read(plain: words) ? request : nil
}
