import Kernel
import Models

/// A model as constants in Swift, for the kernel's `PreparedNetwork` on a device: its tables stay in flash, its memory
/// is static. C calls it as it calls the C form, by the same header.
public struct SwiftSource: Sendable {
  let model: Model
  private let digest: String
  /// What all names begin with.
  let name: String
  private let maker: String
  let probes: [DeviceProbe]
  private let arrays: PreparedArrays

  /// The largest tables that a device keeps in flash, and that a compiler takes as constants: 10 qubits and 6 layers.
  public static let largestTableBytes = 128 << 10

  /// - Parameters: as for `DeviceSource`.
  /// - Precondition: `tableBytes(model)` is at most `largestTableBytes`.
  public init(_ model: Model, digest: String, name: String, maker: String, probes: Int) {
    self.model = model
    self.digest = digest
    self.name = name
    self.maker = maker
    self.probes = (0..<probes).map { DeviceProbe(model, seed: UInt32($0 + 1)) }
    arrays = PreparedArrays(model)
  }

  /// Constants: bytes of flash, without those of the self-test.
  public static func tableBytes(_ model: Model) -> Int {
    let (ansatz, terms) = (model.ansatz, model.observables.flatMap(\.terms))
    let pending = terms.contains { $0.factors.contains { $0.pauli != "Z" } } ? 1 : 0
    let indices = (ansatz.finalRotation ? 0 : 1) + (ansatz.rotationLayers > 1 ? 1 : 0)
    let features = model.features.map { $0.mean.count + $0.components.count } ?? 0
    return 4 * ((2 * (ansatz.rotationLayers + pending) + indices) * ansatz.amplitudes + features)
      + 4 * ansatz.rotationLayers * (ansatz.qubits + 3) + 24 * terms.count + 16 * model.logits
  }

  /// What it takes of RAM, all of it static: states, probabilities, logits.
  public var memoryBytes: Int {
    (PreparedNetwork.memoryBytes(amplitudes: model.ansatz.amplitudes, logits: model.logits) + 15) / 16 * 16
  }

  public var tableBytes: Int { Self.tableBytes(model) + 4 * probes.count * model.logits }

  /// The text of the Swift file.
  public var body: String {
    let ansatz = model.ansatz
    let rows = min(ansatz.amplitudes, SwiftTable.longestRow)
    var tables = [
      SwiftTable("diagonal", "[rotation layer][re, im][amplitude]", arrays.diagonal, row: rows),
      SwiftTable("tangent", "[rotation layer][bit], of half angles", arrays.tangent),
      SwiftTable("sourceFlip", "[rotation layer]", arrays.sourceFlip),
      SwiftTable("cone", "[rotation layer][RX and RY, RZ]: bits that an observable sees", arrays.cone),
    ]
    for (name, table) in [("entangled", arrays.entangled), ("disentangled", arrays.disentangled)] {
      if let table { tables.append(SwiftTable(name, "[amplitude]: where the entangler moves it", table, row: rows)) }
    }
    let words = arrays.terms.flatMap { term -> [UInt64] in
      [
        term.weight.bitPattern, UInt64(term.flips) | UInt64(term.signs) << 32,
        UInt64(term.phase) | UInt64(term.logit) << 32,
      ]
    }
    tables += [
      SwiftTable("terms", "[term][weight, flips and signs, phase and logit], the fields of a PauliTerm", words),
      SwiftTable("scales", "[logit]", model.scales), SwiftTable("biases", "[logit]", model.biases),
    ]
    if let features = model.features {
      tables += [
        SwiftTable("mean", "[column]", features.mean.map { Float($0) }),
        SwiftTable("components", "[qubit][column]", features.components.map { Float($0) }, row: features.columns),
      ]
    }
    tables.append(
      SwiftTable("expected", "[probe][logit] of the self-test", probes.flatMap(\.logits).map { Float($0) }))
    let parts = [head] + tables.map { $0.text(section: name) } + [network, functions]
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var head: String {
    """
    \(interface.notes.map { $0.isEmpty ? "//" : "// " + $0 }.joined(separator: "\n"))
    //
    // tools/firmware compiles it for boards. C calls its functions by \(name).h; nothing is reentrant.
    import Kernel
    """
  }

  private var interface: DeviceInterface {
    DeviceInterface(
      model: model, digest: digest, name: name, maker: maker, probes: probes.count,
      remarks: ["static RAM \(memoryBytes) bytes, constants \(tableBytes) bytes of flash"])
  }

  /// The text of the header, by which C calls the Swift file's functions: those of the C form, to the letter.
  public var header: String { interface.header }

  private var network: String {
    let ansatz = model.ansatz
    let index = { (name: String, table: [UInt32]?) in table == nil ? "nil" : "UnsafeRawPointer(&\(name))" }
    return """
      nonisolated(unsafe) private var memory = InlineArray<\(memoryBytes / 16), SIMD2<UInt64>>(repeating: .zero)

      private var network: PreparedNetwork {
        PreparedNetwork(
          tables: PreparedTables(
            ansatz: Ansatz(
              qubits: \(ansatz.qubits), layers: \(ansatz.layers), finalRotation: \(ansatz.finalRotation), \
      qubitOrder: .\(ansatz.qubitOrder == .littleEndian ? "littleEndian" : "bigEndian")),
            diagonal: &diagonal, tangent: &tangent, sourceFlip: &sourceFlip, cone: &cone,
            entangled: \(index("entangled", arrays.entangled)), \
      disentangled: \(index("disentangled", arrays.disentangled))),
          terms: &terms, termCount: \(arrays.terms.count), scales: &scales, biases: &biases, logits: \(model.logits),
          memory: &memory)
      }
      """
  }

  /// The call that sets a sample of real and imaginary parts.
  private func begin(_ real: String, _ imaginary: String, isRow: Bool) -> String {
    if isRow, let features = model.features {
      return """
        network.setFeatures(
            \(real), \(imaginary),
            PreparedFeatures(
              mean: &mean, components: &components, columns: \(features.columns),
              threshold: \(Float(features.threshold))),
            as: .\(model.encoder))
        """
    }
    switch model.encoder {
    case .state, .amplitude, .amplitudeUnnormalized:
      return "network.setAmplitudes(\(real), \(imaginary), as: .\(model.encoder))"
    case .phase, .basis: return "network.setBits(\(real), \(imaginary), as: .\(model.encoder))"
    case .angle: return "network.setAngles(\(real), \(imaginary))"
    }
  }

  private var functions: String {
    let classes = """


      @c(\(name)_class)
      public func \(name)_class(_ logits: UnsafePointer<Float>) -> Int32 {
        Int32(truncatingIfNeeded: PreparedNetwork.largest(of: logits, count: \(model.logits)))
      }

      @c(\(name)_probabilities)
      public func \(name)_probabilities(_ logits: UnsafePointer<Float>, _ probabilities: UnsafeMutablePointer<Float>) {
        PreparedNetwork.probabilities(of: logits, count: \(model.logits), into: probabilities)
      }
      """
    return """
      @c(\(name)_logits)
      public func \(name)_logits(
        _ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>?, _ logits: UnsafeMutablePointer<Float>
      ) -> Int32 {
        let network = network
        let status = \(begin("real", "imaginary", isRow: true))
        if status == .fine { network.run(into: logits) }
        return status.rawValue
      }\(model.task == .classification ? classes : "")

      @c(\(name)_self_test)
      public func \(name)_self_test(_ sample: UnsafeMutablePointer<Float>) -> Float {
        let network = network
        var worst: Float = 0
        var probe = 0
        while probe < \(probes.count) {
          network.makeProbe(seed: UInt32(truncatingIfNeeded: probe + 1), as: .\(model.encoder), into: sample)
          if \(begin("sample", "nil", isRow: false)) != .fine { return .infinity }
          let off = network.difference(from: &expected, probe: probe)
          if !(off <= worst) { worst = off }
          probe += 1
        }
        return worst
      }
      """
  }
}
