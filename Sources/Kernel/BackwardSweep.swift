/// The backward direction for one group: from ψ and λ after the last Ry down to the first layer.
struct BackwardSweep<V: LaneVector> {
  let forward: ForwardSweep<V>
  /// `[rotation layer][bit][x, y, z]`, added to.
  let moments: UnsafeMutablePointer<Double>

  private var workspace: Workspace { forward.workspace }
  private var tables: CircuitTables { forward.network.tables }

  /// λ stands in the workspace's cotangent A and is overwritten.
  /// - Parameters:
  ///   - state: ψ after the last Ry; overwritten without a stored history.
  ///   - free: a state's memory, overwritten without a stored history.
  func run(_ state: UnsafeMutablePointer<V>, spare free: UnsafeMutablePointer<V>) {
    var (psi, spare) = (state, free)
    var lambda = workspace.cotangentA.assumingMemoryBound(to: V.self)
    var lambdaSpare = workspace.cotangentB.assumingMemoryBound(to: V.self)
    let products = workspace.diagonal.assumingMemoryBound(to: V.self)
    let permuted = products + tables.ansatz.amplitudes
    let passes = LayerPasses<V>(tables: tables)
    let qubits = tables.ansatz.qubits
    let ofQubits = Moments<V>(qubits: qubits)
    var layer = tables.ansatz.rotationLayers - 1
    while true {
      let sums = moments + 3 * qubits * layer
      ofQubits.addXY(
        psi, lambda, directX: tables.directX(layer: layer), rotated: tables.rotatedBits(layer: layer),
        products: products, to: sums)
      if layer + 1 < tables.ansatz.rotationLayers {
        // Z before the layer above: the same products, at the places from which that layer loads.
        let wanted = tables.solvedX(layer: layer + 1)
        if wanted != 0 { permute(products, aboveLayer: layer, into: permuted) }
        ofQubits.addZ(permuted, wanted: wanted, to: sums + 3 * qubits)
      }
      ofQubits.addZ(products, to: sums + 2)
      if layer == 0 { break }
      passes.unapply(layer, from: lambda, to: lambdaSpare)
      (lambda, lambdaSpare) = (lambdaSpare, lambda)
      layer -= 1
      if case .stored(let history) = workspace.history {
        psi = forward.stored(history, layer)
      } else {
        passes.unapply(layer + 1, from: psi, to: spare)
        (psi, spare) = (spare, psi)
      }
    }
  }

  private func permute(_ products: UnsafePointer<V>, aboveLayer layer: Int, into permuted: UnsafeMutablePointer<V>) {
    let source = Source(tables, layer: layer + 1)
    var i = 0
    while i < tables.ansatz.amplitudes {
      permuted[i] = products[source.base(i)]
      i &+= 1
    }
  }
}
