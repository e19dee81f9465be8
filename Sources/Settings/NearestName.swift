/// The name that someone most likely meant.
public enum NearestName {
  /// The candidate with the fewest typing errors (a letter more, less or other, or two neighbours swapped); the first
  /// of several. A name without its section is compared with names without theirs.
  /// - Returns: nil without candidates.
  public static func find(_ given: String, in candidates: [String]) -> String? {
    candidates.min { score(given, $0) < score(given, $1) }
  }

  private static func score(_ given: String, _ candidate: String) -> Int {
    let whole = 2 * distance(given, candidate)
    guard let givenEnd = lastPart(given), let candidateEnd = lastPart(candidate) else { return whole }
    return min(whole, 2 * distance(givenEnd, candidateEnd) + 3)
  }

  private static func lastPart(_ name: String) -> String? { name.split(separator: ".").last.map(String.init) }

  /// Optimal string alignment distance.
  public static func distance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.utf8.prefix(200)), Array(right.utf8.prefix(200)))
    var twoAbove = [Int](repeating: 0, count: b.count + 1)
    var above = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, twoAbove[j - 1] + 1) }
        row.append(best)
      }
      (twoAbove, above) = (above, row)
    }
    return above[b.count]
  }
}
