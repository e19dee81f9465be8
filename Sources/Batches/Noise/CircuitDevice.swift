import Budget
import Devices
import Kernel
import Models
import Settings

/// The device that a circuit runs on, and the qubits of it that it runs on.
package struct CircuitDevice: Sendable {
  package let calibration: Calibration
  package let layout: Devices.Layout
  /// SHA-256 of the calibration's file; nil of plain numbers.
  package let digest: String?

  /// - Returns: nil where circuits are ideal.
  /// - Throws: `SessionError.calibration`, `.place`, `.file`.
  package init?(_ settings: DeviceSettings, _ ansatz: Ansatz) throws(SessionError) {
    if !settings.isUsed { return nil }
    if settings.path.isEmpty {
      try self.init(PlainNoise(settings).calibration(qubits: ansatz.qubits), [], ansatz, digest: nil)
    } else {
      try self.init(file: settings.path, layout: settings.layout, ansatz)
    }
  }

  /// - Parameter layout: empty: the best.
  package init(file path: String, layout: [Int], _ ansatz: Ansatz) throws(SessionError) {
    let calibration: Calibration
    do { calibration = try Calibration(file: path) } catch { throw .calibration(error) }
    let digest: String
    do { digest = try SHA256.hex(ofFile: path) } catch { throw .file(error) }
    try self.init(calibration, layout, ansatz, digest: digest)
  }

  private init(
    _ calibration: Calibration, _ layout: [Int], _ ansatz: Ansatz, digest: String?
  ) throws(SessionError) {
    self.calibration = calibration
    self.digest = digest
    do throws(LayoutError) {
      self.layout =
        digest == nil
        ? try Devices.Layout(Array(0..<ansatz.qubits), for: ansatz, on: calibration)
        : layout.isEmpty
          ? try .best(for: ansatz, on: calibration) : try Devices.Layout(layout, for: ansatz, on: calibration)
    } catch { throw .place(error) }
  }

  /// The noise of a circuit, which may have fewer qubits than the layout.
  /// - Parameter strength: what all gates' noise is multiplied by.
  package func noise(_ circuit: Ansatz, strength: Double = 1) -> DeviceNoise {
    DeviceNoise(circuit, layout, on: calibration, strength: strength)
  }

  /// What the calibration holds on the heap: round, and more than texts and numbers of a qubit, a coupling, a finding.
  package func declare(in planner: inout Planner) {
    let (entries, bytes) = (
      calibration.qubits.count + calibration.couplings.count + 2 * calibration.findings.count, 256
    )
    planner.declareOutside(
      OutsideMemory(
        name: "calibration", formula: "qubits, couplings, findings \(entries) × \(bytes) B", bytes: entries * bytes,
        owner: "Devices"))
  }

  /// What a result depends on: one line.
  package var identity: String {
    (digest ?? numbers) + " qubits " + layout.physical.map(String.init).joined(separator: ",")
  }

  /// Of a device by numbers: all of them, since every qubit and every pair is alike.
  private var numbers: String {
    let qubit = calibration.qubits[0]
    var values = [qubit.t1, qubit.t2, qubit.readout.oneForZero, qubit.readout.zeroForOne]
    for gate in [qubit.gate, calibration.couplings.first?.gate] { values += gate.map { [$0.error, $0.seconds] } ?? [] }
    return calibration.name + " " + values.map { "\($0)" }.joined(separator: ",")
  }
}

extension PlainNoise {
  init(_ settings: DeviceSettings) {
    self.init()
    t1 = settings.t1 ?? .infinity
    t2 = settings.t2 ?? .infinity
    (pulseError, pairError) = (settings.pulseError, settings.pairError)
    (pulseSeconds, pairSeconds) = (settings.pulseSeconds, settings.pairSeconds)
    readout = ReadoutFlips(oneForZero: settings.oneForZero, zeroForOne: settings.zeroForOne)
  }
}

extension Ansatz {
  /// The same circuit on the first qubits alone, as few as give the same values of observables on 0…`highest` under
  /// noise, for every product state. A gate's channel acts where the gate would do nothing, so that every pair counts
  /// that a string meets: with `linear` one qubit further a layer; other patterns reach all at once.
  func underNoise(observing highest: Int) -> Ansatz {
    guard case .linear = entangler else { return self }
    return with(qubits: min(qubits, max(1, highest + layers + 1)))
  }
}
