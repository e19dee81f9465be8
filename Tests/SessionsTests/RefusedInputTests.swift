import Batches
import Foundation
import Glibc
import Kernel
import Samples
import Sessions
import Settings
import TemporaryFolders
import Testing

/// Each kind of bad input, the error that it gets, and no predictions file.
@Suite struct RefusedInputTests {
  private let states: [[Double]] = (0..<20).map { row in (0..<8).map { $0 == row % 8 ? 1 : 0 } }

  /// The error of evaluating, with 3 qubits, and a check that nothing was left.
  private func error(
    _ rows: Data, labels: Data? = nil, encoder: Encoder = .state, threads: Int = 2, name: String = "rows.npy"
  ) throws -> SessionError? {
    let folder = TemporaryFolder()
    var settings = Settings()
    settings.model.path = folder.path + "/model"
    try writeModel(settings.model.path, qubits: 3, encoder: encoder)
    settings.data.source = .file
    settings.data.path = folder.put(name, rows)
    if let labels { settings.data.labelsPath = folder.put("labels.npy", labels) }
    settings.evaluation.samples = 0
    settings.evaluation.batch = 6
    settings.host.threads = threads
    for format in ["npy", "csv", "ndjson"] {
      settings.evaluation.predictionsPath = folder.path + "/predictions." + format
      do {
        _ = try Session.evaluate(settings)
        return nil
      } catch {
        #expect(folder.names == (["model", name] + (labels == nil ? [] : ["labels.npy"])).sorted())
        if format == "ndjson" { return error }
      }
    }
    return nil
  }

  private func rowProblem(_ error: SessionError?) -> (row: Int, problem: RowProblem)? {
    if case .row(_, let row, let problem) = error { (row, problem) } else { nil }
  }

  @Test(arguments: [0, 1, 5, 6, 7, 19]) func theRowIsNamed(_ row: Int) throws {
    var rows = states
    rows[row][3] = .nan
    #expect(rowProblem(try error(npy(rows)))?.row == row)
    #expect(rowProblem(try error(npy(rows)))?.problem == .unreadable(.notFinite(column: 3)))
    rows[row][3] = -.infinity
    #expect(rowProblem(try error(npy(rows)))?.problem == .unreadable(.notFinite(column: 3)))
    rows = states
    rows[row] = rows[row].map { $0 * 1.1.squareRoot() }
    let refused = try #require(rowProblem(try error(npy(rows))))
    #expect(refused.row == row)
    if case .norm(let squared, _) = refused.problem { #expect(abs(squared - 1.1) < 1e-12) } else { Issue.record() }
  }

  @Test func whatAnEncoderCannotTakeIsRefused() throws {
    var rows = states
    rows[9] = [Double](repeating: 0, count: 8)
    #expect(rowProblem(try error(npy(rows), encoder: .amplitude))?.problem == .zero)
    #expect(rowProblem(try error(npy(rows), encoder: .amplitude))?.row == 9)
    #expect(try error(npy(rows), encoder: .amplitudeUnnormalized) == nil)
    rows[9][0] = 1e7
    #expect(rowProblem(try error(npy(rows), encoder: .amplitudeUnnormalized))?.row == 9)
    rows[9][0] = 1e300
    #expect(rowProblem(try error(npy(rows), encoder: .amplitudeUnnormalized))?.row == 9)
    #expect(try error(npy(rows), encoder: .amplitude) == nil)
    for encoder in [Encoder.phase, .basis] {
      let bits: [[Double]] = [[0, 1, 0], [1, 1, 1], [1, 0, 0.5]]
      let refused = try #require(rowProblem(try error(npy(bits), encoder: encoder)))
      #expect(refused.row == 2 && refused.problem == .notBinary(column: 2, value: 0.5))
      #expect(try error(npy(bits), encoder: .angle) == nil)
    }
  }

  @Test func rowsOfAnotherLengthAreRefused() throws {
    func columns(_ error: SessionError?) -> [Int]? {
      if case .samples(_, .columns(let given, let expected)) = error { [given, expected] } else { nil }
    }
    #expect(columns(try error(npy([[1, 0, 0, 0]]))) == [4, 8])
    #expect(columns(try error(npy([[1, 0, 0, 0]]), encoder: .phase)) == [4, 3])
    #expect(columns(try error(npy([[Double](repeating: 1, count: 9)]), encoder: .amplitude)) == [9, 8])
    for encoder in [Encoder.state, .amplitude, .amplitudeUnnormalized, .phase, .angle, .basis] {
      for shape in [[5, 0], [0]] {
        guard case .samples(_, .emptyRows) = try error(npy("<f8", shape, Data()), encoder: encoder) else {
          Issue.record("rows without numbers were taken")
          continue
        }
      }
    }
    if case .samples(_, .complex) = try error(complexNPY([[1, 0, 1, 0, 0, 0]]), encoder: .phase) {
    } else {
      Issue.record("complex features were taken")
    }
    let refused = rowProblem(try error(Data("1 0 0 0 0 0 0 0\n1 0\n".utf8), name: "rows.txt"))
    #expect(refused?.row == 1 && refused?.problem == .unreadable(.count(line: 2, given: 2, expected: 8)))
  }

  @Test func labelsMustBeAsManyAsRowsAndClassesThatExist() throws {
    func count(_ error: SessionError?) -> [Int?]? {
      if case .samples(let path, .labelCount(let given, let expected)) = error, path.hasSuffix("labels.npy") {
        [given, expected]
      } else {
        nil
      }
    }
    let text = Data(states.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined().utf8)
    func labels(_ count: Int) -> Data { npy(labels: [Int64](repeating: 1, count: count)) }
    #expect(try error(npy(states), labels: labels(20)) == nil)
    #expect(try error(text, labels: labels(20), name: "rows.txt") == nil)
    for given in [1, 6, 19, 21, 24, 100] {
      #expect(count(try error(npy(states), labels: labels(given))) == [given, 20])
      #expect(count(try error(text, labels: labels(given), name: "rows.txt")) == [given, given < 20 ? nil : 20])
    }
    if case .samples(_, .label(let given, let classes, let index)) = try error(
      npy(states), labels: npy(labels: [Int64](repeating: 0, count: 19) + [2]))
    {
      #expect(given == 2 && classes == 2 && index == 19)
    } else {
      Issue.record("a third class was taken")
    }
  }

  @Test func aCutFileIsRefused() throws {
    let whole = npy(states)
    for length in stride(from: 0, to: whole.count, by: 37) where length > 0 {
      #expect(try error(whole.prefix(length)) != nil)
    }
    #expect(try error(whole + [0]) != nil)
    #expect(rowProblem(try error(Data("1 0 0 0 0 0 0 0\n1 0 0 0 0 0 0 0".utf8), name: "rows.txt"))?.row == 1)
  }

  @Test func filesThatDoNotExistAreNamed() throws {
    let folder = TemporaryFolder()
    var settings = Settings()
    settings.data.source = .file
    func text(_ job: Job) -> String {
      do { _ = try job == .evaluate ? Session.evaluate(settings).samples : Session.distill(settings).iterations } catch
      {
        return "\(error)"
      }
      return ""
    }
    #expect(text(.evaluate).contains("model.path"))
    settings.model.path = folder.path + "/none"
    #expect(text(.evaluate).contains(folder.path + "/none"))
    try writeModel(settings.model.path, qubits: 3)
    #expect(text(.evaluate).contains("data.path"))
    settings.data.path = folder.path + "/rows"
    #expect(text(.evaluate).contains(folder.path + "/rows"))
    settings.data.path = "-"
    settings.data.labelsPath = "-"
    #expect(text(.evaluate).contains("data.labels"))
    settings.data.path = folder.put("rows", npy(states))
    settings.data.labelsPath = folder.path + "/labels"
    #expect(text(.evaluate).contains(folder.path + "/labels"))
    settings.data.source = .spinChain
    #expect(text(.distill).contains("distillation.teacher"))
  }
}
