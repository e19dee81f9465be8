import Foundation
import TemporaryFolders
import Testing

/// `plan --fit` and `plan --systemd`.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct PlanTests {
  @Test(arguments: [
    ("evaluate", "small-device", "evaluation.batch"), ("train", "workstation", "training.batch"),
    ("compress", "autoencoder", "training.batch"),
  ])
  func fitFindsTheLargestBatch(_ job: String, _ profile: String, _ key: String) throws {
    var sizes = ["--samples", "0", "--memory", "20 MiB"]
    if job != "evaluate" { sizes += ["--set", "training.states=100000"] }
    let fixed = sizes
    func plan(_ arguments: [String]) throws -> (code: Int32, json: [String: Any]) {
      let result = try Binary.run(
        ["plan", job, "--profile", profile, "--json"] + fixed + arguments,
        environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles])
      return (result.code, try EndToEndTests.json(result))
    }
    let fitted = try plan(["--fit"])
    let setting = try #require((fitted.json["settings"] as? [String: [String: Any]])?[key])
    #expect(fitted.code == 0 && setting["place"] as? String == "--fit")
    let batch = try #require(setting["value"] as? Int)
    #expect(batch > 1 && batch < 1 << 20)
    #expect(try plan(["--batch", "\(batch)"]).code == 0)
    // Far enough above for what the process itself holds to differ from one start to the next.
    #expect(try plan(["--batch", "\(batch + batch / 8 + 64)"]).code == 5)
  }

  @Test func noBatchOfAnExperimentIsFitted() throws {
    let result = try EndToEndTests.run("plan", "reproduce", "--profile", "table-1-literal", "--fit")
    #expect(result.code == 64 && result.errors.contains("--fit is not for reproduce"))
  }

  @Test func aUnitHoldsThePlan() throws {
    let folder = TemporaryFolder()
    let arguments = [
      "plan", "distill", "--profile", "small-device", "--set", "data.h2=0.9,1.1", "--output",
      folder.path + "/a student of 100 %.safetensors",
    ]
    let unit = try Binary.run(arguments + ["--systemd"], environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles])
    #expect(unit.code == 0 && unit.errors.isEmpty)
    let lines = unit.output.split(separator: "\n").map(String.init)
    let limit = try #require(lines.first { $0.hasPrefix("MemoryMax=") }.flatMap { Int($0.dropFirst(10)) })
    #expect(limit.isMultiple(of: 4096) && limit > 8 << 20 && limit <= 64 << 20)
    let command = try #require(lines.first { $0.hasPrefix("ExecStart=/") })
    #expect(command.contains(" distill --profile /"))
    #expect(command.contains(" --set data.h2=0.9,1.1"))
    #expect(command.contains("a student of 100 %%.safetensors\""))
    #expect(lines.contains { $0.hasPrefix("ReadWritePaths=-/") })
    for line in ["Type=notify", "WatchdogSec=1h", "Restart=on-watchdog", "RestrictAddressFamilies=AF_UNIX"] {
      #expect(lines.contains(line), "\(line)")
    }
    let refused = try EndToEndTests.run("plan", "--profile", "small-device", "--memory", "512 KiB", "--systemd")
    #expect(refused.code == 5 && !refused.output.contains("[Service]"))

    let analyze = "/usr/bin/systemd-analyze"
    guard FileManager.default.isExecutableFile(atPath: analyze) else {
      print("systemd-analyze is not installed: the unit was not verified")
      return
    }
    let verify = Process()
    let errors = Pipe()
    verify.executableURL = URL(fileURLWithPath: analyze)
    verify.arguments = ["verify", "--man=no", folder.put("qkd-run.service", Array(unit.output.utf8))]
    verify.standardError = errors
    try verify.run()
    let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    verify.waitUntilExit()
    #expect(verify.terminationStatus == 0 && !complaints.contains("qkd-run.service"), "\(complaints)")
  }
}
