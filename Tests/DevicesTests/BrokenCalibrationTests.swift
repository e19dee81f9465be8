import Devices
import Files
import TemporaryFolders
import Testing

/// Files that are no calibration, each with the answer expected.
@Suite struct BrokenCalibrationTests {
  private static func nested(_ depth: Int) -> String {
    "{\"qubits\": \(String(repeating: "[", count: depth))\(String(repeating: "]", count: depth)), \"gates\": []}"
  }

  @Test(arguments: [
    ("empty", "", "is not a JSON text, or is cut off"),
    ("NumPy array", "\u{93}NUMPY", "is not a JSON text, or is cut off"),
    ("too deep", nested(40), "is not a JSON text, or is cut off"),
    ("much too deep", nested(100_000), "is not a JSON text, or is cut off"),
    ("two values", "{}{}", "is not a JSON text, or is cut off"),
    ("NaN", #"{"qubits": NaN, "gates": []}"#, "is not a JSON text, or is cut off"),
    ("array", "[1]", "is an array of 1; allowed:"), ("number", "3", "is 3; allowed:"),
    ("empty object", "{}", "is an empty object; allowed:"),
    ("another file", #"{"accuracy": 1, "seed": 2}"#, #"is an object with "accuracy", "seed"; allowed:"#),
    ("no qubits", #"{"qubits": [], "gates": []}"#, #""qubits" is an array of 0; allowed: 1 to 4096 qubits"#),
    (
      "too many qubits", "{\"qubits\": [\(String(repeating: "[],", count: 4096))[]], \"gates\": []}",
      #""qubits" is an array of 4097 or more; allowed: 1 to 4096 qubits"#
    ),
    ("qubit of another kind", #"{"qubits": [3], "gates": []}"#, "qubits[0] is 3; allowed: an array of parameters"),
    (
      "T1 in words", Sample.ibm(qubits: 1, t1: "\"long\""),
      #"qubits[0][0].value is "long"; allowed: a number, or null"#
    ),
    (
      "a long string", Sample.ibm(qubits: 1, t1: "\"\(String(repeating: "x", count: 9999))\""),
      "qubits[0][0].value is a string of 9999 bytes; allowed: a number, or null"
    ),
    (
      "unit", #"{"qubits": [[{"name": "T1", "unit": "h", "value": 1}]], "gates": []}"#,
      #"qubits[0][0].unit is "h"; allowed: s, ms, us, µs, ns or ps"#
    ),
    ("gate without name", #"{"qubits": [[]], "gates": [{}]}"#, "gates[0].gate is missing; allowed: a name"),
    (
      "gate without qubits", #"{"qubits": [[]], "gates": [{"gate": "sx"}]}"#,
      "gates[0].qubits is missing; allowed: one qubit, 0 to 0"
    ),
    (
      "gate beside the device", Sample.ibm(qubits: 2, pairs: [(1, 2)]),
      "gates[2].qubits is [1, 2]; allowed: two different qubits, 0 to 1"
    ),
    (
      "gate on one qubit twice", Sample.ibm(qubits: 2, pairs: [(1, 1)]),
      "gates[2].qubits is [1, 1]; allowed: two different qubits, 0 to 1"
    ),
    (
      "negative qubit", Sample.ibm(qubits: 2, pairs: [(0, -1)]),
      "gates[2].qubits is [0, -1]; allowed: two different qubits, 0 to 1"
    ),
    ("Braket without qubits", #"{"oneQubitProperties": {}}"#, "oneQubitProperties is an object; allowed:"),
    (
      "Braket's averages", #"{"braketSchemaHeader": {"version": "3"}, "oneQubitProperties": {"0": {}}}"#,
      #"the version is "3"; allowed: 1 or 2; later ones"#
    ),
    (
      "Braket's qubit in words", #"{"oneQubitProperties": {"q0": {}}}"#,
      #"a key of oneQubitProperties is "q0"; allowed: a qubit, 0 to 4095"#
    ),
    (
      "Braket's far qubit", #"{"oneQubitProperties": {"99999999999": {}}}"#,
      #"a key of oneQubitProperties is "99999999999"; allowed: a qubit, 0 to 4095"#
    ),
    (
      "Braket's pair of one", #"{"oneQubitProperties": {"0": {}}, "twoQubitProperties": {"0-0": {}}}"#,
      #"a key of twoQubitProperties is "0-0"; allowed: two different qubits of the device"#
    ),
    (
      "fidelity above 1",
      #"{"oneQubitProperties": {"0": {"oneQubitFidelity": [{"fidelityType": {"name": "READOUT"}, "fidelity": 2}]}}}"#,
      "oneQubitProperties.0.oneQubitFidelity.fidelity is 2; allowed: 0 to 1"
    ),
  ])
  func isRefused(_ name: String, _ text: String, _ answer: String) {
    do {
      _ = try Sample.read(text)
      Issue.record("\(name) was read")
    } catch { #expect(error.text.hasPrefix("sample.json: \(answer)"), "\(name): \(error.text)") }
  }

  @Test(arguments: [Sample.ibm(qubits: 2), Sample.braket]) func truncatedAtEveryByte(_ text: String) {
    let bytes = Array(text.utf8)
    for count in bytes.indices {
      #expect(throws: CalibrationError.notJSON(path: "cut.json")) {
        try Calibration(Array(bytes[..<count]), path: "cut.json")
      }
    }
  }

  @Test func absentAndTooLarge() {
    let folder = TemporaryFolder()
    #expect(throws: CalibrationError.self) { try Calibration(file: folder.path + "/none.json") }
    let size = Calibration.largestFile + 1
    let path = folder.put("large.json", [UInt8](repeating: 0x20, count: size))
    #expect(
      throws: CalibrationError.file(.tooLarge(path: path, given: size, allowed: Calibration.largestFile))
    ) { try Calibration(file: path) }
  }
}
