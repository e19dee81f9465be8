/// What a tensor file says in words: texts by their keys, in the order of the keys' UTF-8 bytes.
///
/// There are a few dozen at most, which an array holds best. A dictionary of the standard library's types would,
/// besides, be the only thing in a short run for which the Swift runtime searches all conformances of the program, and
/// that takes as long as reading the file.
public struct TextEntries: Sendable, Equatable {
  private var entries: [Entry] = []

  private struct Entry: Sendable, Equatable {
    let key: String
    var value: String
  }

  public init() {}

  /// nil for a key that is not there; assigning nil removes it.
  public subscript(key: String) -> String? {
    get {
      let place = place(of: key)
      return holds(key, at: place) ? entries[place].value : nil
    }
    set {
      let place = place(of: key)
      switch (holds(key, at: place), newValue) {
      case (true, let value?): entries[place].value = value
      case (true, nil): entries.remove(at: place)
      case (false, let value?): entries.insert(Entry(key: key, value: value), at: place)
      case (false, nil): break
      }
    }
  }

  /// - Returns: whether the key is new; nothing changes where it is not.
  mutating func insert(_ key: String, _ value: String) -> Bool {
    let place = place(of: key)
    if holds(key, at: place) { return false }
    entries.insert(Entry(key: key, value: value), at: place)
    return true
  }

  /// Takes over all of the others, also for keys that are here.
  public mutating func add(_ others: TextEntries) {
    for (key, value) in others { self[key] = value }
  }

  public var keys: [String] { entries.map(\.key) }

  /// Where a key stands, or would.
  private func place(of key: String) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key.utf8.lexicographicallyPrecedes(key.utf8) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func holds(_ key: String, at place: Int) -> Bool {
    place < entries.count && entries[place].key.utf8.elementsEqual(key.utf8)
  }
}

extension TextEntries: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }
  public subscript(position: Int) -> (key: String, value: String) { (entries[position].key, entries[position].value) }
}

extension TextEntries: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements { self[key] = value }
  }
}
