import Devices
import Kernel
import Testing

@Suite struct LayoutTests {
  private static let line = Sample.device(5, (0..<4).map { ($0, $0 + 1, 0.01) })

  private static func refusal(_ given: [Int], _ ansatz: Ansatz, _ device: Calibration) -> String {
    do {
      _ = try Layout(given, for: ansatz, on: device)
      return "accepted"
    } catch { return error.text }
  }

  @Test(arguments: [
    ([0, 1], "the layout has 2 qubits; the circuit has 3"),
    ([0, 1, 1], "the layout names qubit 1 twice"),
    ([0, 1, 5], "the layout names qubit 5; sample has qubits 0 to 4"),
    ([0, 1, -1], "the layout names qubit -1; sample has qubits 0 to 4"),
    (
      [0, 1, 3],
      "sample does not couple qubits 1 and 3, which the entangler needs; it would cost 1 SWAP a layer, or fewer"
    ),
  ])
  func lists(_ given: [Int], _ answer: String) {
    #expect(Self.refusal(given, Ansatz(qubits: 3, layers: 1), Self.line) == answer)
  }

  @Test func listsThatFit() throws {
    #expect(try Layout([3, 2, 1], for: Ansatz(qubits: 3, layers: 1), on: Self.line).physical == [3, 2, 1])
  }

  @Test func ringOnALine() {
    let ring = Ansatz(qubits: 4, layers: 1, entangler: .ring)
    #expect(
      Self.refusal([0, 1, 2, 3], ring, Self.line)
        == "sample does not couple qubits 0 and 3, which the entangler needs; it would cost 2 SWAPs a layer, or fewer; "
        + "what fits without: linear, descending")
    do {
      _ = try Layout.best(for: ring, on: Self.line)
      Issue.record("a ring was found on a line")
    } catch {
      #expect(
        error.text == "sample has no qubits with the couplings that the entangler needs; on its best chain, "
          + "0, 1, 2, 3, it would cost 2 SWAPs a layer, or fewer; what fits without: linear, descending")
    }
  }

  @Test func unusableAndTooFew() throws {
    let device = Sample.device(3, [(0, 1, 0.01), (1, 2, 1)], errors: [1e-3, 1e-3, 1])
    let two = Ansatz(qubits: 2, layers: 1)
    #expect(Self.refusal([1, 2], two, device) == "qubit 2 of sample cannot be used: the error of sx is 1.0")
    #expect(throws: LayoutError.tooFewQubits(device: "sample", usable: 2, needed: 3)) {
      try Layout.best(for: Ansatz(qubits: 3, layers: 1), on: device)
    }
    #expect(try Layout.best(for: two, on: device).physical == [0, 1])
  }

  /// The best of all permutations, on random devices.
  @Test func bestIsTheBest() throws {
    var random = SplitMix(7)
    for round in 0..<40 {
      let count = 6
      var couplings: [(Int, Int, Double)] = []
      for a in 0..<count {
        for b in a + 1..<max(count, a + 1) where random.uniform < 0.5 { couplings.append((a, b, random.uniform * 0.1)) }
      }
      let device = Sample.device(count, couplings, errors: (0..<count).map { _ in random.uniform * 0.01 })
      let entangler: Entangler = [.linear, .ring, .descending, .allPairs][round % 4]
      let ansatz = Ansatz(qubits: round % 4 == 3 ? 3 : 4, layers: 2, entangler: entangler)
      var least = Double.infinity
      for given in permutations(count, ansatz.qubits) {
        if let layout = try? Layout(given, for: ansatz, on: device) {
          least = min(least, layout.cost(of: ansatz, on: device))
        }
      }
      let best = try? Layout.best(for: ansatz, on: device)
      #expect((best == nil) == (least == .infinity), "round \(round)")
      if let best { #expect(abs(best.cost(of: ansatz, on: device) - least) < 1e-12, "round \(round)") }
    }
  }

  private func permutations(_ count: Int, _ length: Int) -> [[Int]] {
    if length == 0 { return [[]] }
    return permutations(count, length - 1).flatMap { start in
      (0..<count).filter { !start.contains($0) }.map { start + [$0] }
    }
  }

  /// A chain from either end costs the same, whatever the rounding of its sum: the one that begins lower is taken.
  @Test(arguments: 0..<20) func chainsHaveABeginning(_ seed: Int) throws {
    var (errors, couplings): ([Double], [(Int, Int, Double)]) = ([], [])
    for qubit in 0..<8 {
      let place: Int = seed * 7 + qubit * 13
      errors.append(Double(1 + place % 11) / 7000)
      if qubit < 7 { couplings.append((qubit, qubit + 1, Double(1 + place % 7) / 300)) }
    }
    let device = Sample.device(8, couplings, errors: errors)
    let ansatz = Ansatz(qubits: 7, layers: 1, entangler: seed % 2 == 0 ? .linear : .descending)
    let layout = try Layout.best(for: ansatz, on: device).physical
    #expect(layout.first! < layout.last!)
  }
}

/// A small deterministic generator, so that a failing case can be run again.
private struct SplitMix {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }

  var uniform: Double {
    mutating get {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
  }
}
