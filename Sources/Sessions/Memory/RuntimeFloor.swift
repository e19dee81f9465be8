import Budget

/// What the process holds besides what is planned by formulas: the program's code and variables, and what reading the
/// command line took. Nearly all of it is code, which the system maps in pieces of 64 KiB where it is called, so that
/// it differs between jobs, and hardly between runs of one.
///
/// Measured on the release build (static Swift runtime, x86-64) by `tools/floor`, with 0.4 to 1.9 MB to spare for what
/// other settings call, and for command lines that the parser reads: it leaves more behind than the plain ones that
/// `tools/floor` gives. Constants, so that the same command always runs in the same layout and gives the same result.
///
/// A trap: a program file that came into the page cache by one large write may be mapped in pieces of 2 MiB (seen on
/// ext4 with Linux 6.18), which took 17.3 MB where 8.3 were planned. cp, install and the linker write small pieces.
enum RuntimeFloor {
  /// The most before the arena is mapped: where the parser reads the command line, whose code is given back then.
  private static func start(_ job: Job) -> Int {
    switch job {
    case .evaluate: 7_450_000
    case .train: 7_900_000
    case .distill: 8_300_000
    case .compress: 7_700_000
    case .reproduce: 8_300_000
    }
  }

  /// During the run.
  private static func bytes(_ job: Job, _ source: DataSource) -> Int {
    switch (job, source) {
    case (.evaluate, _): 7_250_000
    case (.train, _): 7_950_000
    case (.distill, _): 8_300_000
    case (.compress, _): 7_700_000
    case (.reproduce, .spinChain): 9_260_000
    case (.reproduce, .file): 9_900_000
    }
  }

  /// Over a spool: more code, and what many evaluations in a row leave on the heap.
  private static let spool = 8_250_000

  static func declare(_ job: Job, _ source: DataSource, isSpool: Bool = false, in planner: inout Planner) {
    planner.declareStart(bytes: start(job))
    planner.declareOutside(
      OutsideMemory(
        name: "runtime floor", formula: "measured, \(job.rawValue), \(isSpool ? "spool" : source.rawValue)",
        bytes: isSpool ? spool : bytes(job, source), owner: "qkd-run"))
  }
}
