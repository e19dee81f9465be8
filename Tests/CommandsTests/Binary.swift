import Foundation
import Testing

/// The executable under test: QKD_RUN_BINARY, else the release build of this checkout.
enum Binary {
  static let path =
    ProcessInfo.processInfo.environment["QKD_RUN_BINARY"]
    ?? #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/.build/release/qkd-run"
  static let isThere = FileManager.default.isExecutableFile(atPath: path)

  struct Result {
    let code: Int32
    let output: String
    let errors: String
  }

  static func run(
    _ arguments: [String], environment: [String: String] = [:], folder: String = "/", output: FileHandle? = nil,
    input: FileHandle = .nullDevice
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let (standardOutput, standardError) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output ?? standardOutput
    process.standardError = standardError
    try process.run()
    // Together: whoever fills a pipe that nobody reads waits for ever.
    let messages = Collected()
    let reading = DispatchGroup()
    DispatchQueue.global().async(group: reading) {
      messages.bytes = standardError.fileHandleForReading.readDataToEndOfFile()
    }
    let results = output == nil ? standardOutput.fileHandleForReading.readDataToEndOfFile() : Data()
    reading.wait()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "\(arguments) ended by a signal")
    return Result(
      code: process.terminationStatus, output: String(decoding: results, as: UTF8.self),
      errors: String(decoding: messages.bytes, as: UTF8.self))
  }

  /// Written by one thread, read by another once that has ended.
  private final class Collected: @unchecked Sendable {
    var bytes = Data()
  }
}
