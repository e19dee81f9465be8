import Budget

/// What the process holds besides what is planned by formulas: the program's code and variables, and what reading the
/// command line took. Nearly all of it is code, which the system maps in pieces of 64 KiB where it is called, so that
/// it differs between jobs, and hardly between runs of one.
///
/// Measured on the release build (static Swift runtime, x86-64) by `tools/floor`, with 150 KB to spare. Constants, so
/// that the same command always runs in the same layout and gives the same result.
enum RuntimeFloor {
  /// The most before the arena is mapped. The code that reads the command line is given back then.
  private static func start(_ job: Job) -> Int { job == .evaluate ? 8_550_000 : 8_830_000 }

  /// During the run.
  private static func bytes(_ job: Job, _ source: DataSource) -> Int {
    switch (job, source) {
    case (.evaluate, .spinChain): 8_220_000
    case (.evaluate, .file): 8_420_000
    case (.train, .spinChain): 9_330_000
    case (.train, .file): 9_500_000
    case (.distill, .spinChain): 9_460_000
    case (.distill, .file): 9_720_000
    case (.compress, _): 8_470_000
    case (.reproduce, .spinChain): 10_060_000
    case (.reproduce, .file): 9_900_000
    }
  }

  /// Over a spool: more code, and what many evaluations in a row leave on the heap.
  private static let spool = 9_500_000

  static func declare(_ job: Job, _ source: DataSource, isSpool: Bool = false, in planner: inout Planner) {
    planner.declareStart(bytes: start(job))
    planner.declareOutside(
      OutsideMemory(
        name: "runtime floor", formula: "measured, \(job.rawValue), \(isSpool ? "spool" : source.rawValue)",
        bytes: isSpool ? spool : bytes(job, source), owner: "qkd-run"))
  }
}
