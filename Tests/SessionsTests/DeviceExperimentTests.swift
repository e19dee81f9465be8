import Batches
import Experiments
import Foundation
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Experiments on a device and from shots, small enough for a test.
@Suite struct DeviceExperimentTests {
  let folder = TemporaryFolder()

  private func settings(_ name: String) -> Settings {
    var settings = Settings()
    settings.model.qubits = 4
    settings.model.entangler = .descending
    settings.model.finalRotation = true
    settings.training.states = 40
    settings.training.batch = 20
    settings.evaluation.samples = 60
    settings.experiment.name = name
    settings.experiment.seeds = 3
    settings.experiment.teacherIterations = 20
    settings.experiment.studentLayers = [1]
    settings.experiment.iterations = [4, 8]
    settings.experiment.reportPath = folder.path + "/\(name).json"
    return settings
  }

  @Test func noisyTeachers() throws {
    var given = settings("noisy")
    (given.device.pairError, given.device.oneForZero, given.device.zeroForOne) = (0.03, 0.01, 0.04)
    given.distillation.noiseFactors = [1, 2, 3]
    given.experiment.trainedFor = [.ideal, .device]
    given.experiment.treatments = [.none, .distilled, .noisyTeacher, .extrapolatedTeacher, .shuffledTeacher]
    let report = try Session.reproduce(given)
    // The teacher three times; two students with five treatments at two checkpoints.
    #expect(report.rows.count == 3 + 2 * 5 * 2)
    #expect(Set(report.rows.map(\.model)) == ["teacher", "student, ideal", "student, for device"])
    let across = report.comparisons.filter { $0.baselineModel != nil }
    #expect(across.count == 5 * 2 && across.allSatisfy { $0.baselineModel == "student, ideal" })
    #expect(across.allSatisfy { $0.baseline == $0.treatment && $0.model == "student, for device" })
    #expect(report.comparisons.contains { $0.treatment == .noisyTeacher && $0.baseline == .distilled })
    // The same on several threads.
    given.host.threads = 2
    given.experiment.reportPath = folder.path + "/again.json"
    #expect(try Session.reproduce(given).rows.map(\.accuracies) == report.rows.map(\.accuracies))
  }

  @Test func shots() throws {
    var given = settings("shots")
    given.experiment.trainedShots = [0, 20]
    given.experiment.testShots = [5, 50]
    let report = try Session.reproduce(given)
    #expect(report.axis == .shots)
    // The teacher; two students, two treatments: two checkpoints and two numbers of shots.
    #expect(report.rows.count == 1 + 2 * 2 * 4)
    #expect(Set(report.rows.compactMap(\.shots)) == [5, 50])
    #expect(report.comparisons.count { $0.baselineModel != nil && $0.shots == 50 } == 2)
    #expect(report.limits.map(\.shots) == [5, 50])
    #expect(report.limits.allSatisfy { $0.accuracy > 0.5 && $0.accuracy < 1 })
    #expect(report.limits[0].accuracy < report.limits[1].accuracy)
  }

  /// The limit for 7 qubits, from the quantum Fisher information 22.04 at the transition (PAPER.md section 10).
  @Test func quantumLimit() throws {
    var given = settings("limit")
    given.model.qubits = 7
    given.experiment.seeds = 1
    given.experiment.testShots = [10, 30, 100, 300, 1000]
    let limits = try Session.reproduce(given).limits.map(\.accuracy)
    for (found, told) in zip(limits, [0.867, 0.923, 0.958, 0.975, 0.986]) { #expect(abs(found - told) < 2e-3) }
  }

  @Test(
    arguments: [
      { (given: inout Settings) in given.experiment.treatments = [.none, .noisyTeacher] },
      { $0.experiment.trainedFor = [.device] }, { $0.distillation.noiseFactors = [1, 2] },
      { ($0.experiment.trainedShots, $0.training.shots) = ([0, 5], 5) }, { $0.experiment.testShots = [5, 5] },
      { ($0.experiment.trainedShots, $0.training.readoutFit) = ([0, 5], .end) },
      { ($0.device.pairError, $0.model.task) = (0.1, .regression) },
      { ($0.experiment.testShots, $0.experiment.compressedLayers) = ([5], [1]) },
    ] as [@Sendable (inout Settings) -> Void])
  func refusals(_ change: @Sendable (inout Settings) -> Void) throws {
    var given = settings("refused")
    change(&given)
    #expect(throws: SessionError.self) { try Session.reproduce(given) }
  }
}
