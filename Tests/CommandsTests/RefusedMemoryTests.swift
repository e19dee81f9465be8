import Foundation
import TemporaryFolders
import Testing

/// The system refuses an allocation: status 71, a message, and no file that is not complete.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct RefusedMemoryTests {
  /// Every allocation of a run, in steps that meet each part of it; `tools/audit --refuse` takes them one by one.
  @Test func eachAllocation() throws {
    let folder = TemporaryFolder()
    let output = folder.path + "/student.safetensors"
    var number = 1
    var refused = 0
    while true {
      let result = try Binary.run(
        ["distill", "--profile", "small-device", "--iterations", "2", "--output", output, "--quiet"],
        environment: ["QKD_PROFILE_PATH": EndToEndTests.profiles, "QKD_REFUSE_ALLOCATION": "\(number)"])
      if result.code == 0 { break }
      refused += 1
      #expect(result.code == 71, "allocation \(number): \(result.code), \(result.errors)")
      #expect(result.errors.hasPrefix("qkd-run: the system refused "), "allocation \(number): \(result.errors)")
      // What was refused after the file was complete leaves it; before that, nothing but the lock, which nobody holds.
      let names = folder.names.filter { $0 != "student.safetensors.lock" }
      #expect(names.isEmpty || names == ["student.safetensors"], "allocation \(number)")
      if !names.isEmpty { #expect(try EndToEndTests.run("inspect", output).code == 0) }
      try? FileManager.default.removeItem(atPath: output)
      number += number < 20 ? 1 : 211
    }
    #expect(refused > 20)
    #expect(folder.names == ["student.safetensors"])
  }

  /// The same from outside: the address space is limited, and whatever does not fit in it is refused.
  @Test func limitsOfTheAddressSpace() throws {
    let prlimit = "/usr/bin/prlimit"
    guard FileManager.default.isExecutableFile(atPath: prlimit) else { return }
    let folder = TemporaryFolder()
    var codes: Set<Int32> = []
    for kibibytes in stride(from: 20_000, through: 30_000, by: 200) {
      let process = Process()
      let errors = Pipe()
      process.executableURL = URL(fileURLWithPath: prlimit)
      process.arguments = [
        "--as=\(kibibytes << 10)", Binary.path, "distill", "--profile", "small-device", "--iterations", "2",
        "--output", folder.path + "/s.safetensors", "--quiet",
      ]
      process.environment = ["QKD_PROFILE_PATH": EndToEndTests.profiles]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
      let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      let isStarted = process.terminationReason == .exit
      // A limit below the program itself is the system's to refuse: exec ends it.
      if !isStarted && message.isEmpty { continue }
      // A little above, the C library refuses, before the program's first instruction.
      if message.hasPrefix("Fatal glibc error: Cannot allocate TLS block") { continue }
      codes.insert(process.terminationStatus)
      #expect([0, 71].contains(process.terminationStatus), "\(kibibytes) KiB: \(message)")
      #expect((process.terminationStatus == 0) == message.isEmpty, "\(kibibytes) KiB: \(message)")
      #expect(folder.names.allSatisfy { ["s.safetensors", "s.safetensors.lock"].contains($0) })
    }
    #expect(codes.contains(0))
  }
}
