import Files
import Models
import Reports
import Settings

/// What one host found out with `--shard I/N`, in a file of its own: one JSON object, whose last member is the SHA-256
/// of all text before it.
///
/// A part of `reproduce` has the members of a report, its rows over the part's own seeds; one of `evaluate` has the
/// counts, and names the predictions beside it and their digest. `shard` says which part it is.
struct Part {
  let path: String
  let shard: Shard
  /// Without the digest.
  let members: [(String, JSON)]

  /// More is no part: 10,000 seeds of eighty rows, twenty bytes a number. Read, it is some twenty times as much.
  private static let largestBytes = 16 << 20
  /// Of samples: no sum of a thousand overflows.
  static let largestCount = 1 << 48
  /// As many as `experiment.seeds` may be.
  static let largestSeeds = 10_000
  private static let digestKey = ", \"sha256\": \""
  private static let closing = "\"}\n"

  subscript(_ name: String) -> JSON? { members.first { $0.0 == name }?.1 }

  /// Writes a part's file, complete or not at all.
  static func write(_ members: [(String, JSON)], _ shard: Shard, to path: String) throws(FileError) {
    let body = String(JSON.object(members + [("shard", .string(shard.text))]).text.dropLast())
    let digest = SHA256.hex(of: Array(body.utf8))
    var text = "\(body)\(digestKey)\(digest)\(closing)"
    // Its name was derived: a link that stands there is replaced, not followed.
    var file = try AtomicFile(OwnFile(path: path))
    // A write that fails makes the commit fail.
    _ = text.withUTF8 { file.append(UnsafeRawBufferPointer($0)) }
    try file.commit()
  }

  init(path: String) throws(MergeError) {
    let bytes: [UInt8]
    do { bytes = try readFile(path, atMost: Self.largestBytes) } catch { throw .file(error) }
    let tail = Self.digestKey.utf8.count + 2 * SHA256.digestBytes + Self.closing.utf8.count
    let body = Array(bytes.dropLast(tail))
    guard bytes.count > tail,
      bytes.suffix(tail).elementsEqual((Self.digestKey + SHA256.hex(of: body) + Self.closing).utf8)
    else { throw .notAPart(path: path, reason: "it does not end with its own SHA-256") }
    guard let value = JSON(body + Array("}".utf8)) else { throw .notAPart(path: path, reason: "it is no JSON") }
    guard case .object(let members) = value, let shard = value["shard"]?.asString.flatMap(Shard.init) else {
      throw .notAPart(path: path, reason: "it has no shard")
    }
    self.path = path
    self.shard = shard
    self.members = members.filter { $0.0 != "shard" }
  }

  /// A member that counts something; nil where it is none.
  func count(_ name: String, atMost largest: Int) -> Int? {
    self[name]?.asInteger.flatMap { (0...largest).contains($0) ? $0 : nil }
  }

  func notAPart(_ reason: String) -> MergeError { .notAPart(path: path, reason: reason) }
}

/// All parts of one whole, in their order.
struct PartSet {
  let parts: [Part]
  var first: Part { parts[0] }

  /// - Parameter common: the members that parts of one whole have in common; nil for a kind of part that there is not.
  /// - Throws: `MergeError` unless they are of one whole, and every part of it is there once.
  init(paths: [String], common: (String) -> [String]?) throws(MergeError) {
    var given: [Part] = []
    for path in paths { given.append(try Part(path: path)) }
    let first = given[0]
    guard let kind = first["report"]?.asString, let common = common(kind) else {
      throw first.notAPart("it has no report")
    }
    for part in given {
      let sizes = (part.shard.count, first.shard.count)
      if sizes.0 != sizes.1 {
        throw .differs(
          path: part.path, what: "the number of parts", given: "\(sizes.0)", other: "\(sizes.1)",
          otherPath: first.path)
      }
      for name in ["report"] + common {
        let (own, other) = (part[name]?.text ?? "missing", first[name]?.text ?? "missing")
        if own == other { continue }
        let (what, own2, other2) = Self.difference(name, part[name], first[name]) ?? (name, own, other)
        throw .differs(path: part.path, what: what, given: own2, other: other2, otherPath: first.path)
      }
    }
    let sorted = given.sorted { ($0.shard.index, $0.path) < ($1.shard.index, $1.path) }
    for (part, next) in zip(sorted, sorted.dropFirst()) where part.shard == next.shard {
      throw .twice(part: part.shard.text, paths: [part.path, next.path])
    }
    let present = Set(sorted.map(\.shard.index))
    let missing = (0..<first.shard.count).filter { !present.contains($0) }
    if !missing.isEmpty {
      throw .missing(parts: missing.map { Shard(index: $0, count: first.shard.count).text })
    }
    parts = sorted
  }

  /// The first member in which two objects differ, for a message that can be read.
  private static func difference(_ name: String, _ own: JSON?, _ other: JSON?) -> (String, String, String)? {
    guard case .object(let members) = own, let other else { return nil }
    for (key, value) in members where value.text != other[key]?.text {
      return ("\(name).\(key)", value.text, other[key]?.text ?? "missing")
    }
    return nil
  }
}
