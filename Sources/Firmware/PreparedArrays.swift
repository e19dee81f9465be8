import Kernel
import Models

/// The tables of a `PreparedNetwork`, as this machine's kernel makes them in `float32x1`.
struct PreparedArrays {
  let diagonal: [Float]
  let tangent: [Float]
  let sourceFlip: [UInt32]
  let cone: [UInt32]
  /// nil: not read.
  let entangled: [UInt32]?
  let disentangled: [UInt32]?
  /// Pulled back.
  let terms: [PauliTerm]

  init(_ model: Model) {
    let ansatz = model.ansatz
    let (layers, amplitudes) = (ansatz.rotationLayers, ansatz.amplitudes)
    var terms = model.observables.enumerated().flatMap { $1.kernelTerms(ansatz, logit: $0) }
    let diagonal = Block<Float>((layers + 1) * 2 * amplitudes)
    let tangent = Block<Float>(layers * ansatz.qubits)
    let scratch = Block<Float>(2 * amplitudes)
    let outerPhase = Block<Double>(2 * layers * ansatz.qubits)
    let sourceFlip = Block<UInt32>(layers)
    let cone = Block<UInt32>(2 * layers)
    let entangled = Block<UInt32>(amplitudes)
    let disentangled = Block<UInt32>(amplitudes)
    LightCone(ansatz, terms: terms, count: terms.count).fill(cone.start)
    let tables = CircuitTables(
      ansatz: ansatz, format: .float32x1, diagonal: diagonal.start, tangent: tangent.start, scratch: scratch.start,
      sourceFlip: sourceFlip.start, outerPhase: outerPhase.start, entangled: entangled.start,
      disentangled: disentangled.start, cone: cone.start)
    tables.prepare(angles: model.angles)
    _ = Observables(terms: &terms, count: terms.count, logits: model.logits, tables: tables)
    let hasFlips = terms.contains { $0.flips != 0 }
    self.diagonal = Array(diagonal.array.prefix((layers + (hasFlips ? 1 : 0)) * 2 * amplitudes))
    self.tangent = tangent.array
    self.sourceFlip = sourceFlip.array
    self.cone = cone.array
    self.entangled = ansatz.finalRotation ? nil : entangled.array
    self.disentangled = layers > 1 ? disentangled.array : nil
    self.terms = terms
    // Until here the memory is pointed into.
    withExtendedLifetime((scratch, outerPhase)) {}
  }

  /// Memory that is given back with the value.
  private final class Block<Element: BitwiseCopyable & ExpressibleByIntegerLiteral> {
    let start: UnsafeMutablePointer<Element>
    let count: Int
    var array: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }

    init(_ count: Int) {
      self.count = count
      start = UnsafeMutablePointer.allocate(capacity: count)
      start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
  }
}
