import Budget
import Kernel
import Models

/// What a network takes, and the memory it gets.
package struct NetworkMemory {
  package let ansatz: Ansatz
  package let format: LaneFormat
  package let logits: Int
  private let diagonal, tangent, scratch: ScalarReservation
  private let sourceFlip, entangled, disentangled, cone: Reservation<UInt32>
  private let outerPhase, angles, readout: Reservation<Double>
  private let terms: Reservation<PauliTerm>

  /// - Parameters:
  ///   - name: `student` or `teacher`, for the plan's reader.
  ///   - scratchLifetime: of what preparing the tables takes, where they are prepared but once.
  package init(
    _ name: String, ansatz: Ansatz, format: LaneFormat, logits: Int, terms termCount: Int, lifetime: Lifetime,
    scratchLifetime: Lifetime? = nil, in planner: inout Planner
  ) {
    self.ansatz = ansatz
    self.format = format
    self.logits = logits
    let (layers, qubits) = (Extent("rotation layers", ansatz.rotationLayers), Extent("qubits", ansatz.qubits))
    let amplitudes = Extent("amplitudes", ansatz.amplitudes)
    let single = format.precision == .float32
    let owner = "Kernel"
    diagonal = planner.reserve(
      "\(name) diagonals", [Extent("rotation layers + 1", ansatz.rotationLayers + 1), Extent("re/im", 2), amplitudes],
      singlePrecision: single, lifetime: lifetime, owner: owner)
    tangent = planner.reserve(
      "\(name) tangents", [layers, qubits], singlePrecision: single, lifetime: lifetime, owner: owner)
    scratch = planner.reserve(
      "\(name) scratch", [Extent("re/im", 2), amplitudes], singlePrecision: single,
      lifetime: scratchLifetime ?? lifetime, owner: owner)
    sourceFlip = planner.reserve("\(name) flips", [layers], of: UInt32.self, lifetime: lifetime, owner: owner)
    outerPhase = planner.reserve(
      "\(name) outer phases", [layers, qubits, Extent("re/im", 2)], of: Double.self, lifetime: lifetime, owner: owner)
    entangled = planner.reserve("\(name) CNOT index", [amplitudes], of: UInt32.self, lifetime: lifetime, owner: owner)
    disentangled = planner.reserve(
      "\(name) CNOT inverse", [amplitudes], of: UInt32.self, lifetime: lifetime, owner: owner)
    cone = planner.reserve(
      "\(name) light cone", [layers, Extent("x and y, z", 2)], of: UInt32.self, lifetime: lifetime, owner: owner)
    angles = planner.reserve(
      "\(name) angles", [layers, qubits, Extent("axes", 3)], of: Double.self, lifetime: lifetime, owner: "Models")
    readout = planner.reserve(
      "\(name) readout", [Extent("scale/bias", 2), Extent("logits", logits)], of: Double.self,
      lifetime: lifetime, owner: "Models")
    terms = planner.reserve(
      "\(name) observables", [Extent("Pauli strings", termCount)], of: PauliTerm.self,
      elementName: "PauliTerm", lifetime: lifetime,
      owner: owner)
  }

  /// A network in its memory, its tables prepared.
  /// - Precondition: the model has this ansatz, or more qubits that its observables do not see.
  package func bind(_ model: Model, _ arena: borrowing Arena) -> BoundNetwork {
    let flat = model.observables.enumerated().flatMap { $1.kernelTerms(ansatz, logit: $0) }
    let strings = arena.pointer(terms)
    strings.update(from: flat, count: flat.count)
    let masks = arena.pointer(cone)
    LightCone(ansatz, terms: strings, count: flat.count).fill(masks)
    let tables = CircuitTables(
      ansatz: ansatz, format: format, diagonal: arena.bytes(diagonal), tangent: arena.bytes(tangent),
      scratch: arena.bytes(scratch), sourceFlip: arena.pointer(sourceFlip), outerPhase: arena.pointer(outerPhase),
      entangled: arena.pointer(entangled), disentangled: arena.pointer(disentangled), cone: masks)
    let parameters = arena.pointer(angles)
    model.ansatz.gather(model.angles, of: ansatz, into: parameters)
    let scales = arena.pointer(readout)
    scales.update(from: model.scales, count: logits)
    (scales + logits).update(from: model.biases, count: logits)
    tables.prepare(angles: parameters)
    return BoundNetwork(
      network: Network(
        tables: tables, observables: Observables(terms: strings, count: flat.count, logits: logits, tables: tables),
        readout: Readout(logits: logits, scales: scales, biases: scales + logits)),
      angles: parameters, scales: scales, biases: scales + logits)
  }
}

/// A network and the parameters that training changes.
package struct BoundNetwork {
  package let network: Network
  /// `[rotation layer][qubit][x, y, z]`
  package let angles: UnsafeMutablePointer<Double>
  /// `[logit]`
  package let scales: UnsafeMutablePointer<Double>
  package let biases: UnsafeMutablePointer<Double>

  /// The same circuit and angles behind another readout, also of another number of outputs.
  /// - Parameter readout: `[scale, bias][output]`.
  package func with(readout scales: UnsafeMutablePointer<Double>, outputs m: Int) -> BoundNetwork {
    BoundNetwork(
      network: Network(
        tables: network.tables, observables: network.observables,
        readout: Readout(logits: m, scales: scales, biases: scales + m)),
      angles: angles, scales: scales, biases: scales + m)
  }
}
