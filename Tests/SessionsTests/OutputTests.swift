import Batches
import Budget
import Files
import Foundation
import Glibc
import Models
import Sessions
import TemporaryFolders
import Testing

@Suite struct OutputTests {
  private func fileError(_ body: () throws(SessionError) -> Void) -> FileError? {
    do { try body() } catch {
      switch error {
      case .file(let error), .samples(_, .file(let error)): return error
      default: return nil
      }
    }
    return nil
  }

  /// An output that cannot be made is told before the work: the training here would take many minutes.
  @Test(.timeLimit(.minutes(1))) func aModelThatCannotBeWrittenIsNotTrained() throws {
    let folder = TemporaryFolder()
    var settings = exampleSettings(in: folder)
    settings.training.iterations = 2_000_000
    settings.training.states = 10
    settings.model.path = folder.path + "/none/model"
    #expect(fileError { () throws(SessionError) in _ = try Session.train(settings) }?.kind == .cannotCreate)
    settings.model.path = folder.path
    #expect(
      fileError { () throws(SessionError) in _ = try Session.train(settings) } == .notRegular(path: folder.path))
    settings.model.path = folder.path + "/m"
    settings.model.observables = ["Z0", Array(repeating: "Z0*Z1", count: 12_000).joined(separator: " + ")]
    do {
      _ = try Session.train(settings)
      Issue.record("a header of more than 64 KiB was written")
    } catch SessionError.setting(let name, let given, _) {
      #expect(name == "model.observables" && given == "96001 bytes")
    }
    #expect(folder.names.isEmpty)
  }

  @Test func predictionsThatCannotBeWrittenAreNot() throws {
    let folder = TemporaryFolder()
    var settings = exampleSettings(in: folder)
    try writeModel(settings.model.path, qubits: 7)
    settings.evaluation.predictionsPath = folder.path + "/none/p.csv"
    #expect(fileError { () throws(SessionError) in _ = try Session.evaluate(settings) }?.kind == .cannotCreate)
    settings.evaluation.predictionsPath = folder.path + "/p.txt"
    do {
      _ = try Session.evaluate(settings)
      Issue.record("predictions without a format were written")
    } catch SessionError.samples(_, .format(let path, _)) { #expect(path == settings.evaluation.predictionsPath) }
    #expect(folder.names == ["model.safetensors"])
  }

  /// The largest size of a file stands in for a full disk. It is the process's, hence a process of its own.
  @Test func aFullDiskLeavesNothingBehindAndTheOldFileAsItWas() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      var settings = shortSettings(in: folder)
      _ = try Session.train(settings)
      let old = contents(settings.model.path)
      let oldPredictions = folder.put("p.csv", Data("old".utf8))
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 500, rlim_max: 500)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      func isDiskFull(_ body: () throws(SessionError) -> Void) -> Bool {
        do { try body() } catch {
          switch error {
          case .file(let error), .samples(_, .file(let error)): return error.kind == .diskFull
          default: break
          }
        }
        return false
      }
      settings.seed = 9
      precondition(isDiskFull { () throws(SessionError) in _ = try Session.train(settings) })
      for (samples, format) in [(5, "csv"), (1000, "csv"), (5, "npy"), (1000, "npy"), (1000, "ndjson")] {
        settings.evaluation.samples = samples
        settings.evaluation.predictionsPath = folder.path + "/p." + format
        precondition(isDiskFull { () throws(SessionError) in _ = try Session.evaluate(settings) } || samples == 5)
      }
      precondition(contents(settings.model.path) == old)
      precondition(folder.names.allSatisfy { !$0.hasSuffix("partial") })
      precondition(folder.names.contains("p.csv") && !oldPredictions.isEmpty)
    }
  }

  /// Threads that were made before one is refused end, and the next run goes on with fewer.
  @Test func aRefusedThreadIsAnError() async {
    await #expect(processExitsWith: .success) {
      let folder = TemporaryFolder()
      var settings = shortSettings(in: folder)
      settings.host.threads = 200
      // Stacks are address space: room for some of them, not for all, whatever the arena takes with this processor's
      // lanes.
      let arena = try Session.plan(.train, settings).plan.arenaPageBytes
      let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[0]
      let stacks = 100 * ProcessMemory.threadStackBytes
      let room = rlim_t(Int(pages)! * Int(getpagesize()) + arena + stacks)
      var limit = rlimit(rlim_cur: room, rlim_max: room)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      do {
        _ = try Session.train(settings)
        exit(EXIT_FAILURE)
      } catch SessionError.thread(let errno) { precondition(errno == EAGAIN) }
      precondition(folder.names.isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
      precondition(left < 50)
      settings.host.threads = 2
      _ = try Session.train(settings)
    }
  }
}
