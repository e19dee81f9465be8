/// What the passes read, made on a host (`CircuitTables.prepare` in `float32x1`) and only read here, so that a device
/// keeps it in flash and needs no sine. Tables are raw, because a program's static arrays are of many types.
public struct PreparedTables {
  /// The circuit's size; its entangler is in the tables.
  let ansatz: Ansatz
  /// `[rotation layer][re, im][amplitude]` of Float, then the pending Rz(α) where an observable has X or Y.
  let diagonal: UnsafeRawPointer
  /// `[rotation layer][bit]` of Float.
  let tangent: UnsafeRawPointer
  /// `[rotation layer]` of UInt32.
  let sourceFlip: UnsafeRawPointer
  /// `[rotation layer][2]` of UInt32, as `LightCone.fill` fills it.
  let cone: UnsafeRawPointer
  /// `[amplitude]` of UInt32; read where no rotations follow the last entangler.
  let entangled: UnsafeRawPointer?
  /// `[amplitude]` of UInt32; read where there are several rotation layers.
  let disentangled: UnsafeRawPointer?

  /// - Parameters: pointers to as many numbers as the properties say, aligned like them, which outlive this value.
  ///   `entangled` and `disentangled` may be nil where they are not read.
  @_noAllocation
  public init(
    ansatz: Ansatz, diagonal: UnsafeRawPointer, tangent: UnsafeRawPointer, sourceFlip: UnsafeRawPointer,
    cone: UnsafeRawPointer, entangled: UnsafeRawPointer?, disentangled: UnsafeRawPointer?
  ) {
    precondition(entangled != nil || ansatz.finalRotation)
    precondition(disentangled != nil || ansatz.rotationLayers == 1)
    self.ansatz = ansatz
    self.diagonal = diagonal
    self.tangent = tangent
    self.sourceFlip = sourceFlip
    self.cone = cone
    self.entangled = entangled
    self.disentangled = disentangled
  }
}

extension CircuitTables {
  /// Tables that nothing may prepare anew.
  init(_ prepared: PreparedTables) {
    func numbers<T>(_ table: UnsafeRawPointer, _ type: T.Type) -> UnsafeMutablePointer<T> {
      UnsafeMutablePointer(mutating: table.assumingMemoryBound(to: type))
    }
    ansatz = prepared.ansatz
    format = .float32x1
    diagonal = UnsafeMutableRawPointer(mutating: prepared.diagonal)
    tangent = UnsafeMutableRawPointer(mutating: prepared.tangent)
    sourceFlip = numbers(prepared.sourceFlip, UInt32.self)
    cone = UnsafePointer(numbers(prepared.cone, UInt32.self))
    // What is nil is not read, like what only preparing and gradients use.
    entangled = numbers(prepared.entangled ?? prepared.sourceFlip, UInt32.self)
    disentangled = numbers(prepared.disentangled ?? prepared.sourceFlip, UInt32.self)
    scratch = diagonal
    outerPhase = numbers(prepared.diagonal, Double.self)
  }
}

extension Observables {
  /// Borrows terms that are pulled back already: those of an `Observables` on a host.
  init(pulledBack terms: UnsafePointer<PauliTerm>, count: Int, logits: Int, qubits: Int) {
    var (diagonal, other) = (false, false)
    var lowest = qubits
    var t = 0
    while t < count {
      let signs = terms[t].signs
      if !terms[t].isDiagonal {
        other = true
      } else {
        diagonal = true
        if signs.nonzeroBitCount == 1 { lowest = min(lowest, signs.trailingZeroBitCount) }
      }
      t += 1
    }
    self.terms = terms
    self.count = count
    self.logits = logits
    hasDiagonal = diagonal
    hasNonDiagonal = other
    lowestSingleBit = lowest
  }
}
