/// Any channel of a pair on a Pauli vector that has all rows, in place: scalar by scalar, for channels that mix rows.
struct GeneralPairPass<V: LaneVector> {
  let vector: PauliVector<V>
  let rows: PauliRows
  let channel: UnsafePointer<PairChannel>
  let transposed: Bool

  func run(control: Int, target: Int) {
    let (c, t) = (rows.mask(control), rows.mask(target))
    let (toC, toT) = (rows.position(BasisIndex.single(control)) ?? 0, rows.position(BasisIndex.single(target)) ?? 0)
    let (low, high) = (min(control, target), max(control, target))
    var position = 0
    while position < 1 &<< rows.dimension {
      if !BasisIndex.isOdd(position, c) && !BasisIndex.isOdd(position, t) {
        var i = 0
        while i < vector.amplitudes / 4 {
          let z = BasisIndex.inserting(zeroAt: high, BasisIndex.inserting(zeroAt: low, i))
          mix(Places(position: position, z: z, toC: toC, toT: toT, widthC: 1 &<< control, widthT: 1 &<< target))
          i &+= 1
        }
      }
      position &+= 1
    }
  }

  /// The places of the 16 pairs of letters beside the same letters elsewhere.
  private struct Places {
    let position, z, toC, toT, widthC, widthT: Int

    func place(_ letters: Int, _ vector: PauliVector<V>) -> Int {
      let (control, target) = (letters / 4, letters % 4)
      return vector.place(
        position ^ (Letter.flips(control) ? toC : 0) ^ (Letter.flips(target) ? toT : 0),
        z | (control >= 2 ? widthC : 0) | (target >= 2 ? widthT : 0))
    }
  }

  private func mix(_ places: Places) {
    let scalars = vector.scalars
    var values = InlineArray<16, Double>(repeating: 0)
    var letters = 0
    while letters < 16 {
      values[letters] = scalars[places.place(letters, vector)].double
      letters &+= 1
    }
    var row = 0
    while row < 16 {
      var sum = 0.0
      var column = 0
      while column < 16 {
        let entry =
          transposed ? PairChannel.entry(column, row, of: channel) : PairChannel.entry(row, column, of: channel)
        sum += entry * values[column]
        column &+= 1
      }
      scalars[places.place(row, vector)] = V.Scalar(rounding: sum)
      row &+= 1
    }
  }
}
