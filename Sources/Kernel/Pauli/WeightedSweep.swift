/// The exact gradient of one logit: the weighted states Σ w_i ρ_i as a Pauli vector, from behind the first layer's
/// rotations forwards through the same channels, with the torque against the folded observable before every layer.
struct WeightedSweep<V: LaneVector> {
  let network: FoldedNetwork
  let buffers: FoldBuffers<V>
  let logit: Int
  let sweep: UnsafeMutablePointer<V>

  private var ansatz: Ansatz { network.shape.ansatz }
  private var vector: PauliVector<V> { PauliVector(vectors: sweep, amplitudes: ansatz.amplitudes) }

  private func observable(_ layer: Int) -> PauliVector<V> {
    PauliVector(vectors: buffers.history(logit, layer), amplitudes: ansatz.amplitudes)
  }

  /// - Parameters:
  ///   - weighted: `[state][amplitude][re, im]`, behind the first rotations, times their weights.
  ///   - skew: as `FirstRotation` leaves it.
  ///   - moments: `[rotation layer][bit][x, y, z]`; the torques are added.
  func run(
    _ weighted: UnsafePointer<V>, _ skew: UnsafePointer<V>, states: Int, angles: UnsafePointer<Double>,
    moments: UnsafeMutablePointer<Double>
  ) {
    var rows = buffers.record(logit, 0).pointee.support.rows
    gather(weighted, skew, states, rows, coset: 0, at: 0)
    firstTorques(weighted, skew, states, rows, moments)
    var layer = 0
    while layer + 1 < ansatz.rotationLayers {
      act(layer, angles, &rows)
      buffers.entangling(network.noise).forward(sweep, &rows)
      layer += 1
      let torque = Torque(observable: observable(layer), rows: rows)
      eachTouched(layer) { bit in
        let position = rows.position(BasisIndex.single(bit)) ?? 0
        add(torque.sum(sweep, .init(vectors: sweep, position: position), bit: bit), layer, bit, moments)
      }
    }
  }

  /// The states' coefficients in all rows of a coset, at some group of the sweep.
  private func gather(
    _ weighted: UnsafePointer<V>, _ skew: UnsafePointer<V>, _ states: Int, _ rows: PauliRows, coset: UInt32,
    at group: Int
  ) {
    let vectors = vector.group(group)
    let groups = PauliVector<V>.groups(rows.dimension)
    if 1 &<< rows.dimension < V.lanes { vector.clear(groups: group..<group + groups) }
    buffers.tiles(vectors, rows, coset: coset).gather(weighted, skew, states: states)
    let walsh = buffers.walsh(rows, coset: coset)
    walsh.prepare()
    var g = 0
    while g < groups {
      walsh.coefficients(vectors + g &* ansatz.amplitudes, group: g)
      g &+= 1
    }
  }

  private func eachTouched(_ layer: Int, _ body: (Int) -> Void) {
    let touched = buffers.record(logit, layer).pointee.support.touched
    var bit = 0
    while bit < ansatz.qubits {
      if touched & BasisIndex.single(bit) != 0 { body(bit) }
      bit += 1
    }
  }

  /// The first layer's observable may lack rows that its torques need of the states: those are gathered too, a coset
  /// for all bits that share it.
  private func firstTorques(
    _ weighted: UnsafePointer<V>, _ skew: UnsafePointer<V>, _ states: Int, _ rows: PauliRows,
    _ moments: UnsafeMutablePointer<Double>
  ) {
    let torque = Torque(observable: observable(0), rows: rows)
    let groups = PauliVector<V>.groups(rows.dimension)
    // The cosets gathered so far stand in this order behind the rows themselves.
    var cosets = InlineArray<13, UInt32>(repeating: 0)
    var count = 0
    eachTouched(0) { bit in
      let single = BasisIndex.single(bit)
      var (place, position) = (0, rows.position(single))
      while position == nil && place < count {
        position = rows.position(single ^ cosets[place])
        place += 1
      }
      if position == nil {
        cosets[count] = single
        count += 1
        place = count
        position = 0
        gather(weighted, skew, states, rows, coset: single, at: place * groups)
      }
      let partner = Torque<V>.Partner(vectors: vector.group(place * groups), position: position ?? 0)
      add(torque.sum(sweep, partner, bit: bit), 0, bit, moments)
    }
  }

  private func add(
    _ torque: (x: Double, y: Double, z: Double), _ layer: Int, _ bit: Int, _ moments: UnsafeMutablePointer<Double>
  ) {
    let place = moments + 3 * (layer * ansatz.qubits + bit)
    place[0] += torque.x
    place[1] += torque.y
    place[2] += torque.z
  }

  /// Forwards through what the fold went backwards through: rows that were added there are left again.
  private func act(_ layer: Int, _ angles: UnsafePointer<Double>, _ rows: inout PauliRows) {
    let record = buffers.record(logit, layer).pointee
    var bit = ansatz.qubits - 1
    while bit >= 0 {
      let single = BasisIndex.single(bit)
      if record.acted & single != 0 {
        let matrix = network.matrix(layer, bit, angles)
        QubitPass(vector: vector, rows: rows, matrix: matrix, transposed: false, bit: bit).run()
        if record.grown & single != 0 { dropLast(&rows) }
      }
      bit -= 1
    }
  }

  /// Where rows are fewer than lanes, those that are left hold zeros again.
  private func dropLast(_ rows: inout PauliRows) {
    rows.removeLast()
    let count = 1 &<< rows.dimension
    if count >= V.lanes { return }
    var lanes = V.zero
    var lane = 0
    while lane < count {
      lanes.setLane(lane, V.Scalar(rounding: 1))
      lane &+= 1
    }
    var z = 0
    while z < ansatz.amplitudes {
      sweep[z] = sweep[z] * lanes
      z &+= 1
    }
  }
}
