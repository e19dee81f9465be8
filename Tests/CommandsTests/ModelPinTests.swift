import Foundation
import Models
import Testing

/// A profile that names the digest of the model that it takes.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct ModelPinTests {
  private static let other = String(repeating: "0a", count: 32)
  private static let given = (try? Model.read(path: SpoolFixture.model).digest) ?? ""

  private func expectRefusal(_ result: Binary.Result, _ location: SourceLocation = #_sourceLocation) {
    #expect(result.code == 65 && result.output == "", "\(result)", sourceLocation: location)
    for part in [SpoolFixture.model, Self.given, "model.sha256 takes \(Self.other) alone", "into the profile first"] {
      #expect(result.errors.contains(part), "\(result.errors)", sourceLocation: location)
    }
  }

  @Test func theModelThatIsPinnedRuns() throws {
    let spool = SpoolFixture(pin: Self.given)
    spool.drop("a.csv", SpoolFixture.text(2, seed: 1))
    #expect(try spool.run().code == 0)
    #expect(try spool.report("a.csv.json")["model_sha256"] as? String == Self.given)
    // A pin decides no result, so that one that comes later has nothing evaluated anew.
    let kept = SpoolFixture(keepsInputs: true)
    kept.drop("a.csv", SpoolFixture.text(2, seed: 1))
    #expect(try kept.run().code == 0)
    let state = kept.state
    #expect(try kept.run("--model-sha256", Self.given).code == 0)
    #expect(kept.metrics.count == 1 && kept.state == state)
  }

  /// Whether or not there is anything to do, and before any folder is made or locked.
  @Test(arguments: [true, false]) func anotherTouchesNothing(isEmpty: Bool) throws {
    let spool = SpoolFixture(pin: Self.other)
    if !isEmpty { spool.drop("a.csv", SpoolFixture.text(2, seed: 1)) }
    let state = spool.state
    expectRefusal(try spool.run())
    expectRefusal(try Binary.run(["plan", "--profile", spool.path + "/station.toml"]))
    expectRefusal(try Binary.run(["plan", "--systemd", "--profile", spool.path + "/station.toml"]))
    #expect(spool.state == state && spool.names("") == ["done", "inbox", "results", "station.toml"])
    // The command line has the last word.
    #expect(try spool.run("--model-sha256", "none").code == 0)
  }

  @Test func oneFileAndDevices() throws {
    let spool = SpoolFixture()
    spool.put("a.csv", SpoolFixture.text(2, seed: 1))
    let pinned = ["--model", SpoolFixture.model, "--model-sha256", Self.other]
    expectRefusal(
      try Binary.run(pinned + ["--input", spool.path + "/a.csv", "--predictions", spool.path + "/p.csv"]))
    #expect(!spool.names("").contains { $0.hasPrefix("p.csv") })
    expectRefusal(try Binary.run(["devices"] + pinned + ["--samples", "10", spool.path + "/a.csv"]))
    let wrong = try Binary.run(["--model", SpoolFixture.model, "--model-sha256", "0A"])
    #expect(wrong.code == 64 && wrong.errors.contains("64 lower-case hexadecimal digits"))
    let train = try Binary.run(["train", "--output", spool.path + "/m", "--set", "model.sha256=" + Self.other])
    #expect(train.code == 78 && train.errors.contains("evaluate uses it"))
  }
}
