import Batches
import Budget
import Files
import Models
import Samples
import Settings

/// What the process ends with, from sysexits(3) where that has a number. Any other non-zero number means failure, too.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  case inputsFailed = 3
  case gateNotMet = 4
  case overBudget = 5
  case otherInputs = 6
  case stopped = 7
  case usage = 64
  case badData = 65
  case noInput = 66
  case `internal` = 70
  case system = 71
  case cannotCreate = 73
  case inputOutput = 74
  case locked = 75
  case permission = 77
  case badProfile = 78

  public init(_ error: CommandError) {
    self =
      switch error {
      case .session(let error): ExitStatus(error)
      case .profile(.file(let error)): ExitStatus(error)
      case .profile(.notFound): .noInput
      case .profile(.notText), .profile(.syntax): .badProfile
      case .profile(.setting(let error)), .setting(let error): ExitStatus(error)
      case .missing: .usage
      case .inspected(_, let error): ExitStatus(error)
      case .gateNotMet: .gateNotMet
      case .spool(let summary): summary.rejected + summary.unmoved > 0 ? .inputsFailed : .gateNotMet
      case .devices: .inputsFailed
      case .board: .overBudget
      case .metrics, .runMetrics: .badData
      case .nothingEvaluated: .noInput
      case .merge(let error): error.status
      case .importing(let error): error.status
      case .output: .inputOutput
      case .skipped: .done
      }
  }

  public init(_ error: SessionError) {
    self =
      switch error {
      case .overBudget, .cannotFold, .memoryRefused(.exceeded), .memoryRefused(.arenaExceeded),
        .memoryRefused(.tooLarge):
        .overBudget
      case .memoryRefused(.mappingFailed), .memoryRefused(.lockRefused), .thread: .system
      // A job's inputs come with errors of their own: this is an output, where no file can be.
      case .file(.notRegular): .cannotCreate
      case .file(let error): ExitStatus(error)
      case .model(_, let error): ExitStatus(error)
      case .spectrum(.workspaceRefused): .system
      case .spectrum(.notConverged), .spectrum(.eigenSolverFailed), .residual, .ramOverPlan: .internal
      case .spectrum, .setting, .place: .badProfile
      case .calibration(.file(let error)): ExitStatus(error)
      case .calibration: .badData
      case .otherInputs: .otherInputs
      case .teacherLogits: .badData
      case .changed: .inputOutput
      case .nothingFits(_, let error): ExitStatus(error)
      case .otherModel, .rollout(.unlike): .badData
      case .rollout(.input(_, let error)): ExitStatus(error)
      case .rollout(.noLabels), .rollout(.noPrevious): .noInput
      case .rollout(.changed): .inputOutput
      case .locked: .locked
      case .stopped: .stopped
      case .samples(_, .file(let error)): ExitStatus(error)
      case .samples(_, .format): .usage
      case .samples(_, .rows): .internal
      case .samples: .badData
      case .row(_, _, .unreadable(.failed)): .inputOutput
      case .row: .badData
      }
  }

  public init(_ error: FileError) {
    self =
      switch error.kind {
      case .noInput: .noInput
      case .permission: .permission
      case .cannotCreate: .cannotCreate
      case .io, .diskFull: .inputOutput
      case .badData: .badData
      case .locked: .locked
      }
  }

  public init(_ error: ModelError) {
    self =
      switch error {
      case .file(.file(let error)): ExitStatus(error)
      case .file, .entry: .badData
      }
  }

  public init(_ error: SettingError) {
    // Whoever gave it: the job is not what the settings are for.
    if case .unused = error {
      self = .badProfile
    } else {
      self = error.origin.kind == "flag" ? .usage : .badProfile
    }
  }
}
