import Batches
import Budget
import Evaluation
import Files
import Models
import Reports
import Samples
import Spectra
import Testing

/// The testing library has an `ExitStatus` of its own.
typealias Status = Reports.ExitStatus

/// An error, what it ends the process with, and what its text must name.
struct ErrorCase: Sendable, CustomTestStringConvertible {
  let error: CommandError
  let status: Status
  let fragments: [String]

  init(_ error: CommandError, _ status: Status, _ fragments: String...) {
    self.error = error
    self.status = status
    self.fragments = fragments
  }

  init(session error: SessionError, _ status: Status, _ fragments: String...) {
    self.error = .session(error)
    self.status = status
    self.fragments = fragments
  }

  init(model error: TensorFileError, _ fragments: String...) {
    self.error = .inspected(path: "m.safetensors", .file(error))
    status = .badData
    self.fragments = ["m.safetensors", "make or copy it again"] + fragments
  }

  init(npy error: NPYError, _ fragments: String...) {
    self.error = .session(.samples(path: "s.npy", .npy(error)))
    status = .badData
    self.fragments = ["s.npy: "] + fragments
  }

  init(samples error: SampleError, _ status: Status, _ fragments: String...) {
    self.error = .session(.samples(path: "s.npy", error))
    self.status = status
    self.fragments = fragments
  }

  init(row problem: RowProblem, _ status: Status, _ fragments: String...) {
    self.error = .session(.row(path: "s.npy", row: 3, problem))
    self.status = status
    self.fragments = ["s.npy: row 3 (from 0): "] + fragments
  }

  init(spectrum error: SpectrumError, _ status: Status, _ fragments: String...) {
    self.error = .session(.spectrum(error))
    self.status = status
    self.fragments = fragments
  }

  var testDescription: String { String(describing: error) }
}

@Suite struct ErrorTests {
  static let refusal = BudgetRefusal(
    neededBytes: 16_777_217, availableBytes: 16_777_216, isArena: false, largestBatch: 32, largestQubits: nil,
    fittingPrecision: "float32")

  static let ofCommands: [ErrorCase] = [
    ErrorCase(
      .profile(.notFound(name: "x", searched: ["a/x.toml", "b/x.toml"])), .noInput, "\"x\"", "a/x.toml, b/x.toml",
      "QKD_PROFILE_PATH"),
    ErrorCase(
      .profile(.notFound(name: "small1", searched: ["p"], known: ["a", "small2"])), .noInput, "looked for p",
      "did you mean small2? there are a, small2"),
    ErrorCase(
      .profile(.file(.system(.open, path: "p", errno: 13))), .permission, "p: could not be opened: Permission denied"),
    ErrorCase(.profile(.notText(path: "p")), .badProfile, "p: ", "UTF-8"),
    ErrorCase(.profile(.syntax(path: "p", line: 2, column: 3, message: "what")), .badProfile, "p:2:3: what"),
    ErrorCase(
      .profile(.setting(.unknownKey("a", nearest: "b", origin: .profile(path: "p", line: 7)))), .badProfile,
      "p:7: unknown key a; did you mean b?"),
    ErrorCase(
      .setting(.unknownKey("QKD_A", nearest: "QKD_B", origin: .environment(variable: "QKD_A"))), .badProfile,
      "QKD_A; did you mean QKD_B?"),
    ErrorCase(
      .setting(.unknownSection("a", nearest: "b", origin: .profile(path: "p", line: 7))), .badProfile,
      "p:7: unknown section [a]; did you mean [b]?"),
    ErrorCase(
      .setting(.sectionIsNoKey("a", origin: .profile(path: "p", line: 7))), .badProfile,
      "p:7: a is a section: write [a]"),
    ErrorCase(
      .setting(.value(key: "k", given: "0", allowed: "1 to 2", origin: .flag("--k"))), .usage,
      "--k: k = 0: allowed is 1 to 2"),
    ErrorCase(
      .missing(key: "model.path", flag: "--model", job: .evaluate), .usage, "evaluate needs model.path", "--model"),
    ErrorCase(.gateNotMet([.accuracy(lower: 0.98, minimum: 0.99)]), .gateNotMet, "0.9800", "0.99"),
    ErrorCase(.nothingEvaluated(path: "metrics.ndjson"), .noInput, "metrics.ndjson", "nothing was evaluated yet"),
    ErrorCase(.gateNotMet([.accuracy(lower: nil, minimum: 0.99)]), .gateNotMet, "0.99", "--labels"),
    ErrorCase(
      .gateNotMet([
        .lowConfidence(share: 0.25, maximum: 0.2, threshold: 0.9),
        .drift(DriftTest(reference: [500, 500], observed: [70, 30])!, significance: 0.01),
      ]), .gateNotMet, "0.2500", "0.9", "0.2", "p = 1.35e-4", "1 degree of freedom"),
    ErrorCase(.metrics(path: "m", line: 3), .badData, "m: line 3"),
    ErrorCase(.runMetrics(path: "m", line: 3), .badData, "m: line 3", "damaged", "The next run"),
    ErrorCase(.output(errno: 28), .inputOutput, "standard output", "No space left on device"),
    ErrorCase(
      .inspected(path: "m", .entry("qubits", given: "99", allowed: "1 to 26")), .badData, "m: ", "qubits is \"99\"",
      "1 to 26"),
    ErrorCase(.inspected(path: "m", .entry("qubits", given: nil, allowed: "1 to 26")), .badData, "qubits is missing"),
    ErrorCase(
      .inspected(path: "m", .file(.file(.system(.open, path: "m", errno: 2)))), .noInput,
      "m: could not be opened: No such file"),
  ]

  static let ofSessions: [ErrorCase] = [
    ErrorCase(
      session: .overBudget(refusal), .overBudget, "needs 16,777,217 bytes (16.0 MiB)", "is 16,777,216 bytes (16.0 MiB)",
      "1 bytes (1 B) are missing", "largest batch that fits is 32", "not even 1 qubit fits; in float32 it fits",
      "nothing was started",
      "--memory"),
    ErrorCase(session: .memoryRefused(.exceeded(needed: 2, available: 1)), .overBudget, "2 bytes", "--memory"),
    ErrorCase(session: .memoryRefused(.arenaExceeded(needed: 2, available: 1)), .overBudget, "2 bytes", "--arena"),
    ErrorCase(session: .memoryRefused(.tooLarge(buffer: "states")), .overBudget, "\"states\"", "lower"),
    ErrorCase(
      session: .memoryRefused(.mappingFailed(bytes: 4096, errno: 12)), .system, "4,096 bytes",
      "Cannot allocate memory"),
    ErrorCase(session: .file(.system(.create, path: "o", errno: 2)), .cannotCreate, "o: could not be created"),
    ErrorCase(session: .file(.system(.create, path: "o", errno: 13)), .permission, "o: ", "Permission denied"),
    ErrorCase(
      session: .file(.system(.write, path: "o", errno: 28)), .inputOutput, "o: ", "No space left", "no partial file"),
    ErrorCase(session: .file(.system(.synchronize, path: "o", errno: 5)), .inputOutput, "o: ", "disk"),
    ErrorCase(session: .file(.system(.rename, path: "o", errno: 5)), .inputOutput, "o: ", "final name"),
    ErrorCase(session: .file(.system(.inspect, path: "o", errno: 5)), .inputOutput, "o: "),
    ErrorCase(session: .file(.system(.read, path: "o", errno: 5)), .inputOutput, "o: could not be read"),
    ErrorCase(session: .file(.notRegular(path: "o")), .cannotCreate, "o: is no regular file"),
    ErrorCase(session: .file(.tooLarge(path: "o", given: 10, allowed: 9)), .badData, "o: 10 bytes", "9 bytes"),
    ErrorCase(session: .model(path: "m", .file(.noDigest)), .badData, "m: ", "sha256"),
    ErrorCase(session: .residual(h2: 1, residual: 1e-3, tolerance: 1e-10), .internal, "0.001", "1e-10", "data.h2"),
    ErrorCase(
      session: .setting(name: "model.observables", given: "qubit 9", allowed: "0 to 6"), .badProfile,
      "model.observables = qubit 9: allowed is 0 to 6"),
    ErrorCase(session: .ramOverPlan(held: 3000, planned: 2000), .internal, "3,000 bytes", "1,000 bytes", "no result"),
    ErrorCase(session: .otherInputs(path: "j", .experiment), .otherInputs, "j: ", "other settings", "--output"),
    ErrorCase(
      session: .otherInputs(path: "t", .tape(what: "seed", given: "1", recorded: "2")), .otherInputs,
      "t: is a tape of other inputs: seed is 1 here, 2 on the tape", "distillation.tape"),
    ErrorCase(
      session: .otherInputs(path: "t", .tape(what: "seed", given: nil, recorded: "2")), .otherInputs,
      "seed is none here, 2 on the tape"),
    ErrorCase(
      session: .teacherLogits(path: "l.npy", given: [59, 2], expected: [60, 3]), .badData, "l.npy: ", "[59, 2]",
      "[60, 3]", "data.classes and training.states"),
    ErrorCase(
      session: .otherInputs(
        path: "m.checkpoint", .checkpoint(.init(what: "training.batch", given: "4", recorded: "8"))), .otherInputs,
      "m.checkpoint: ", "training.batch is 4 here, 8 there", ".prev", "--output"),
    ErrorCase(session: .locked(path: "m"), .locked, "m: ", "--lock-wait"),
    ErrorCase(session: .file(.locked(path: "m")), .locked, "m: ", "--lock-wait"),
    ErrorCase(session: .file(.system(.lock, path: "m", errno: 5)), .inputOutput, "m: could not be locked"),
    ErrorCase(
      session: .file(.system(.reserve, path: "m", errno: 28)), .inputOutput, "m: ", "room", "nothing was started"),
    ErrorCase(
      session: .stopped(signal: 15, kept: "iteration 3 of 9"), .stopped,
      "stopped by SIGTERM; iteration 3 of 9 is kept"),
    ErrorCase(session: .stopped(signal: 2, kept: nil), .stopped, "stopped by SIGINT; the same command begins anew"),
    ErrorCase(.skipped, .done, "host.if-locked"),
    ErrorCase(session: .thread(errno: 11), .system, "--threads", "Resource temporarily unavailable"),
  ]

  static let ofModels: [ErrorCase] = [
    ErrorCase(model: .fileTooLarge(given: 9, allowed: 8), "9 bytes", "8"),
    ErrorCase(model: .truncated(given: 7, needed: 8), "7 bytes", "8"),
    ErrorCase(model: .headerTooLong(given: 99, allowed: 98), "99", "98"),
    ErrorCase(model: .headerUnaligned(given: 9), "9 bytes", "multiples of 8"),
    ErrorCase(model: .syntax(atByte: 9, expected: "'{'"), "byte 9", "'{'"),
    ErrorCase(model: .duplicate(key: "k", atByte: 9), "\"k\" stands twice, again at byte 9"),
    ErrorCase(model: .duplicate(key: "k", atByte: nil), "\"k\" stands twice;"),
    ErrorCase(model: .unknownKey("k", atByte: 9), "\"k\"", "byte 9"),
    ErrorCase(model: .missingKey("dtype", tensor: "t"), "\"t\" has no dtype"),
    ErrorCase(model: .type(tensor: "t", given: "F16"), "F16", "F32, F64, I64"),
    ErrorCase(model: .rank(tensor: "t", given: 9, allowed: 8), "9 dimensions", "8"),
    ErrorCase(model: .shape(tensor: "t", given: [-1]), "[-1]"),
    ErrorCase(model: .offsets(tensor: "t", given: [0, 1], expected: [0, 8]), "[0, 1]", "[0, 8]"),
    ErrorCase(model: .payload(given: 1, expected: 2), "1 bytes", "2"),
    ErrorCase(model: .noDigest, "no sha256"),
    ErrorCase(model: .malformedDigest(atByte: 9), "byte 9", "64"),
    ErrorCase(model: .digestMismatch(given: "aa", computed: "bb"), "bb", "aa"),
    ErrorCase(model: .notFinite(tensor: "t", index: 4), "value 4", "\"t\"", "finite"),
    ErrorCase(model: .valueCount(tensor: "t", given: 1, expected: 2), "1 values", "2"),
    ErrorCase(model: .reservedName("sha256"), "\"sha256\" is reserved"),
  ]

  static let ofSamples: [ErrorCase] = [
    ErrorCase(samples: .file(.system(.open, path: "s.npy", errno: 2)), .noInput, "s.npy: could not be opened"),
    ErrorCase(
      samples: .npy(.type(given: "<i8", allowed: NPYType.samples.map(\.rawValue), atByte: 0)), .badData, "<i8",
      "<f4, <f8"),
    ErrorCase(samples: .empty, .badData, "no sample"), ErrorCase(samples: .emptyRows, .badData, "extent", "0"),
    ErrorCase(
      samples: .fewer(given: 6, asked: 1000, setting: "training.states"), .badData, "6 samples", "training.states",
      "1,000", "0 means all"),
    ErrorCase(samples: .foreign("bzip2"), .badData, "bzip2", "NPY"),
    ErrorCase(samples: .notText, .badData, "array", "data.pairs"),
    ErrorCase(samples: .header(.missing), .badData, "names", "data.label-column"),
    ErrorCase(samples: .header(.numbers(3)), .badData, "line 3", "data.header"),
    ErrorCase(samples: .header(.count(given: 5, expected: 4)), .badData, "5 columns", "4", "--columns"),
    ErrorCase(samples: .header(.notText(3)), .badData, "line 3", "UTF-8"),
    ErrorCase(samples: .header(.column("c", times: 0, names: ["a", "b"])), .badData, "no column", "\"c\"", "a, b"),
    ErrorCase(samples: .header(.column("c", times: 2, names: ["c", "c"])), .badData, "more than one column", "\"c\""),
    ErrorCase(samples: .header(.labelAmongNumbers("c")), .badData, "data.columns", "\"c\""),
    ErrorCase(samples: .row(3, .malformed(line: 4, character: 2, .label)), .badData, "row 3", "line 4", "whole number"),
    ErrorCase(samples: .unlabelled(row: 3), .badData, "row 3", "no label", "data.label-column"),
    ErrorCase(samples: .pipe, .badData, "twice", "regular file"),
    ErrorCase(samples: .shape(given: [1, 2, 3]), .badData, "[1, 2, 3]", "allowed"),
    ErrorCase(samples: .columns(given: 64, expected: 128), .badData, "64", "128"),
    ErrorCase(samples: .complex, .badData, "real"),
    ErrorCase(samples: .labelCount(given: 9, expected: 10), .badData, "9 labels", "10 samples"),
    ErrorCase(samples: .labelCount(given: 5, expected: nil), .badData, "5 labels for more than 5 samples"),
    ErrorCase(samples: .targetCount(given: 5, expected: nil), .badData, "targets of 5 samples for more than 5"),
    ErrorCase(samples: .label(given: 7, classes: 2, index: 4), .badData, "label 4", "7", "0 to 1"),
    ErrorCase(samples: .format(path: "p.txt", allowed: ["npy", "csv"]), .usage, "p.txt", ".npy, .csv"),
    ErrorCase(samples: .rows(given: 1, expected: 2), .internal, "1 rows", "2"),
    ErrorCase(npy: .truncated(given: 7, needed: 8), "7 bytes", "8"), ErrorCase(npy: .magic, "NUMPY"),
    ErrorCase(npy: .version(major: 3, minor: 0), "3.0", "numpy.save"),
    ErrorCase(npy: .headerTooLong(given: 9, allowed: 8), "9 bytes", "8"),
    ErrorCase(npy: .syntax(atByte: 9, expected: "','"), "byte 9", "','"),
    ErrorCase(npy: .duplicateKey("k", atByte: 9), "\"k\" stands twice", "byte 9"),
    ErrorCase(npy: .unknownKey("k", atByte: 9), "\"k\"", "byte 9"), ErrorCase(npy: .missingKey("descr"), "\"descr\""),
    ErrorCase(npy: .type(given: ">f8", allowed: ["<f8"], atByte: 9), ">f8", "<f8"),
    ErrorCase(npy: .structured(atByte: 9), "structured"),
    ErrorCase(npy: .fortranOrder(atByte: 9), "ascontiguousarray"),
    ErrorCase(npy: .dimensions(given: 3, allowed: 1...2, atByte: 9), "3 dimensions", "1 to 2"),
    ErrorCase(npy: .shapeOverflow(given: [.max, 2]), "9223372036854775807"),
    ErrorCase(npy: .size(given: 7, expected: 8), "7 bytes", "8"), ErrorCase(npy: .trailingBytes(atByte: 9), "byte 9"),
    ErrorCase(row: .norm(squared: 1.5, tolerance: 1e-6), .badData, "1.5", "1e-06", "--encoder amplitude"),
    ErrorCase(
      row: .logit(column: 1, value: 1e200, allowed: 1e100), .badData, "column 1 (from 0) is 1e+200", "1e+100"),
    ErrorCase(row: .labelsDisagree(beside: 1, file: 0), .badData, "beside the row is 1", "label file 0"),
    ErrorCase(row: .labelsDisagree(beside: 1, file: nil), .badData, "another"),
    ErrorCase(row: .tooLarge(squared: 1e14, allowed: 1e12), .badData, "100000000000000", "1000000000000", "scale"),
    ErrorCase(
      row: .outside(column: 3, value: 255, range: 0...1), .badData, "column 3", "255", "0 to 1", "data.allow-outside"),
    ErrorCase(row: .zero, .badData, "zero"),
    ErrorCase(row: .notBinary(column: 2, value: 0.5), .badData, "column 2", "0.5", "0 and 1"),
    ErrorCase(row: .unreadable(.notFinite(column: 2)), .badData, "column 2", "finite"),
    ErrorCase(row: .unreadable(.malformed(line: 4, character: 5)), .badData, "line 4, character 5"),
    ErrorCase(row: .unreadable(.count(line: 4, given: 1, expected: 2)), .badData, "line 4 has 1 numbers", "2"),
    ErrorCase(row: .unreadable(.lineTooLong(line: 4, allowed: 9)), .badData, "line 4", "9 bytes"),
    ErrorCase(row: .unreadable(.truncated(atByte: 9)), .badData, "byte 9"),
    ErrorCase(row: .unreadable(.trailingBytes(atByte: 9)), .badData, "byte 9"),
    ErrorCase(row: .unreadable(.failed(errno: 5)), .inputOutput, "Input/output error"),
  ]

  static let ofSpectra: [ErrorCase] = [
    ErrorCase(spectrum: .qubitsOutOfRange(given: 2, allowed: 3...20), .badProfile, "2 qubits", "3 to 20"),
    ErrorCase(
      spectrum: .couplingOutOfRange(name: "h1", given: 1e200, largest: 1e100), .badProfile, "h1 = 1e+200", "1e+100"),
    ErrorCase(spectrum: .couplingsVanish(largest: 0, smallest: 1e-10), .badProfile, "1e-10", "data.j"),
    ErrorCase(spectrum: .openNeedsParity, .badProfile, "data.parity"),
    ErrorCase(spectrum: .basisLimitOutOfRange(given: 0, allowed: 1...64), .badProfile, "0 vectors", "1 to 64"),
    ErrorCase(spectrum: .residualToleranceOutOfRange(given: 0, smallest: 1e-14), .badProfile, "1e-14"),
    ErrorCase(spectrum: .degenerate(h2: 0, gap: 1e-16, tolerance: 1e-10), .badProfile, "h2 = 0", "1e-16", "1e-10"),
    ErrorCase(spectrum: .degenerateOutsideSector(h2: 0, gap: 0, tolerance: 1e-10), .badProfile, "data.parity"),
    ErrorCase(spectrum: .groundStateOutsideSector(h2: 1, sectorEnergy: -1, lowerEnergy: -2), .badProfile, "-1", "-2"),
    ErrorCase(spectrum: .levelsCross(between: 0.5, and: 0.75), .badProfile, "0.5", "0.75"),
    ErrorCase(
      spectrum: .notConverged(h2: 1, residual: 0.5, tolerance: 0.25, steps: 300), .internal, "300 steps", "0.5",
      "0.25"),
    ErrorCase(
      spectrum: .basisTooSmall(limit: 9, residual: 0.5, tolerance: 0.25, h2: 1), .badProfile, "9 snapshots", "narrow"),
    ErrorCase(spectrum: .eigenSolverFailed(status: 11), .internal, "status 11"),
    ErrorCase(spectrum: .workspaceRefused(bytes: 1024), .system, "1,024 bytes"),
  ]

  @Test(arguments: ofCommands + ofSessions + ofModels + ofSamples + ofSpectra)
  func saysWhatIsWrong(_ example: ErrorCase) {
    let text = ErrorText.text(example.error)
    for fragment in example.fragments { #expect(text.contains(fragment), "\(text)") }
    #expect(!text.contains("\n"))
    #expect(!text.contains("Optional("))
    #expect(Status(example.error) == example.status)
  }

  @Test func linesForPeopleAndMachines() {
    let error = CommandError.profile(.notText(path: "a\"b"))
    #expect(
      ErrorReport.line(error, json: false) == "qkd-run: a\"b: a profile is UTF-8 text without NUL bytes")
    #expect(
      ErrorReport.line(error, json: true)
        == #"{"level": "error", "message": "a\"b: a profile is UTF-8 text without NUL bytes", "exit_code": 78}"#)
    #expect(
      ErrorReport.line(.session(.overBudget(Self.refusal)), json: true).hasSuffix(
        #""exit_code": 5, "needed_bytes": 16777217, "available_bytes": 16777216, "missing_bytes": 1, "#
          + #""largest_batch": 32, "largest_qubits": null, "fitting_precision": "float32"}"#))
  }

  @Test func numbersAreThoseOfSysexits() {
    let numbers = Status.allCases.map(\.rawValue)
    #expect(numbers == [0, 3, 4, 5, 6, 7, 64, 65, 66, 70, 71, 73, 74, 75, 77, 78])
  }
}
