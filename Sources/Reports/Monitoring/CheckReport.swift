import Files

/// The answer of a monitoring plugin: a status, one line of text, and figures behind it.
package struct CheckReport {
  /// What plugins end with.
  package enum Status: Int32, Comparable {
    case ok = 0
    case warning, critical, unknown

    package static func < (one: Status, other: Status) -> Bool { one.rawValue < other.rawValue }

    var word: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }
  }

  /// A number with what it should be.
  struct Figure {
    let name: String
    let value: Double
    /// `s`, `B`, or nothing.
    var unit = ""
    /// Ranges outside which somebody is to be told, as plugins write them: `2`, `0.9:`; empty: none.
    var warning = "", critical = ""
    var ends = ""
  }

  package private(set) var status = Status.ok
  private var problems: [String] = []
  private var facts: [String] = []
  private var figures: [Figure] = []

  package init() {}

  /// Nothing can be said.
  package init(unknown reason: String) { add(reason, .unknown) }

  mutating func add(_ text: String, _ level: Status = .ok) {
    if level == .ok { facts.append(text) } else { problems.append(text) }
    status = max(status, level)
  }

  mutating func add(_ figure: Figure) { if figure.value.isFinite { figures.append(figure) } }

  /// Problems stand first. Without a line break.
  package var line: String {
    // A bar would begin the figures.
    let text = (problems + facts).joined(separator: "; ").printed
    let told = String(text.map { $0 == "|" ? "/" : $0 })
    let numbers = figures.map { figure in
      let parts = ["\(JSON.numberText(figure.value))\(figure.unit)", figure.warning, figure.critical, figure.ends]
      let last = parts.lastIndex { !$0.isEmpty } ?? 0
      return figure.name + "=" + parts[...last].joined(separator: ";")
    }
    return "QKD \(status.word) - \(told)" + (numbers.isEmpty ? "" : " | " + numbers.joined(separator: " "))
  }

  package var json: JSON {
    .object([
      ("status", .string(status.word)), ("problems", .array(problems.map(JSON.string))),
      ("facts", .array(facts.map(JSON.string))),
      ("figures", .object(figures.map { ($0.name, .number($0.value)) })),
    ])
  }
}
