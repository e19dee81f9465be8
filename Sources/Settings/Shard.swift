import Files

/// One of several parts of a job, each of which another host (or another task of a cluster's queue) can do by itself:
/// `I/N` is the I-th of N parts, counted from 1.
///
/// Whatever N is, each position and each name belongs to exactly one part.
public struct Shard: Sendable, Equatable {
  /// A join reads all parts at the same time, and a process has 1,024 open files.
  public static let largestCount = 1000

  /// Counts from 0, below `count`.
  public let index: Int
  public let count: Int

  /// - Precondition: `0 ≤ index < count ≤ largestCount`.
  public init(index: Int, count: Int) {
    precondition((1...Self.largestCount).contains(count) && (0..<count).contains(index), "no such part")
    self.index = index
    self.count = count
  }

  /// From `I/N` in decimal digits, I from 1 to N, N up to `largestCount`. nil for anything else.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Self.number(parts[0]), let count = Self.number(parts[1]),
      number <= count
    else { return nil }
    self.init(index: number - 1, count: count)
  }

  /// Digits without signs or leading zeros, from 1 to `largestCount`.
  private static func number(_ digits: Substring.UTF8View) -> Int? {
    guard let first = digits.first, first != UInt8(ascii: "0"),
      digits.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let number = Int(String(Substring(digits))),
      number <= largestCount
    else { return nil }
    return number
  }

  /// `I/N`
  public var text: String { "\(index + 1)/\(count)" }

  /// Whether what stands at a position of a sequence, a seed or a sample, is of this part: every `count`-th one from
  /// `index` on. More positions behind the last move none of the others.
  public func contains(_ position: Int) -> Bool { position % count == index }

  /// The position in the whole sequence of what is the part's own `ordinal`-th, from 0.
  public func position(_ ordinal: Int) -> Int { ordinal * count + index }

  /// The last of the first `positions` positions that is of this part, −1 where none is.
  public func last(of positions: Int) -> Int { size(of: positions) > 0 ? position(size(of: positions) - 1) : -1 }

  /// How many of the first `positions` positions are of this part.
  public func size(of positions: Int) -> Int { max(0, (positions - index + count - 1) / count) }

  /// Whether a file is of this part, by a hash of its name's bytes: new files move none of the others.
  public func contains(name: some Sequence<UInt8>) -> Bool {
    // Its lowest bits know little of most bytes; the last steps of MurmurHash3 mix them.
    var hash = fnv1a(name)
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    hash ^= hash >> 33
    return hash % UInt64(count) == UInt64(index)
  }

  /// What a part's files are called, before their endings: `OUTPUT.shard-I-of-N`.
  public func path(of output: String) -> String { "\(output).shard-\(index + 1)-of-\(count)" }
}
