import Settings
import Testing

@Suite struct ShardTests {
  @Test func readsItsOwnText() {
    #expect(Shard("1/1") == Shard(index: 0, count: 1))
    #expect(Shard("3/5") == Shard(index: 2, count: 5))
    #expect(Shard("1000/1000")?.text == "1000/1000")
    for text in [
      "", "/", "1", "1/", "/1", "0/1", "2/1", "1/0", "-1/2", "+1/2", "01/2", "1/02", "1/2/3", " 1/2", "1/2 ", "1,2",
      "1/1001", "1/99999999999999999999", "99999999999999999999/1", "a/b", "1/2\0", "１/２",
    ] {
      #expect(Shard(text) == nil, "\(text)")
    }
  }

  @Test(arguments: 1...5) func partsMakeTheWhole(_ count: Int) {
    let shards = (0..<count).map { Shard(index: $0, count: count) }
    for position in 0..<50 {
      #expect(shards.count { $0.contains(position) } == 1)
    }
    for whole in 0...12 {
      #expect(shards.reduce(0) { $0 + $1.size(of: whole) } == whole)
      for shard in shards {
        let own = (0..<whole).filter { shard.contains($0) }
        #expect(own == (0..<shard.size(of: whole)).map(shard.position))
      }
    }
    var sizes = [Int](repeating: 0, count: count)
    for number in 0..<5000 {
      let owners = shards.indices.filter { shards[$0].contains(name: "states-\(number).npy".utf8) }
      #expect(owners.count == 1)
      sizes[owners[0]] += 1
    }
    // No part is off its share by more than five standard deviations.
    let share = 5000.0 / Double(count)
    #expect(sizes.allSatisfy { (Double($0) - share).magnitude <= 5 * share.squareRoot() })
  }

  /// Hosts of another version must agree: the hash is part of the format.
  @Test func namesStayWhereTheyAre() {
    let names: [[UInt8]] = [[], Array("a".utf8), Array("states-17.npy".utf8), [0xFF, 0x0A, 0x2D]]
    let owners = names.map { name in (0..<7).first { Shard(index: $0, count: 7).contains(name: name) } }
    #expect(owners == [1, 1, 2, 4])
  }

  @Test func filesOfAPart() {
    #expect(Shard(index: 1, count: 3).path(of: "r.json") == "r.json.shard-2-of-3")
  }
}
