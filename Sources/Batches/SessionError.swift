import Budget
import Devices
import Files
import Glibc
import Models
import Samples
import Settings
import Spectra

/// Why a run did not start or did not finish. `Commands` turns it into text and an exit code, in one place each.
public enum SessionError: Error, Sendable {
  /// The plan does not fit; nothing was started.
  case overBudget(BudgetRefusal)
  /// The system refused the arena.
  case memoryRefused(BudgetError)
  case file(FileError)
  case model(path: String, ModelError)
  case spectrum(SpectrumError)
  /// A ground state of the stream missed its tolerance: not expected after the family was built.
  case residual(h2: Double, residual: Double, tolerance: Double)
  case samples(path: String, SampleError)
  /// A row of the input was refused; rows count from 0.
  case row(path: String, row: Int, RowProblem)
  /// A setting's value that only the data or the model show to be wrong.
  case setting(name: String, given: String, allowed: String)
  /// A file is no calibration of a device.
  case calibration(CalibrationError)
  /// Noise of so many qubits cannot be folded, whatever the memory.
  case cannotFold(qubits: Int, most: Int)
  /// The circuit cannot run on the device, or on those of its qubits.
  case place(LayoutError)
  /// The process held more of its own than was planned; no result was handed over.
  case ramOverPlan(held: Int, planned: Int)
  case thread(errno: Int32)
  /// A file that an earlier run left belongs to other inputs than this run's.
  case otherInputs(path: String, OtherInputs)
  /// A file of teacher logits with another shape, samples and logits, than training set and student have.
  case teacherLogits(path: String, given: [Int], expected: [Int])
  /// An input was changed while it was read; what was made of it is not kept.
  case changed(path: String)
  /// None of so many sound inputs of a spool fits the model, the first for this reason; none was moved.
  indirect case nothingFits(inputs: Int, SessionError)
  /// The digest of a model is another than the one that `model.sha256` names.
  case otherModel(path: String, given: String, pinned: String)
  /// A model is not put in place.
  case rollout(RolloutProblem)
  /// Another run works on the same file.
  case locked(path: String)
  /// A signal asked the run to stop. `kept` says what the same command goes on from, as a noun: `iteration 120 of 500`;
  /// nil: it begins anew.
  case stopped(signal: Int32, kept: String?)

  /// Whether waiting for input ended because the process was asked to stop; calls that a signal interrupts are repeated
  /// otherwise.
  public var isInterruption: Bool {
    switch self {
    case .file(.system(.read, _, EINTR)), .samples(_, .file(.system(.read, _, EINTR))),
      .row(_, _, .unreadable(.failed(EINTR))), .model(_, .file(.file(.system(.read, _, EINTR)))):
      true
    default: false
    }
  }

  /// Whether the work is left to another run.
  public var isLocked: Bool {
    switch self {
    case .locked, .file(.locked): true
    default: false
    }
  }
}

/// Why a model is not put in the place of another.
public enum RolloutProblem: Sendable {
  /// An input that fits the model in place, or did when it was evaluated, does not fit the candidate.
  indirect case input(candidate: String, SessionError)
  /// It answers something else than the model in place, in words: `classification, 3 logits`.
  case unlike(candidate: String, given: String, inPlace: String)
  /// None of so many inputs in these folders has labels; their files would have names that end so.
  case noLabels(inputs: Int, folders: [String], suffix: String)
  /// It was changed while it was tested.
  case changed(candidate: String)
  /// There is no model that could be brought back.
  case noPrevious(path: String)
}

/// What a file was left by.
public enum OtherInputs: Sendable, Equatable {
  /// A journal of finished seeds: an experiment with other settings, data or version.
  case experiment
  /// A tape of teacher logits, of which `what` differs. nil: one side has no such entry.
  case tape(what: String, given: String?, recorded: String?)
  /// A checkpoint of another run.
  case checkpoint(Difference)

  /// What differs, here and there. nil: one side has no such entry.
  public struct Difference: Sendable, Equatable {
    public let what: String
    public let given, recorded: String?

    public init(what: String, given: String?, recorded: String?) {
      self.what = what
      self.given = given
      self.recorded = recorded
    }
  }
}

/// What is wrong with one row of the input.
public enum RowProblem: Sendable, Equatable {
  /// It could not be read.
  case unreadable(RowStatus)
  /// A state's squared norm is not 1.
  case norm(squared: Double, tolerance: Double)
  /// The squared norm of unnormalised amplitudes is beyond what keeps logits finite.
  case tooLarge(squared: Double, allowed: Double)
  /// A number far outside the range of the rows that the model was trained on.
  case outside(column: Int, value: Double, range: ClosedRange<Double>)
  /// Nothing can be normalised.
  case zero
  /// A phase or basis feature that is neither 0 nor 1.
  case notBinary(column: Int, value: Double)
  /// The label beside the row (NDJSON) is outside 0..<classes; `given` is clamped.
  case label(given: Int, classes: Int)
  /// There is no label beside the row where one is needed.
  case unlabelled
  /// The label beside the row is another than that of the label file; nil: that one is not among the selected classes.
  case labelsDisagree(beside: Int, file: Int?)
  /// There is no target beside the row where one is needed, or another number of them than there are outputs.
  case untargeted
  case targetCount(given: Int, expected: Int)
  /// A target beside the row that is no finite number, or too large.
  case target(value: Double, allowed: Double)
  /// The target beside the row is another than that of the file of targets.
  case targetsDisagree
  /// A teacher's logit beyond what a softmax at any temperature bears.
  case logit(column: Int, value: Double, allowed: Double)
}

/// A plan that does not fit, and what would.
public struct BudgetRefusal: Error, Sendable, Equatable {
  /// The least that this job needs with these settings (fewest lanes, no stored history), and what there is: bytes.
  public let neededBytes: Int
  public let availableBytes: Int
  /// True where it is the arena's own budget that is too small, false for all of the RAM.
  public let isArena: Bool
  /// The largest batch that fits with these qubits; nil: not even 1.
  public let largestBatch: Int?
  /// The most qubits that fit with this batch; nil: not even 1.
  public let largestQubits: Int?
  /// The fewest that the job's data and observables allow.
  public let fewestQubits: Int
  /// The precision in which all that was asked for fits; nil: none.
  public let fittingPrecision: String?
  /// True for a job whose sizes belong together, an experiment: no other batch or number of qubits was tried.
  public let isFixed: Bool

  public init(
    neededBytes: Int, availableBytes: Int, isArena: Bool, largestBatch: Int?, largestQubits: Int?,
    fewestQubits: Int = 1, fittingPrecision: String? = nil, isFixed: Bool = false
  ) {
    self.neededBytes = neededBytes
    self.availableBytes = availableBytes
    self.isArena = isArena
    self.largestBatch = largestBatch
    self.largestQubits = largestQubits
    self.fewestQubits = fewestQubits
    self.fittingPrecision = fittingPrecision
    self.isFixed = isFixed
  }

  public var missingBytes: Int { neededBytes - availableBytes }
}

extension Settings {
  /// - Throws: `SessionError.setting`, where something is wrong for a job.
  package func check(for job: Job) throws(SessionError) {
    if let problem = problem(for: job) {
      throw .setting(name: problem.key, given: problem.given, allowed: problem.allowed)
    }
  }
}
