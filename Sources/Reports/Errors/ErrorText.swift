import Batches
import Budget
import Files
import Models
import Samples
import Settings
import Spectra

/// Errors as text: what was given, what is allowed, what to do.
public enum ErrorText {
  public static func text(_ error: CommandError) -> String {
    switch error {
    case .session(let error): text(error)
    case .profile(let error): text(error)
    case .setting(let error): text(error)
    case .missing(let key, let flag, let job):
      "\(job.rawValue) needs \(key): give it with \(flag), or in a profile (--profile)"
    case .inspected(let path, let error): text(error, path: path)
    case .gateNotMet(let misses): "the quality gate is not met: " + misses.map(text).joined(separator: "; ")
    case .spool(let summary): text(summary)
    case .devices(let refused, let all):
      "\(groupedText(refused)) of \(counted(all, "device", "devices")) cannot run the model: see above"
    case .board(let name, let memory, let needed, let available):
      "\(name): the model needs \(groupedText(needed)) bytes of \(memory), the board has \(groupedText(available)), "
        + "\(groupedText(needed - available)) too few; nothing was written. Give another --target or --method, fewer "
        + "--bits, or say what the board has (--flash, --ram)"
    case .metrics(let path, let line):
      "\(path): line \(line) is none of the metrics that evaluate writes over a spool"
    case .runMetrics(let path, let line):
      "\(path): line \(line) has a value that no run writes: the file is damaged. The next run writes it anew; its "
        + "counts may begin at 0"
    case .nothingEvaluated(let path): "nothing was evaluated yet: there is no \(path)"
    case .merge(let error): error.text
    case .importing(let error): error.text
    case .output(let errno): "standard output could not be written: \(systemText(errno)); the results are incomplete"
    case .skipped: "another run works on the output, and is left to it (host.if-locked)"
    }
  }

  public static func text(_ error: SessionError) -> String {
    switch error {
    case .overBudget(let refusal): text(refusal)
    case .memoryRefused(let error): text(error)
    case .file(let error): text(error)
    case .model(let path, let error): text(error, path: path)
    case .spectrum(let error): text(error)
    case .residual(let h2, let residual, let tolerance):
      "the ground state at h2 = \(shortestText(h2)) has residual \(shortestText(residual)), "
        + "allowed is \(shortestText(tolerance)); narrow data.h2"
    case .samples(let path, let error): text(error, path: path)
    case .row(let path, let row, let problem): "\(path): row \(row) (from 0): \(text(problem))"
    case .setting(let name, let given, let allowed): "\(name) = \(given): allowed is \(allowed)"
    case .calibration(.file(let error)): text(error)
    case .calibration(let error): error.text
    case .place(let error): error.text
    case .cannotFold(let qubits, let most):
      "exact noise of \(qubits) qubits takes 4^\(qubits) numbers a logit: it is folded for up to \(most); evaluate can "
        + "draw it instead (--trajectories 1000), or take fewer qubits"
    case .ramOverPlan(let held, let planned):
      "this process holds \(ByteSize.text(held)) of RAM, \(ByteSize.text(held - planned)) more than planned: no result "
        + "was written. The plan (qkd-run plan) counts too little for this model or profile: that is a fault of the "
        + "program"
    case .otherInputs(let path, .experiment):
      "\(path): holds finished seeds of an experiment with other settings, data or version; "
        + "move it away to start anew, or give another --output"
    case .otherInputs(let path, .tape(let what, let given, let recorded)):
      "\(path): is a tape of other inputs: \(what) is \(given ?? "none") here, \(recorded ?? "none") on the tape; "
        + "give the inputs that it was made of, or another distillation.tape"
    case .otherInputs(let path, .checkpoint(let difference)):
      "\(path): is the checkpoint of another run: \(difference.what) is \(difference.given ?? "none") here, "
        + "\(difference.recorded ?? "none") there; finish that run, or remove its checkpoint and the one before "
        + "(.prev), or give another --output"
    case .teacherLogits(let path, let given, let expected):
      "\(path): teacher logits of shape \(given), expected are \(expected): a row a sample of the training set, "
        + "as data.classes and training.states leave it, a column a logit of the student"
    case .changed(let path): "\(path): was changed while it was read; the next run evaluates it"
    case .nothingFits(let inputs, let error):
      "\(text(error)); none of \(counted(inputs, "input", "inputs")) of the spool fits the model, and none was moved: "
        + "see whether model.path and data.encoder are right"
    case .otherModel(let path, let given, let pinned):
      "\(path): its sha256 is \(given), and model.sha256 takes \(pinned) alone; name that model, or write the digest "
        + "of this one into the profile first"
    case .rollout(let problem): text(problem)
    case .locked(let path): text(FileError.locked(path: path))
    case .stopped(let signal, let kept?):
      "stopped by \(signalName(signal)); \(kept) is kept: the same command goes on from there"
    case .stopped(let signal, nil): "stopped by \(signalName(signal)); the same command begins anew"
    case .thread(let errno): "no thread could be started: \(systemText(errno)); lower host.threads (--threads)"
    }
  }

  // MARK: Settings and profiles

  public static func text(_ error: SettingError) -> String {
    switch error {
    case .unknownKey(let key, let nearest, .environment):
      "unknown environment variable \(key); did you mean \(nearest)?"
    case .unknownKey(let key, let nearest, let origin):
      "\(place(origin))unknown key \(key); did you mean \(nearest)?"
    case .unknownSection(let section, let nearest, let origin):
      "\(place(origin))unknown section [\(section)]; did you mean [\(nearest)]?"
    case .sectionIsNoKey(let section, let origin):
      "\(place(origin))\(section) is a section: write [\(section)] and its keys below it"
    case .value(let key, let given, let allowed, let origin):
      "\(origin == .flag(key) ? "" : place(origin))\(key) = \(given): allowed is \(allowed)"
    case .unused(let key, let job, let reason, let origin):
      "\(place(origin))\(key) is not used by \(job.rawValue): \(reason)"
    }
  }

  private static func place(_ origin: Origin) -> String { origin.place.map { "\($0): " } ?? "" }

  public static func text(_ error: ProfileError) -> String {
    switch error {
    case .file(let error): text(error)
    case .notFound(let name, let searched, let known):
      "no profile \"\(name)\"; looked for " + searched.joined(separator: ", ")
        + (ProfileSearch.isFile(name)
          ? "" : "; name a file (with a / or .toml at its end), or put its folder into QKD_PROFILE_PATH")
        + (known.isEmpty ? "" : "; \(suggestion(name, known))there are " + known.joined(separator: ", "))
    case .notText(let path): "\(path): a profile is UTF-8 text without NUL bytes"
    case .syntax(let path, let line, let column, let message): "\(path):\(line):\(column): \(message)"
    case .setting(let error): text(error)
    }
  }

  /// Of the name that was meant, where it is clear.
  package static func suggestion(_ name: String, _ known: [String]) -> String {
    guard let nearest = NearestName.find(name, in: known),
      3 * NearestName.distance(name, nearest) <= name.utf8.count
    else { return "" }
    return "did you mean \(nearest)? "
  }

  // MARK: Memory

  public static func text(_ refusal: BudgetRefusal) -> String {
    let needed = shortfall(
      needed: refusal.neededBytes, available: refusal.availableBytes, isArena: refusal.isArena)
    let precision = refusal.fittingPrecision.map { "; in \($0) it fits (--precision \($0))" } ?? ""
    if refusal.isFixed {
      return "\(needed): nothing was started\(precision). Raise \(refusal.isArena ? "--arena" : "--memory"), or lower "
        + "the qubits, the layers, training.states or evaluation.samples; qkd-run plan reproduce shows what takes the "
        + "memory"
    }
    let batch =
      refusal.largestBatch.map { "with these qubits the largest batch that fits is \(groupedText($0))" }
      ?? "with these qubits not even a batch of 1 fits"
    let qubits =
      refusal.largestQubits.map { "with this batch the most qubits that fit are \($0)" }
      ?? (refusal.fewestQubits > 1
        ? "with this batch \(refusal.fewestQubits) qubits, the fewest that teacher, data and observables allow, "
          + "do not fit"
        : "with this batch not even 1 qubit fits")
    return "\(needed): nothing was started; \(batch), \(qubits)\(precision). \(remedy(isArena: refusal.isArena))"
  }

  private static func shortfall(needed: Int, available: Int, isArena: Bool) -> String {
    let budget = isArena ? "the arena's budget (host.arena)" : "the budget of RAM (host.memory)"
    return "the plan needs \(ByteSize.text(needed)), \(budget) is \(ByteSize.text(available)), "
      + "\(ByteSize.text(needed - available)) are missing"
  }

  private static func remedy(isArena: Bool) -> String {
    "Raise \(isArena ? "--arena" : "--memory"), or lower --batch or the number of qubits; "
      + "qkd-run plan shows what takes the memory"
  }

  public static func text(_ error: BudgetError) -> String {
    switch error {
    case .exceeded(let needed, let available):
      shortfall(needed: needed, available: available, isArena: false) + ". " + remedy(isArena: false)
    case .arenaExceeded(let needed, let available):
      shortfall(needed: needed, available: available, isArena: true) + ". " + remedy(isArena: true)
    case .tooLarge(let buffer):
      "the buffer \"\(buffer)\" alone, or the sum up to it, is larger than any plan may be "
        + "(\(ByteSize.text(MemoryPlan.largestBytes))); lower the batch, the qubits or the iterations"
    case .mappingFailed(let bytes, let errno):
      "the system refused \(ByteSize.text(bytes)) for the arena: \(systemText(errno)); "
        + "free memory, or lower --batch, or raise the process's limit (ulimit -v)"
    case .lockRefused(let bytes, let allowed, let errno):
      "host.lock: the system does not lock the process's \(ByteSize.text(bytes)) into memory: \(systemText(errno)); "
        + "allowed are \(ByteSize.text(allowed)): raise the limit (ulimit -l, LimitMEMLOCK=), or set host.lock = false"
    }
  }

  // MARK: Files

  public static func text(_ error: FileError) -> String {
    switch error {
    case .system(let operation, let path, let errno): "\(path): could not \(verb(operation)): \(systemText(errno))"
    case .notRegular(let path): "\(path): is no regular file; name a file"
    case .notOwn(let path):
      "\(path): belongs to the program, but a link or a file with a second name stands there; move it away"
    case .tooLarge(let path, let given, let allowed):
      "\(path): \(ByteSize.text(given)) or more; allowed are at most \(ByteSize.text(allowed))"
    case .locked(let path): "\(path): another run works on it; try again later, or wait for it with --lock-wait"
    }
  }

  private static func verb(_ operation: FileError.Operation) -> String {
    switch operation {
    case .open: "be opened"
    case .create: "be created; choose a folder that exists and can be written"
    case .inspect: "be looked at"
    case .read: "be read"
    case .write: "be written; no partial file is left"
    case .synchronize: "be brought to the disk; no partial file is left"
    case .rename: "get its final name; no partial file is left"
    case .lock: "be locked"
    case .reserve: "be given room on the disk; nothing was started"
    }
  }

  public static func text(_ error: ModelError, path: String) -> String {
    switch error {
    case .file(let error): text(error, path: path)
    case .entry(let name, let given, let allowed):
      "\(path): is not what this version reads here: \(name) is \(given.map { "\"\($0)\"" } ?? "missing"), "
        + "allowed is \(allowed)"
    }
  }

  public static func text(_ error: TensorFileError, path: String) -> String {
    switch error {
    case .file(let error): text(error)
    default: "\(path): is no file of models or logits, or is damaged: \(damage(error)); make or copy it again"
    }
  }

  static func damage(_ error: TensorFileError) -> String {
    switch error {
    case .file(let error): text(error)
    case .fileTooLarge(let given, let allowed): "\(given) bytes, allowed are \(allowed), and no more than host.memory"
    case .truncated(let given, let needed): "it ends after \(given) bytes, \(needed) are needed"
    case .headerTooLong(let given, let allowed): "a header of \(given) bytes, allowed are \(allowed)"
    case .headerUnaligned(let given): "a header of \(given) bytes, allowed are multiples of 8"
    case .syntax(let byte, let expected): "at byte \(byte), where \(expected) is expected"
    case .duplicate(let key, let byte): "\"\(key)\" stands twice\(byte.map { ", again at byte \($0)" } ?? "")"
    case .unknownKey(let key, let byte): "unknown key \"\(key)\" at byte \(byte)"
    case .missingKey(let key, let tensor): "tensor \"\(tensor)\" has no \(key)"
    case .type(let tensor, let given): "tensor \"\(tensor)\" has type \(given), allowed are F32, F64, I64"
    case .rank(let tensor, let given, let allowed):
      "tensor \"\(tensor)\" has \(given) dimensions, allowed are \(allowed)"
    case .shape(let tensor, let given): "tensor \"\(tensor)\" has shape \(given), which no file holds"
    case .offsets(let tensor, let given, let expected):
      "tensor \"\(tensor)\" lies at bytes \(given), expected is \(expected)"
    case .payload(let given, let expected): "\(given) bytes of tensors, expected are \(expected)"
    case .noDigest: "it has no sha256 in its metadata"
    case .malformedDigest(let byte): "the sha256 at byte \(byte) is not 64 lower-case hexadecimal digits"
    case .digestMismatch(let given, let computed): "its sha256 is \(computed), written in it is \(given)"
    case .notFinite(let tensor, let index): "value \(index) of tensor \"\(tensor)\" is not a finite number"
    case .valueCount(let tensor, let given, let expected):
      "tensor \"\(tensor)\" has \(given) values, its shape needs \(expected)"
    case .reservedName(let name): "the name \"\(name)\" is reserved"
    }
  }

  // MARK: Spectra

  public static func text(_ error: SpectrumError) -> String {
    switch error {
    case .qubitsOutOfRange(let given, let allowed):
      "a spin chain of \(given) qubits; allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
    case .couplingOutOfRange(let name, let given, let largest):
      "coupling \(name) = \(shortestText(given)); allowed are numbers up to \(shortestText(largest)) in magnitude"
    case .couplingsVanish(let largest, let smallest):
      "the largest coupling is \(shortestText(largest)), at least \(shortestText(smallest)) is needed: "
        + "set data.h1, data.j or data.h2"
    case .openNeedsParity: "an open chain has a ground state in both sectors: set data.parity to 1 or -1"
    case .orderNeedsClusterTerms(let h1, let j):
      "data.target = order with h1 = \(shortestText(h1)), J = \(shortestText(j)); allowed are chains with data.h1 = 0 "
        + "and another data.j than 0"
    case .basisLimitOutOfRange(let given, let allowed):
      "a reduced basis of \(given) vectors; allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
    case .residualToleranceOutOfRange(let given, let smallest):
      "a residual tolerance of \(shortestText(given)); at least \(shortestText(smallest)) is allowed"
    case .stateUncertain(let h2, let gap, let error, let tolerance):
      "at h2 = \(shortestText(h2)) the gap above the ground state is \(shortText(gap)), so small that the state is "
        + "known only to \(shortText(error)), allowed is \(shortText(tolerance)); narrow data.h2, or change data.h1 or "
        + "data.j"
    case .degenerate(let h2, let gap, let tolerance):
      "at h2 = \(shortestText(h2)) there is no one ground state (gap \(shortestText(gap)), at least "
        + "\(shortestText(tolerance)) is needed); change data.h2, data.parity or the number of qubits"
    case .degenerateOutsideSector(let h2, let gap, let tolerance):
      "at h2 = \(shortestText(h2)) two sectors share the lowest energy (gap \(shortestText(gap)), at least "
        + "\(shortestText(tolerance)) is needed); change data.h2, or data.parity where it is auto"
    case .groundStateOutsideSector(let h2, let sectorEnergy, let lowerEnergy):
      "at h2 = \(shortestText(h2)) the sector's lowest energy is \(shortestText(sectorEnergy)), but the chain has "
        + "\(shortestText(lowerEnergy)) outside it; state the other data.parity, or change data.h2"
    case .levelsCross(let lower, let upper):
      "two levels cross between h2 = \(shortestText(lower)) and \(shortestText(upper)), where the ground state is "
        + "not unique; choose data.h2 on one side"
    case .notConverged(let h2, let residual, let tolerance, let steps):
      "at h2 = \(shortestText(h2)) the eigen-solver stopped after \(steps) steps with residual "
        + "\(shortestText(residual)), allowed is \(shortestText(tolerance)); the gap is small there: change data.h2"
    case .basisTooSmall(let limit, let residual, let tolerance, let h2):
      "\(limit) snapshots leave a residual of \(shortestText(residual)) at h2 = \(shortestText(h2)), allowed is "
        + "\(shortestText(tolerance)); narrow data.h2"
    case .componentsOutOfRange(let given, let rows, let columns):
      "\(given) principal components of \(rows) samples with \(columns) numbers each; allowed are at most as many as "
        + "there are of either: lower model.qubits, or give more data"
    case .eigenSolverFailed(let status): "the dense eigen-solver (GSL) failed with status \(status)"
    case .workspaceRefused(let bytes):
      "the system refused \(ByteSize.text(bytes)) for the eigen-solver; free memory or lower the number of qubits"
    }
  }
}
