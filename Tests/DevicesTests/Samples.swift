import Devices
import Kernel

/// Calibrations as makers write them, made by hand.
enum Sample {
  /// IBM's properties of a line of qubits; numbers may be any JSON.
  static func ibm(
    qubits: Int = 5, t1: String = "100.0", t2: String = "80.0", error: String = "0.0003", gate: String = "cx",
    pulse: String = "sx", pairs: [(Int, Int)]? = nil, pairError: String = "0.008"
  ) -> String {
    let qubit = """
      [{"date": "2026-01-01", "name": "T1", "unit": "us", "value": \(t1)},
       {"name": "T2", "unit": "µs", "value": \(t2)},
       {"name": "frequency", "unit": "GHz", "value": 4.9},
       {"name": "prob_meas0_prep1", "unit": "", "value": 0.02},
       {"name": "prob_meas1_prep0", "unit": "", "value": 0.01}]
      """
    let pulses = (0..<qubits).map { gateEntry(pulse, [$0], error, "35.5") }
    let couplings = (pairs ?? (0..<max(qubits - 1, 0)).map { ($0, $0 + 1) })
      .map { gateEntry(gate, [$0.0, $0.1], pairError, "300") }
    return """
      {"backend_name": "ibm_sample", "qubits": [\(Array(repeating: qubit, count: qubits).joined(separator: ", "))],
       "gates": [\((pulses + couplings).joined(separator: ", "))], "general": []}
      """
  }

  private static func gateEntry(_ name: String, _ qubits: [Int], _ error: String, _ length: String) -> String {
    """
    {"gate": "\(name)", "qubits": [\(qubits.map(String.init).joined(separator: ", "))], "parameters": [
      {"name": "gate_error", "unit": "", "value": \(error)}, {"name": "gate_length", "unit": "ns", "value": \(length)}]}
    """
  }

  static let braket = """
    {"braketSchemaHeader": {"name": "braket.device_schema.standardized_gate_model_qpu_device_properties",
      "version": "1"},
     "oneQubitProperties": {
      "0": {"T1": {"value": 2e-5, "standardError": null, "unit": "S"}, "T2": {"value": 15, "unit": "us"},
       "oneQubitFidelity": [{"fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}, "fidelity": 0.999},
        {"fidelityType": {"name": "SIMULTANEOUS_RANDOMIZED_BENCHMARKING"}, "fidelity": 0.998},
        {"fidelityType": {"name": "READOUT"}, "fidelity": 0.95}]},
      "2": {"T1": {"value": 3e-5, "unit": "S"}, "T2": {"value": 7e-5, "unit": "S"},
       "oneQubitFidelity": [{"fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}, "fidelity": 0.997},
        {"fidelityType": {"name": "READOUT"}, "fidelity": 0.9}]}},
     "twoQubitProperties": {"0-2": {"twoQubitGateFidelity": [
       {"gateName": "CPHASE", "fidelity": 0.9, "fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}},
       {"gateName": "CZ", "fidelity": 0.97, "fidelityType": {"name": "RANDOMIZED_BENCHMARKING"}}]}}}
    """

  static func read(_ text: String) throws(CalibrationError) -> Calibration {
    try Calibration(Array(text.utf8), path: "sample.json")
  }

  /// A device of couplings with these errors; qubits are alike.
  static func device(_ qubits: Int, _ couplings: [(Int, Int, Double)], errors: [Double]? = nil) -> Calibration {
    Calibration(
      name: "sample",
      qubits: (0..<qubits).map {
        Calibration.Qubit(
          t1: 1e-4, t2: 1e-4, gate: .init(name: "sx", error: errors?[$0] ?? 1e-3, seconds: 4e-8),
          readout: ReadoutFlips(oneForZero: 0.01, zeroForOne: 0.02))
      }, couplings: couplings.map { .init($0.0, $0.1, gate: .init(name: "cx", error: $0.2, seconds: 3e-7)) })
  }
}
