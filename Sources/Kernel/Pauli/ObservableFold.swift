/// Folds one observable: evolves it backwards through the readout and the noisy circuit to behind the first layer's
/// rotations, where it meets the states.
struct ObservableFold<V: LaneVector> {
  let network: FoldedNetwork
  let buffers: FoldBuffers<V>
  let logit: Int

  private var ansatz: Ansatz { network.shape.ansatz }

  private func vector(_ layer: Int) -> PauliVector<V> {
    PauliVector(vectors: buffers.history(logit, layer), amplitudes: ansatz.amplitudes)
  }

  /// - Parameter angles: `[rotation layer][qubit][x, y, z]`.
  func run(_ angles: UnsafePointer<Double>) {
    let entangling = buffers.entangling(network.noise)
    var layer = ansatz.rotationLayers - 1
    var support = network.support(logit)
    start(vector(layer), support.rows)
    if !ansatz.finalRotation { entangling.backward(vector(layer).vectors, &support, into: vector(layer).vectors) }
    while true {
      act(layer, angles, &support)
      if layer == 0 { break }
      layer -= 1
      entangling.backward(vector(layer + 1).vectors, &support, into: vector(layer).vectors)
    }
    let walsh = buffers.walsh(support.rows, coset: 0)
    walsh.prepare()
    var group = 0
    while group < PauliVector<V>.groups(support.rows.dimension) {
      walsh.forms(
        vector(0).group(group), group: group, into: buffers.form(logit) + group &* ansatz.amplitudes)
      group &+= 1
    }
  }

  /// The observable as it is read: each letter P of a qubit becomes offset + factor · P.
  private func start(_ vector: PauliVector<V>, _ rows: PauliRows) {
    vector.clear(groups: 0..<PauliVector<V>.groups(rows.dimension))
    var t = 0
    while t < network.termCount {
      let term = network.terms[t]
      if Int(term.logit) == logit {
        let bits = term.flips | term.signs
        // Every subset of the string's letters.
        var kept = bits
        while true {
          add(term, kept, vector, rows)
          if kept == 0 { break }
          kept = (kept &- 1) & bits
        }
      }
      t += 1
    }
  }

  private func add(_ term: PauliTerm, _ kept: UInt32, _ vector: PauliVector<V>, _ rows: PauliRows) {
    var weight = term.weight
    var qubit = 0
    while qubit < ansatz.qubits {
      let single = BasisIndex.single(ansatz.bit(of: qubit))
      let flips = network.noise.readout.map { $0[qubit] } ?? ReadoutFlips()
      if (term.flips | term.signs) & single != 0 { weight *= kept & single != 0 ? flips.factor : flips.offset }
      qubit += 1
    }
    if weight == 0 { return }
    guard let position = rows.position(term.flips & kept) else { return }
    let place = vector.place(position, Int(term.signs & kept))
    vector.scalars[place] = vector.scalars[place] + V.Scalar(rounding: weight)
  }

  /// Back through a layer's rotation blocks and channels; through the channels alone in the first.
  private func act(_ layer: Int, _ angles: UnsafePointer<Double>, _ support: inout PauliSupport) {
    var (grown, acted): (UInt32, UInt32) = (0, 0)
    let touched = support.touched
    var bit = 0
    while bit < ansatz.qubits {
      let matrix = network.matrix(layer, bit, angles)
      if touched & BasisIndex.single(bit) != 0 && !matrix.isIdentity {
        acted |= BasisIndex.single(bit)
        if matrix.mixesRows {
          let groups = PauliVector<V>.groups(support.rows.dimension)
          if support.spread(bit) {
            grown |= BasisIndex.single(bit)
            vector(layer).clear(groups: groups..<PauliVector<V>.groups(support.rows.dimension))
          }
        }
        QubitPass(vector: vector(layer), rows: support.rows, matrix: matrix, transposed: true, bit: bit).run()
      }
      bit += 1
    }
    buffers.record(logit, layer).pointee = LayerRecord(support: support, grown: grown, acted: acted)
  }
}
