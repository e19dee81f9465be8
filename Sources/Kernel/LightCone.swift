/// The backward light cone of a network's observables: the rotations that can change a logit. All others may be left
/// out, and their derivatives are exactly 0.
///
/// It is found by walking backwards with the Pauli strings that the observables become. Before the rotations of a layer
/// any string on the same qubits can occur; what an entangler makes of them follows from what it makes of the single X
/// and Z. A linear chain of L layers that is read out at Z_0 and Z_1 sees qubits 0…L of its input (PAPER.md section 4).
public struct LightCone {
  public let ansatz: Ansatz
  let terms: UnsafePointer<PauliTerm>
  let count: Int

  /// - Parameter terms: `[count]`, the strings before `Observables` pulls them back.
  @_noAllocation
  public init(_ ansatz: Ansatz, terms: UnsafePointer<PauliTerm>, count: Int) {
    self.ansatz = ansatz
    self.terms = terms
    self.count = count
  }

  /// - Parameter masks: `[rotation layer][2]`, overwritten: the bits of the amplitude's index whose qubits' RX and RY
  ///   can change a logit, and those whose RZ can, which commutes with a Z.
  @_noAllocation
  public func fill(_ masks: UnsafeMutablePointer<UInt32>) {
    var walk = LightConeWalk(self)
    var layer = ansatz.rotationLayers - 1
    while true {
      masks[2 * layer] = ansatz.swapped(walk.strings.support)
      masks[2 * layer + 1] = ansatz.swapped(walk.strings.flips)
      if layer == 0 { break }
      walk.passEntangler()
      layer -= 1
    }
  }

  /// The same circuit on the first qubits alone, as few as give the same logits for every product state; the ansatz
  /// itself where there are no fewer.
  ///
  /// Qubits 0…m−1 suffice where the observables and the cone of every layer lie on them, with these gates:
  /// - CNOTs of a pattern. None that the smaller entangler lacks, or has in another place, did anything there: an X on
  ///   qubit m−1 would have gone on to qubit m, and at the end of a ring a Z on qubit 0 to the last one. (`allPairs` is
  ///   the permutation `descending`.) It comes to fewer qubits
  ///   - with `linear` for any depth: the cone of Z_0…Z_k reaches one qubit further a layer;
  ///   - with `descending` and `allPairs` as long as no X passes an entangler, since it reaches the last qubit at once:
  ///     for one layer without a final rotation that is read out in Z;
  ///   - with `ring` as long as no Z_0 does.
  /// - CZs of a pattern but `ring`. They commute, and the smaller entangler has those of the larger that lie on its
  ///   qubits; all others together left the strings as they are. A smaller ring closes with a pair that the larger
  ///   lacks, and the Z of X_0 and X_(n−2) on the last qubit cancel, so that no cone shows it: rings stay as they are.
  /// - Those of a list, where m is above its highest qubit, so that it is the same list. Nothing is known of a part of
  ///   a list: what one CNOT took off the first m qubits another may have brought back.
  public var reduced: Ansatz {
    @_noAllocation get {
      if case .ring = ansatz.entangler, ansatz.entanglingGate == .cz { return ansatz }
      var qubits: UInt32 = 1
      var t = 0
      while t < count {
        qubits |= string(t).support
        t += 1
      }
      var walk = LightConeWalk(self)
      var layer = ansatz.rotationLayers - 1
      while true {
        qubits |= walk.strings.support
        if layer == 0 { break }
        walk.passEntangler()
        layer -= 1
      }
      return ansatz.with(qubits: UInt32.bitWidth - qubits.leadingZeroBitCount)
    }
  }

  /// A term's string on qubits.
  fileprivate func string(_ term: Int) -> PauliMasks {
    PauliMasks(flips: ansatz.swapped(terms[term].flips), signs: ansatz.swapped(terms[term].signs))
  }
}

/// The way back through the circuit.
struct LightConeWalk {
  let ansatz: Ansatz
  /// All that the strings have after the rotations of the layer reached.
  private(set) var strings = PauliMasks(flips: 0, signs: 0)
  /// The support from which `strings` was found; 0 at the start.
  private var origin: UInt32 = 0

  init(_ cone: LightCone) {
    ansatz = cone.ansatz
    var t = 0
    while t < cone.count {
      let string = cone.string(t)
      strings.formUnion(ansatz.finalRotation ? string : string.pulledBack(ansatz))
      t += 1
    }
  }

  /// Past the rotations of the layer reached, and the entangler below.
  mutating func passEntangler() {
    // The cone soon stops growing, and then every further layer has the same.
    if origin == strings.support { return }
    origin = strings.support
    strings = PauliMasks(flips: 0, signs: 0)
    var qubit = 0
    while qubit < ansatz.qubits {
      let single = BasisIndex.single(qubit)
      if origin & single != 0 {
        strings.formUnion(PauliMasks(flips: single, signs: 0).pulledBack(ansatz))
        strings.formUnion(PauliMasks(flips: 0, signs: single).pulledBack(ansatz))
      }
      qubit += 1
    }
  }
}

extension CircuitTables {
  /// All bits of an index.
  var allBits: UInt32 { UInt32(truncatingIfNeeded: ansatz.amplitudes - 1) }

  /// The bits whose rotations are part of the circuit.
  func rotatedBits(layer: Int) -> UInt32 { cone.map { $0[2 * layer] } ?? allBits }

  /// Sets the derivatives by angles outside the light cone to 0: what rounding leaves there would move parameters that
  /// nothing holds.
  func clearOutsideCone(_ gradient: UnsafeMutablePointer<Double>) {
    guard let cone else { return }
    var layer = 0
    while layer < ansatz.rotationLayers {
      var qubit = 0
      while qubit < ansatz.qubits {
        let single = BasisIndex.single(ansatz.bit(of: qubit))
        let angle = gradient + ansatz.parameterIndex(layer: layer, qubit: qubit)
        if cone[2 * layer] & single == 0 { (angle[0], angle[1]) = (0, 0) }
        if cone[2 * layer + 1] & single == 0 { angle[2] = 0 }
        qubit += 1
      }
      layer += 1
    }
  }
}

extension Ansatz {
  /// A mask of qubits from one of the index's bits, or the other way round.
  func swapped(_ mask: UInt32) -> UInt32 {
    if qubitOrder == .littleEndian { return mask }
    var result: UInt32 = 0
    var qubit = 0
    while qubit < qubits {
      if mask & BasisIndex.single(bit(of: qubit)) != 0 { result |= BasisIndex.single(qubit) }
      qubit += 1
    }
    return result
  }

  /// Copies the parameters that the same circuit on the first qubits has.
  /// - Parameters:
  ///   - parameters: this ansatz's, `[rotation layer][qubit][x, y, z]`.
  ///   - result: those of `small`, overwritten.
  /// - Precondition: as many layers, no more qubits.
  @_noAllocation
  public func gather(
    _ parameters: UnsafePointer<Double>, of small: Ansatz, into result: UnsafeMutablePointer<Double>
  ) {
    precondition(small.rotationLayers == rotationLayers && small.qubits <= qubits)
    var index = 0
    while index < small.parameterCount {
      result[index] = parameters[index + index / (3 * small.qubits) * 3 * (qubits - small.qubits)]
      index += 1
    }
  }

  /// The inverse of `gather`: what `small` has is written over this ansatz's parameters, all others stay.
  @_noAllocation
  public func scatter(
    _ parameters: UnsafePointer<Double>, of small: Ansatz, into result: UnsafeMutablePointer<Double>
  ) {
    precondition(small.rotationLayers == rotationLayers && small.qubits <= qubits)
    var index = 0
    while index < small.parameterCount {
      result[index + index / (3 * small.qubits) * 3 * (qubits - small.qubits)] = parameters[index]
      index += 1
    }
  }
}
