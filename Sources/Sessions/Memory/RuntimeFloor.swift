import Budget

/// What the process holds before its arena: program, libraries, and what the command line and the profile took.
enum RuntimeFloor {
  /// Measured on the release build (static Swift runtime) as peak memory minus everything planned, with room for the
  /// difference between systems; the report shows both numbers, and a run fails when its peak is above its budget.
  static let bytes = 19 << 19

  static func declare(in planner: inout Planner) {
    planner.declareOutside(
      OutsideMemory(name: "runtime floor", formula: "measured", bytes: bytes, owner: "qkd-run"))
  }
}
