import Foundation
import Glibc
import Testing

/// What a service manager is told of long jobs.
@Suite(.enabled(if: Binary.isThere, "no executable: build it, or set QKD_RUN_BINARY"))
struct NotifyTests {
  /// A manager's socket.
  private final class Manager {
    let descriptor: Int32
    private let path: String?

    /// - Parameter name: a path, or `@` and an abstract name.
    init(_ name: String) {
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      path = name.hasPrefix("/") ? name : nil
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { place in
        place.copyBytes(from: name.utf8)
        if path == nil { place[0] = 0 }
      }
      let size = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + name.utf8.count + (path == nil ? 0 : 1))
      let bound = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
      }
      #expect(bound == 0)
    }

    deinit {
      close(descriptor)
      if let path { unlink(path) }
    }

    /// All that was said and not yet read.
    var messages: [String] {
      var messages: [String] = []
      var bytes = [UInt8](repeating: 0, count: 4096)
      while case let count = recv(descriptor, &bytes, bytes.count, 0), count > 0 {
        messages.append(String(decoding: bytes[..<count], as: UTF8.self))
      }
      return messages
    }
  }

  @Test(arguments: [true, false]) func longJobsAreHeard(isAbstract: Bool) throws {
    let spool = SpoolFixture()
    let name = isAbstract ? "@qkd-run-test-\(getpid())-\(UInt32.random(in: 0 ... .max))" : spool.path + "/notify"
    let manager = Manager(name)
    // The datagrams of a short time fill no queue.
    let result = try Binary.run(
      [
        "train", "--output", spool.path + "/m", "--set", "model.qubits=4", "--set", "training.states=64", "--samples",
        "64", "--iterations", "300", "--format", "json",
      ],
      environment: [
        "NOTIFY_SOCKET": name, "WATCHDOG_USEC": "400000", "QKD_HOST_AUDIT": "true",
      ])
    #expect(result.code == 0, "\(result)")
    #expect(try EndToEndTests.json(result)["allocations_after_seal"] as? Int == 0)
    let told = manager.messages
    #expect(told.first == "READY=1", "\(told)")
    #expect(told.contains("WATCHDOG=1"), "\(told)")
    #expect(told.contains { $0.hasPrefix("STATUS=") && $0.contains(" of ") && $0.hasSuffix(" %)") }, "\(told)")
    // What has nothing to do was ready, too.
    let again = try Binary.run(
      [
        "train", "--output", spool.path + "/m", "--set", "model.qubits=4", "--set", "training.states=64", "--samples",
        "64", "--iterations", "300",
      ], environment: ["NOTIFY_SOCKET": name])
    #expect(again.code == 0 && manager.messages == ["READY=1"])
  }

  @Test func managersThatAreNone() throws {
    let spool = SpoolFixture()
    for name in ["", "@", "x", "/", spool.path + "/nobody", "/" + String(repeating: "n", count: 200)] {
      let result = try Binary.run(
        ["--profile", spool.path + "/station.toml"],
        environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "-5", "WATCHDOG_PID": "1"])
      #expect(result.code == 0 && result.errors == "", "\(name): \(result)")
    }
  }
}
