import Devices
import Kernel
import TemporaryFolders
import Testing

@Suite struct CalibrationTests {
  @Test func readsIBMsProperties() throws {
    let folder = TemporaryFolder()
    let device = try Calibration(file: folder.put("props.json", Array(Sample.ibm().utf8)))
    #expect(device.name == "ibm_sample" && device.qubits.count == 5 && device.couplings.count == 4)
    let qubit = device.qubits[3]
    #expect(abs(qubit.t1 - 100e-6) < 1e-18 && abs(qubit.t2 - 80e-6) < 1e-18 && qubit.isUsable)
    #expect(qubit.readout == ReadoutFlips(oneForZero: 0.01, zeroForOne: 0.02))
    #expect(qubit.gate?.name == "sx" && qubit.gate?.error == 0.0003)
    #expect(abs((qubit.gate?.seconds ?? 0) - 35.5e-9) < 1e-20)
    #expect(device.coupling(2, 1)?.gate.error == 0.008 && device.coupling(0, 2) == nil && device.coupling(0, 9) == nil)
    #expect(device.findings.isEmpty)
  }

  @Test(arguments: ["cx", "ecr", "cz"]) func gatesOfCouplings(_ gate: String) throws {
    #expect(try Sample.read(Sample.ibm(gate: gate)).couplings.map(\.gate.name) == [gate, gate, gate, gate])
  }

  /// Old devices have no `sx`; other gates of pairs are left out.
  @Test func otherGates() throws {
    #expect(try Sample.read(Sample.ibm(pulse: "u2")).qubits.allSatisfy { $0.gate?.name == "u2" && $0.isUsable })
    #expect(try Sample.read(Sample.ibm(gate: "rzz")).couplings.isEmpty)
  }

  /// Both directions of a gate are one coupling, the better one.
  @Test func directions() throws {
    let device = Sample.device(2, [(0, 1, 0.02), (1, 0, 0.01)])
    #expect(device.couplings.count == 1 && device.coupling(1, 0)?.gate.error == 0.01)
  }

  @Test func readsBraketsProperties() throws {
    for text in [Sample.braket, "{\"service\": {}, \"standardized\": \(Sample.braket)}"] {
      let device = try Sample.read(text)
      #expect(device.qubits.count == 3)
      #expect(device.qubits[0].t1 == 2e-5 && abs(device.qubits[0].t2 - 15e-6) < 1e-18)
      #expect(abs((device.qubits[0].gate?.error ?? 0) - 0.002) < 1e-12)
      #expect(abs(device.qubits[0].readout.oneForZero - 0.05) < 1e-12)
      #expect(device.coupling(0, 2)?.gate.name == "CZ")
      #expect(
        device.findings.map(\.text) == [
          "no gate's length is given: errors are depolarising, without relaxation", "qubit 1: T1 is missing: not used",
          "qubit 2: T2 of 7e-05 s is more than 2 T1: 2 T1 = 6e-05 s is taken",
        ])
    }
  }

  /// What is missing or absurd, what is done about it, and what is told.
  @Test(arguments: [
    (Sample.ibm(qubits: 1, t2: "250.0"), "qubit 0: T2 of 0.00025 s is more than 2 T1: 2 T1 = 0.0002 s is taken", true),
    (Sample.ibm(qubits: 1, t1: "0"), "qubit 0: T1 is 0.0 s: not used", false),
    (Sample.ibm(qubits: 1, t1: "-3"), "qubit 0: T1 is -3e-06 s: not used", false),
    (Sample.ibm(qubits: 1, t1: "null"), "qubit 0: T1 is missing: not used", false),
    (Sample.ibm(qubits: 1, error: "1"), "qubit 0: the error of sx is 1.0: not used", false),
    (Sample.ibm(qubits: 1, error: "0.5"), "qubit 0: the error of sx is 0.5: not used", false),
    (Sample.ibm(qubits: 1, error: "-1e-9"), "qubit 0: the error of sx is -1e-09: not used", false),
    (Sample.ibm(qubits: 1, error: "null"), "qubit 0: the error of sx is missing: not used", false),
    (Sample.ibm(qubits: 1, pulse: "x"), "qubit 0: it has no gate: not used", false),
  ])
  func absurdQubits(_ text: String, _ finding: String, _ isUsable: Bool) throws {
    let device = try Sample.read(text)
    #expect(device.findings.map(\.text) == [finding])
    #expect(device.qubits[0].isUsable == isUsable)
  }

  @Test(arguments: [("1", "is 1.0"), ("0.75", "is 0.75"), ("null", "is missing")])
  func deadCouplings(_ error: String, _ told: String) throws {
    let device = try Sample.read(Sample.ibm(qubits: 2, pairError: error))
    #expect(device.findings.map(\.text) == ["coupling 0-1: the error of cx \(told): not used"])
    #expect(device.coupling(0, 1) == nil && device.couplings.count == 1)
  }

  @Test func plainNumbers() {
    var plain = PlainNoise()
    plain.pulseError = 0.001
    plain.pairError = 0.01
    let device = plain.calibration(qubits: 4)
    #expect(device.couplings.count == 6 && device.findings.isEmpty && device.qubits.allSatisfy(\.isUsable))
    #expect(abs(device.pulseChannel(0).entry(1, 1) - 0.998) < 1e-15)
    plain.t2 = -1
    #expect(plain.calibration(qubits: 1).findings.map(\.text) == ["qubit 0: T2 is -1.0 s: not used"])
  }
}
