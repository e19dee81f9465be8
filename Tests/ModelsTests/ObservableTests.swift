import Kernel
import Models
import Testing

@Suite struct ObservableTests {
  private func terms(_ text: String) throws -> [String] {
    try Observable(text).terms.map { term in
      "\(term.weight)" + term.factors.map { " \($0.pauli)\($0.qubit)" }.joined()
    }
  }

  @Test func textsAreSumsOfWeightedStrings() throws {
    #expect(try terms("Z0") == ["1.0 Z0"])
    #expect(try terms("-Z0") == ["-1.0 Z0"])
    #expect(try terms("0.5*Z0*Z1 - X2") == ["0.5 Z0 Z1", "-1.0 X2"])
    #expect(try terms("Y3 + 1.5") == ["1.0 Y3", "1.5"])
    #expect(try terms("  2e-1 * Z10*X2-1e+1*Y0  ") == ["0.2 X2 Z10", "-10.0 Y0"])
    #expect(try terms("-0.5*X1-0.25") == ["-0.5 X1", "-0.25"])
    #expect(try Observable("Z63").highestQubit == 63)
    #expect(try Observable("2").highestQubit == -1)
    #expect(try Observable("  Z0 + 1 ").text == "Z0 + 1")
  }

  @Test(arguments: [
    ("", 1), (" ", 2), ("+", 1), ("Z", 2), ("Z64", 4), ("Z0123", 6), ("z0", 1), ("Z0*", 4), ("Z0 Z1", 4), ("Z0*Z0", 4),
    ("Z0 +", 5), ("1e", 1), ("1e400*Z0", 1), ("nan*Z0", 1), ("inf", 1), ("0x10*Z0", 2), ("Z0*2", 4), ("Z0; Z1", 3),
    ("--Z0", 2), ("Z0ψ", 3), ("1e13*Z0", 1), ("Z٣", 2),
  ])
  func othersAreRefusedWhereTheyGoWrong(_ text: String, _ character: Int) {
    do {
      _ = try Observable(text)
      Issue.record("\(text) was taken")
    } catch { #expect(error.character == character, "\(text): \(error)") }
  }

  @Test func stringsStandOnTheAnsatzsBits() throws {
    // Qubits 0, 1 and 2 are bits 3, 2 and 1 of four where qubit 0 is the most significant one.
    let observable = try Observable("2*X0*Y1 - Z2")
    #expect(
      observable.kernelTerms(Ansatz(qubits: 4, layers: 1), logit: 3) == [
        PauliTerm(weight: 2, x: 0b0001, y: 0b0010, z: 0, logit: 3),
        PauliTerm(weight: -1, x: 0, y: 0, z: 0b0100, logit: 3),
      ])
    #expect(
      observable.kernelTerms(Ansatz(qubits: 4, layers: 1, qubitOrder: .bigEndian), logit: 0) == [
        PauliTerm(weight: 2, x: 0b1000, y: 0b0100, z: 0, logit: 0),
        PauliTerm(weight: -1, x: 0, y: 0, z: 0b0010, logit: 0),
      ])
  }

  @Test func conventionsHaveNamesOfTheirOwn() {
    func check<Convention: NamedConvention & Equatable>(_ type: Convention.Type, _ names: String) {
      #expect(Convention.allowedNames == names)
      for convention in Convention.all { #expect(Convention(name: convention.name) == convention) }
      #expect(Convention(name: "") == nil && Convention(name: names) == nil)
    }
    check(
      Entangler.self,
      "linear, ring, descending, all-pairs, or 1 to 64 pairs control-target of different qubits from 0 to 25, such as "
        + "\"0-1, 1-2, 2-0\"")
    check(EntanglingGate.self, "cnot, cz")
    check(RotationConvention.self, "half, full")
    check(QubitOrder.self, "little-endian, big-endian")
    check(Precision.self, "float32, float64")
    check(DistillationDirection.self, "student-first, teacher-first")
    check(Encoder.self, "state, amplitude, amplitude-unnormalized, phase, angle, basis")
  }

  @Test func aListOfPairsIsAnEntangler() throws {
    let most = Array(repeating: "24-25", count: 64).joined(separator: ", ")
    for (text, name) in [
      ("0-1, 1-2, 2-0", "0-1, 1-2, 2-0"), ("0-1", "0-1"), (" 10-3,3-10 ,  0-25 ", "10-3, 3-10, 0-25"), (most, most),
    ] {
      let entangler = try #require(Entangler(name: text), "\(text)")
      #expect(entangler.name == name && Entangler(name: name) == entangler)
      guard case .pairs(let pairs) = entangler else {
        Issue.record("\(text) is a pattern")
        continue
      }
      #expect(pairs.count == name.split(separator: ",").count)
    }
    for text in [
      "", " ", ",", "-", "0", "0-", "-0", "0-0", "1-2-3", "0-1,", ",0-1", "0-1,,1-2", "0-1; 1-2", "0 - 1", "0-1 1-2",
      "0-26",
      "26-0", "00-1", "0-01", "+0-1", "0-+1", "0--1", "0-1.0", "0-１", "0-99999999999999999999", "a-b", "linear, ring",
      "0-1, ring", "[0-1]", "0-1\n", "0-1\u{0}", most + ", 0-1", String(repeating: ",", count: 100_000),
    ] {
      #expect(Entangler(name: text) == nil, "\(text.prefix(40))")
    }
  }
}
