import Foundation
import Kernel
import Models
import Sessions
import Settings
import TemporaryFolders
import Testing
import Training

/// Readouts that are solved, alone and in training.
@Suite struct ReadoutFitTests {
  /// What `tools/python/readout_golden.py` writes: ten random problems, and what SciPy makes of them.
  struct Problem: Decodable {
    let expectations: [[Double]]
    let labels: [Int32]
    let teacher: [[Double]]?
    let alpha, temperature, smoothing: Double
    let direction: String
    let answer: [Double]

    static func all() throws -> [Problem] {
      let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      return try JSONDecoder().decode(
        [Problem].self, from: Data(contentsOf: tests.appendingPathComponent("Golden/readout-fit.json")))
    }

    /// Scales, then biases, from whatever stood there before; and the steps that it took, where it converged.
    func solve(before: Double = 0) throws -> (readout: [Double], steps: Int?) {
      let (m, n) = (expectations[0].count, labels.count)
      let direction = try #require(DistillationDirection(name: direction))
      let loss = Loss(
        distillationWeight: alpha, temperature: temperature, direction: direction, labelSmoothing: smoothing)
      var rows = expectations.flatMap { $0 }
      let teacher = teacher?.flatMap { $0 }
      var workspace = [Double](repeating: before, count: ReadoutFit.workspaceCount(logits: m) + 8)
      var readout = [Double](repeating: before, count: 2 * m)
      var steps: Int?
      rows.withUnsafeMutableBufferPointer { rows in
        workspace.withUnsafeMutableBufferPointer { workspace in
          let fit = ReadoutFit(
            samples: n, logits: m, expectations: rows.baseAddress!, workspace: workspace.baseAddress!)
          let outcome = teacher.withPointer { fit.solve(loss, labels: labels, teacher: $0, into: &readout) }
          steps = outcome.isConverged ? outcome.iterations : nil
        }
      }
      #expect(workspace.suffix(8).allSatisfy { $0 == before })
      return (readout, steps)
    }
  }

  @Test func agreesWithSciPy() throws {
    let problems = try Problem.all()
    #expect(problems.count == 10 && Set(problems.map(\.direction)).count == 2)
    for (number, problem) in problems.enumerated() {
      let (readout, steps) = try problem.solve()
      #expect(try #require(steps) < 30, "\(number)")
      for (found, expected) in zip(readout, problem.answer) {
        #expect(abs(found - expected) < 1e-8 * max(1, abs(expected)), "\(number): \(found), not \(expected)")
      }
      // A shift of all biases is no matter of the loss; the penalty keeps them where it finds them.
      #expect(try problem.solve(before: 3).readout == readout)
    }
  }

  @Test func separableClassesAndConstantsHaveAnAnswer() throws {
    func solve(_ rows: [[Double]], _ labels: [Int32]) throws -> [Double] {
      let answer = try Problem(
        expectations: rows, labels: labels, teacher: nil, alpha: 0, temperature: 1, smoothing: 0,
        direction: "student-first", answer: []
      ).solve()
      #expect(answer.steps != nil)
      return answer.readout
    }
    let separable = try solve([[-0.5, 0.1], [-0.2, 0.1], [0.3, 0.1], [0.6, 0.1]], [0, 0, 1, 1])
    #expect(separable.allSatisfy { $0.isFinite } && separable[0] < -10 && separable[1] == 0)
    // Between the nearest of both.
    let threshold = (separable[3] - separable[2]) / separable[0]
    #expect(threshold > -0.2 && threshold < 0.3)
    #expect(try solve([[0, 0], [0, 0]], [1, 1]).allSatisfy { $0.isFinite })
  }

  private func settings(_ folder: TemporaryFolder, _ fitting: ReadoutFitting, _ name: String = "m") -> Settings {
    var settings = shortSettings(in: folder, model: name)
    settings.training.readoutFit = fitting
    return settings
  }

  @Test func nothingElseChangesAtTheEnd() throws {
    let folder = TemporaryFolder()
    let without = try Session.train(settings(folder, .none))
    let atEnd = try Session.train(settings(folder, .end, "end"))
    let always = try Session.train(settings(folder, .eachEpoch, "always"))
    #expect(atEnd.losses == without.losses)
    // An epoch has two steps, after which the readout is solved.
    #expect(always.losses[..<2] == without.losses[..<2] && always.losses[2] < without.losses[2])
    let models = try ["m", "end", "always"].map { try Model.read(path: folder.path + "/" + $0).model }
    #expect(models[0].angles == models[1].angles && models[1].angles != models[2].angles)
    #expect(models[0].scales != models[1].scales && models[0].biases != models[1].biases)
    #expect(models[0].provenance["readout_fit"] == nil && models[1].provenance["readout_fit"] == "end")
    #expect(atEnd.testAccuracy.successes > without.testAccuracy.successes)
  }

  @Test(arguments: [Precision.float64, .float32], [ReadoutFitting.end, .eachEpoch])
  func modelsDoNotDependOnThreads(_ precision: Precision, _ fitting: ReadoutFitting) throws {
    let folder = TemporaryFolder()
    var bytes: [Data?] = []
    for threads in 1...3 {
      var given = settings(folder, fitting)
      given.host.precision = precision
      given.host.threads = threads
      _ = try Session.train(given)
      var student = studentSettings(given, in: folder)
      student.distillation.direction = fitting == .end ? .studentFirst : .teacherFirst
      _ = try Session.distill(student)
      bytes.append(contents(student.model.path))
    }
    #expect(bytes[0] != nil && bytes[1] == bytes[0] && bytes[2] == bytes[0])
  }

  @Test func isRefusedWhereThereIsNothingToSolve() throws {
    var fixed = Settings()
    fixed.training.readoutFit = .end
    fixed.model.readout = .fixed
    #expect(fixed.problem(for: .train)?.allowed == "none, where model.readout is fixed")
    var standardised = Settings()
    standardised.training.readoutFit = .end
    standardised.model.observables = ["Z0", "Z1", "Z2"]
    standardised.distillation.standardizesLogits = true
    #expect(standardised.problem(for: .distill)?.allowed == "none, where distillation.standardize is true")
    #expect(standardised.problem(for: .train) == nil)
  }
}

extension [Double]? {
  func withPointer<Result>(_ body: (UnsafePointer<Double>?) -> Result) -> Result {
    guard let self else { return body(nil) }
    return self.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
