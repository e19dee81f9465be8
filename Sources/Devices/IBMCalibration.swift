import Files
import Kernel

/// The properties of a device as IBM publishes them: `qubits`, each a list of `{name, unit, value}` with T1, T2,
/// prob_meas1_prep0 and prob_meas0_prep1; `gates`, each `{gate, qubits, parameters}` with gate_error and gate_length.
///
/// - The pulse of a qubit is `sx`, on devices that have none `u2`, which is one pulse too.
/// - The gates of couplings are `cx`, `ecr` and `cz`; all others are left out.
struct IBMCalibration {
  /// The arrays of a file, which are read an element at a time: trees of all of them take ten times the file's memory.
  static let arrays: Set = ["qubits", "gates", "general", "general_qlists"]

  let path: String
  private var qubits: [Calibration.Qubit] = []
  private var couplings: [Calibration.Coupling] = []
  private var pulses: [String: [Int: Calibration.Gate]] = ["sx": [:], "u2": [:]]
  /// The highest qubit that a gate names, and which gate.
  private var highest = (qubit: -1, gate: 0)

  init(path: String) { self.path = path }

  /// Takes an element of one of the arrays.
  mutating func take(_ array: String, _ index: Int, _ entry: JSON) throws(CalibrationError) {
    switch array {
    case "qubits":
      if index == Calibration.mostQubits {
        throw malformed("\"qubits\"", "an array of \(index + 1) or more", "1 to \(Calibration.mostQubits) qubits")
      }
      qubits.append(try qubit(entry, index))
    case "gates": try takeGate(entry, index)
    default: break
    }
  }

  private mutating func takeGate(_ entry: JSON, _ index: Int) throws(CalibrationError) {
    guard let name = entry["gate"]?.asString else {
      throw malformed("gates[\(index)].gate", entry["gate"]?.kind ?? "missing", "a name")
    }
    let isPulse = pulses[name] != nil
    guard isPulse || ["cx", "ecr", "cz"].contains(name) else { return }
    let place = "gates[\(index)]"
    // Qubits may come behind the gates.
    let indices = try self.indices(
      entry, place, count: isPulse ? 1 : 2,
      below: qubits.isEmpty ? Calibration.mostQubits : qubits.count)
    if indices.max()! > highest.qubit { highest = (indices.max()!, index) }
    let gate = try self.gate(entry, name, place)
    if isPulse {
      pulses[name]![indices[0]] = gate
    } else {
      couplings.append(Calibration.Coupling(indices[0], indices[1], gate: gate))
    }
  }

  /// - Parameter name: of the device.
  consuming func calibration(name: String?) throws(CalibrationError) -> Calibration {
    if qubits.isEmpty { throw malformed("\"qubits\"", "an array of 0", "1 to \(Calibration.mostQubits) qubits") }
    if highest.qubit >= qubits.count {
      throw malformed("gates[\(highest.gate)].qubits", "qubit \(highest.qubit)", "0 to \(qubits.count - 1)")
    }
    var qubits = qubits
    for index in qubits.indices { qubits[index].gate = pulses["sx"]![index] ?? pulses["u2"]![index] }
    return Calibration(name: name ?? "unnamed", qubits: qubits, couplings: couplings)
  }

  private func malformed(_ place: String, _ given: String, _ allowed: String) -> CalibrationError {
    .malformed(path: path, place: place, given: given, allowed: allowed)
  }

  private func indices(
    _ entry: JSON, _ place: String, count: Int, below end: Int
  ) throws(CalibrationError) -> [Int] {
    let given = entry["qubits"]
    let indices = (given?.asArray ?? []).compactMap { $0.asInteger }
    guard indices.count == count, given?.asArray?.count == count, Set(indices).count == count,
      indices.allSatisfy({ 0..<end ~= $0 })
    else {
      throw malformed(
        "\(place).qubits", given?.text.prefix(40).description ?? "missing",
        "\(count == 1 ? "one qubit" : "two different qubits"), 0 to \(end - 1)")
    }
    return indices
  }

  private func qubit(_ entry: JSON, _ index: Int) throws(CalibrationError) -> Calibration.Qubit {
    let place = "qubits[\(index)]"
    guard let parameters = entry.asArray else { throw malformed(place, entry.kind, "an array of parameters") }
    let values = try self.values(parameters, place)
    return Calibration.Qubit(
      t1: values["T1"] ?? .nan, t2: values["T2"] ?? .nan, gate: nil,
      readout: ReadoutFlips(
        oneForZero: values["prob_meas1_prep0"] ?? .nan, zeroForOne: values["prob_meas0_prep1"] ?? .nan))
  }

  private func gate(_ entry: JSON, _ name: String, _ place: String) throws(CalibrationError) -> Calibration.Gate {
    let values = try self.values(entry["parameters"]?.asArray ?? [], "\(place).parameters")
    return Calibration.Gate(
      name: name, error: values["gate_error"] ?? .nan, seconds: values["gate_length"] ?? .nan)
  }

  /// The parameters that are read, in seconds or as they are.
  private func values(_ parameters: [JSON], _ place: String) throws(CalibrationError) -> [String: Double] {
    let times: Set = ["T1", "T2", "gate_length"]
    let wanted = times.union(["prob_meas1_prep0", "prob_meas0_prep1", "gate_error"])
    var values: [String: Double] = [:]
    for (index, parameter) in parameters.enumerated() {
      guard let name = parameter["name"]?.asString, wanted.contains(name) else { continue }
      let here = "\(place)[\(index)]"
      guard let value = parameter["value"]?.asNumber else {
        // What the maker could not measure.
        if case .null? = parameter["value"] { continue }
        throw malformed("\(here).value", parameter["value"]?.kind ?? "missing", "a number, or null")
      }
      var units = 1.0
      if times.contains(name) {
        let unit = parameter["unit"]?.asString ?? ""
        guard let count = unitsPerSecond[unit] else {
          throw malformed("\(here).unit", "\"\(unit.prefix(20))\"", "s, ms, us, µs, ns or ps")
        }
        units = count
      }
      values[name] = value / units
    }
    return values
  }
}

/// How many are a second: dividing by it rounds once. Both micro signs are in use.
let unitsPerSecond: [String: Double] = [
  "s": 1, "S": 1, "ms": 1e3, "us": 1e6, "\u{B5}s": 1e6, "\u{3BC}s": 1e6, "ns": 1e9, "ps": 1e12,
]
