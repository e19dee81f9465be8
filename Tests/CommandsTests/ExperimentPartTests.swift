import Foundation
import TemporaryFolders
import Testing

/// `reproduce --shard` and `merge`: several hosts find what one does.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct ExperimentPartTests {
  private static let profile = """
    [host]
    memory = "32 MiB"
    [model]
    qubits = 4
    [training]
    states = 20
    batch = 10
    [evaluation]
    samples = 30
    [compression]
    iterations = 3
    [experiment]
    name = "mine"
    seeds = 7
    teacher-iterations = 6
    student-layers = [1]
    compressed-layers = [1]
    iterations = [2, 4]
    """
  private let folder = TemporaryFolder()

  init() { _ = folder.put("mine.toml", Array(Self.profile.utf8)) }

  private func run(_ arguments: String...) throws -> Binary.Result { try Binary.run(arguments, folder: folder.path) }

  private func part(_ index: Int, of count: Int, _ more: [String] = [], output: String = "r.json") throws {
    let result = try Binary.run(
      ["reproduce", "mine.toml", "--output", output, "--shard", "\(index)/\(count)", "-q"] + more, folder: folder.path)
    try #require(result.code == 0 && result.output == "" && result.errors == "", "\(result)")
  }

  private func names(_ count: Int, output: String = "r.json") -> [String] {
    (1...count).map { "\(output).shard-\($0)-of-\(count).json" }
  }

  @Test(arguments: 1...5) func partsMakeTheWhole(_ count: Int) throws {
    try #require(run("reproduce", "mine.toml", "-q", "--output", "whole.json").code == 0)
    for index in (1...count).reversed() { try part(index, of: count) }
    #expect(!folder.names.contains("r.json"))
    // In any order.
    let merged = try Binary.run(["merge", "r.json"] + names(count).reversed(), folder: folder.path)
    #expect(merged.code == 0 && merged.errors == "")
    #expect(merged.output.hasPrefix("r.json: 7 seeds of \(count == 1 ? "1 part" : "\(count) parts") (written"))
    #expect(folder.get("r.json") != nil && folder.get("r.json") == folder.get("whole.json"))
    let json = try Binary.run(["merge", "r.json", "--format", "json"] + names(count), folder: folder.path)
    #expect(Array(json.output.utf8) == folder.get("whole.json"))
  }

  @Test func aPartGoesOnWhereItStopped() throws {
    try part(2, of: 3)
    let name = "r.json.shard-2-of-3.json"
    let first = folder.get(name)
    #expect(first != nil && unlink(folder.path + "/" + name) == 0)
    let again = try run("reproduce", "mine.toml", "--output", "r.json", "--shard", "2/3", "--format", "json")
    #expect(again.code == 0 && again.output.contains("\"seeds_run\": 0"))
    #expect(folder.get(name) == first)
    let text = try run("reproduce", "mine.toml", "--output", "r.json", "--shard", "2/3")
    #expect(text.output.hasPrefix("mine, preset custom: 7 seeds from 1 (of these 2, part 2/3), "))
    #expect(text.output.contains("; 2 finished before"))
  }

  @Test func refusesWhatDoesNotBelongTogether() throws {
    for index in 1...3 { try part(index, of: 3) }
    try part(1, of: 2)
    try part(1, of: 3, ["--set", "training.learning-rate=0.02"], output: "rate.json")
    try part(1, of: 3, ["--seed", "2"], output: "seed.json")
    try part(1, of: 3, ["--seeds", "8"], output: "seeds.json")
    let names = names(3)
    let other = "rate.json.shard-1-of-3.json"
    for (parts, said) in [
      ([names[0], names[2]], "a part is missing: 2/3; "), ([names[1]], "parts are missing: 1/3, 3/3; "),
      (names + [names[1]], "part 2/3 stands twice: \(names[1]), \(names[1]); "),
      (
        names + ["r.json.shard-1-of-2.json"],
        "r.json.shard-1-of-2.json: does not belong to \(names[0]): the number of parts is 2, there 3; "
      ),
      (
        [other, names[1], names[2]],
        "\(names[1]): does not belong to \(other): settings.training.learning-rate is \"0.01\""
      ),
      (["seed.json.shard-1-of-3.json", names[1], names[2]], ": first_seed is 1, there 2; "),
      (["seeds.json.shard-1-of-3.json", names[1], names[2]], ": seeds is 7, there 8; "),
    ] {
      let result = try Binary.run(["merge", "out.json"] + parts, folder: folder.path)
      #expect(result.code == 6 && result.output == "" && result.errors.contains(said), "\(parts): \(result)")
    }
    #expect(try run("merge", names[0], names[0], names[1], names[2]).code == 64)
    #expect(try run("merge", "out.json").code == 64)
    #expect(try run("merge", "out.json", "nothing.json").code == 66)
    #expect(!folder.names.contains("out.json"))
  }

  @Test func damagedPartsAreSeen() throws {
    for index in 1...2 { try part(index, of: 2) }
    let names = names(2)
    let good = try #require(folder.get(names[0]))
    func code() throws -> Int32 { try Binary.run(["merge", "out.json"] + names, folder: folder.path).code }
    let places = Array(stride(from: 0, to: good.count, by: good.count / 40)) + [good.count - 1, good.count - 2]
    for place in places {
      var bytes = good
      bytes[place] ^= 1
      _ = folder.put(names[0], bytes)
      #expect(try code() == 65, "\(place)")
      _ = folder.put(names[0], Array(good.prefix(place)))
      #expect(try code() == 65, "\(place)")
    }
    #expect(!folder.names.contains("out.json"))
    _ = folder.put(names[0], good)
    #expect(try code() == 0)
  }

  @Test func mistakes() throws {
    for shard in ["0/3", "4/3", "3", "1/1001", "a/b"] {
      #expect(try run("reproduce", "mine.toml", "--shard", shard).code == 64, "\(shard)")
    }
    let many = try run("reproduce", "mine.toml", "--shard", "8/8")
    #expect(many.code == 78 && many.errors.contains("host.shard = 8/8: allowed is at most as many parts as seeds: 7"))
    #expect(try run("train", "--output", "m.safetensors", "--shard", "1/2").code == 64)
    #expect(try run("train", "--output", "m.safetensors", "--set", "host.shard=1/2").code == 78)
    #expect(folder.names == ["mine.toml"])
  }
}
