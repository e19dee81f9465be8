import Files
import Kernel

/// Braket's standardised gate-model properties, versions 1 and 2: `oneQubitProperties` by qubit, with T1, T2 and
/// fidelities, `twoQubitProperties` by pair such as "0-1".
///
/// - The pulse's fidelity is that of (simultaneous, where there is one) randomised benchmarking, the readout's READOUT;
///   makers give one number for both flips there.
/// - No gate's length is given: nothing of an error is explained by relaxation, all of it is depolarising.
/// - A pair's gate is the one with the highest fidelity.
/// - Qubits are numbers; those in between that a device lacks are out of use.
struct BraketCalibration {
  let path: String

  func read(_ json: JSON) throws(CalibrationError) -> Calibration {
    let version = json["braketSchemaHeader"]?["version"]?.asString ?? "1"
    guard version == "1" || version == "2" else {
      throw malformed(
        "the version", "\"\(version.prefix(20))\"", "1 or 2; later ones have a device's averages: give those as numbers"
      )
    }
    guard case .object(let entries)? = json["oneQubitProperties"], !entries.isEmpty else {
      throw malformed("oneQubitProperties", json["oneQubitProperties"]?.kind ?? "missing", "an object by qubit")
    }
    var found: [Int: Calibration.Qubit] = [:]
    for (key, entry) in entries { found[try index(key, "oneQubitProperties")] = try qubit(entry, key) }
    let missing = Calibration.Qubit(
      t1: .nan, t2: .nan, gate: nil, readout: ReadoutFlips(oneForZero: .nan, zeroForOne: .nan))
    let qubits = (0...found.keys.max()!).map { found[$0] ?? missing }
    var couplings: [Calibration.Coupling] = []
    if case .object(let pairs)? = json["twoQubitProperties"] {
      for (key, entry) in pairs {
        if let coupling = try coupling(key, entry, qubits.count) { couplings.append(coupling) }
      }
    }
    return Calibration(
      name: json["deviceName"]?.asString ?? "unnamed", qubits: qubits, couplings: couplings,
      findings: [
        CalibrationFinding(
          place: .device, given: "no gate's length is given", repair: "errors are depolarising, without relaxation")
      ])
  }

  private func malformed(_ place: String, _ given: String, _ allowed: String) -> CalibrationError {
    .malformed(path: path, place: place, given: given, allowed: allowed)
  }

  private func index(_ key: String, _ place: String) throws(CalibrationError) -> Int {
    guard let index = Int(key), 0..<Calibration.mostQubits ~= index, String(index) == key else {
      throw malformed("a key of \(place)", "\"\(key.prefix(20))\"", "a qubit, 0 to \(Calibration.mostQubits - 1)")
    }
    return index
  }

  private func time(_ entry: JSON?, _ place: String) throws(CalibrationError) -> Double {
    guard let entry, let value = entry["value"]?.asNumber else { return .nan }
    let unit = entry["unit"]?.asString ?? ""
    guard let units = unitsPerSecond[unit] else {
      throw malformed("\(place).unit", "\"\(unit.prefix(20))\"", "S, s, ms, us or ns")
    }
    return value / units
  }

  private func qubit(_ entry: JSON, _ key: String) throws(CalibrationError) -> Calibration.Qubit {
    let place = "oneQubitProperties.\(key)"
    var fidelities: [String: Double] = [:]
    for item in entry["oneQubitFidelity"]?.asArray ?? [] {
      guard let name = item["fidelityType"]?["name"]?.asString else { continue }
      fidelities[name] = try fidelity(item, "\(place).oneQubitFidelity")
    }
    let pulse = fidelities["SIMULTANEOUS_RANDOMIZED_BENCHMARKING"] ?? fidelities["RANDOMIZED_BENCHMARKING"]
    let flip = fidelities["READOUT"].map { 1 - $0 } ?? .nan
    return Calibration.Qubit(
      t1: try time(entry["T1"], "\(place).T1"), t2: try time(entry["T2"], "\(place).T2"),
      gate: pulse.map { Calibration.Gate(name: "pulse", error: 1 - $0, seconds: 0) },
      readout: ReadoutFlips(oneForZero: flip, zeroForOne: flip))
  }

  private func fidelity(_ item: JSON, _ place: String) throws(CalibrationError) -> Double {
    guard let value = item["fidelity"]?.asNumber, 0...1 ~= value else {
      throw malformed("\(place).fidelity", item["fidelity"]?.kind ?? "missing", "0 to 1")
    }
    return value
  }

  private func coupling(
    _ key: String, _ entry: JSON, _ count: Int
  ) throws(CalibrationError) -> Calibration.Coupling? {
    let ends = key.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else {
      throw malformed("a key of twoQubitProperties", "\"\(key.prefix(20))\"", "two qubits, such as \"0-1\"")
    }
    let a = try index(String(ends[0]), "twoQubitProperties")
    let b = try index(String(ends[1]), "twoQubitProperties")
    guard a != b, a < count, b < count else {
      throw malformed("a key of twoQubitProperties", "\"\(key.prefix(20))\"", "two different qubits of the device")
    }
    var best: Calibration.Gate?
    for item in entry["twoQubitGateFidelity"]?.asArray ?? [] {
      let error = 1 - (try fidelity(item, "twoQubitProperties.\(key)"))
      if let best, best.error <= error { continue }
      best = Calibration.Gate(name: item["gateName"]?.asString ?? "gate", error: error, seconds: 0)
    }
    return best.map { Calibration.Coupling(a, b, gate: $0) }
  }
}
