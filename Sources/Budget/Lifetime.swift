/// A stretch of a run, in the order in which they happen. Everything before `run` happens before the seal.
public enum Phase: Int, Sendable, CaseIterable, Comparable {
  /// Files are read and tables that outlive it are filled.
  case load
  /// Ground states of the snapshot Hamiltonians are computed (Lanczos or dense).
  case spectrum
  /// The snapshots are orthonormalised into the reduced basis.
  case reduction
  /// A teacher's logits of the training set are computed; its memory is free afterwards.
  case teach
  /// After the seal: batches stream through.
  case run

  public static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }

  public var name: String {
    switch self {
    case .load: "load"
    case .spectrum: "spectrum"
    case .reduction: "reduction"
    case .teach: "teach"
    case .run: "run"
    }
  }
}

/// The phases during which a buffer's contents matter, both ends included. Two buffers may share space exactly when
/// their lifetimes do not overlap.
public struct Lifetime: Sendable, Equatable {
  public let first: Phase
  public let last: Phase

  /// - Precondition: `first <= last`.
  public init(_ first: Phase, through last: Phase) {
    precondition(first <= last, "a lifetime ends no earlier than it begins")
    self.first = first
    self.last = last
  }

  public static let whole = Lifetime(.load, through: .run)
  public static let run = Lifetime(.run, through: .run)

  public func overlaps(_ other: Lifetime) -> Bool { first <= other.last && other.first <= last }

  public var name: String { first == last ? first.name : "\(first.name)–\(last.name)" }
}
