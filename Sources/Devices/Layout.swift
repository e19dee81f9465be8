import Kernel

/// Which physical qubit each of a circuit's qubits is, checked against a device.
public struct Layout: Sendable, Equatable {
  /// `[qubit of the circuit]`
  public let physical: [Int]

  /// Takes a list as it is given.
  /// - Throws: where the circuit cannot run there as it stands.
  public init(_ given: [Int], for ansatz: Ansatz, on device: Calibration) throws(LayoutError) {
    guard given.count == ansatz.qubits else {
      throw .wrongCount(given: given.count, needed: ansatz.qubits)
    }
    var seen: Set<Int> = []
    for qubit in given {
      guard device.qubits.indices.contains(qubit) else {
        throw .absent(qubit: qubit, device: device.name, count: device.qubits.count)
      }
      guard seen.insert(qubit).inserted else { throw .twice(qubit: qubit) }
      guard device.qubits[qubit].isUsable else {
        let why = device.findings.first { $0.place == .qubit(qubit) }
        throw .unusable(qubit: qubit, device: device.name, why: why?.given ?? "it has no calibration")
      }
    }
    try Layout.checkCouplings(given, ansatz, device)
    physical = given
  }

  /// Of those that a search has checked.
  init(checked: [Int]) { physical = checked }

  /// - Throws: `.notCoupled` with what the circuit would cost there, where a gate's qubits are not coupled.
  private static func checkCouplings(
    _ given: [Int], _ ansatz: Ansatz, _ device: Calibration
  ) throws(LayoutError) {
    let needs = CouplingNeeds(ansatz)
    guard let missing = needs.missing(given, on: device) else { return }
    throw .notCoupled(
      a: given[missing.0], b: given[missing.1], device: device.name, swaps: needs.swaps(given, on: device),
      fitting: CouplingNeeds.fitting(given, ansatz, on: device))
  }

  /// −ln of the probability that nothing goes wrong, gates and readout taken as independent: what `best` minimises.
  public func cost(of ansatz: Ansatz, on device: Calibration) -> Double {
    let costs = LayoutCosts(ansatz, device)
    let needs = CouplingNeeds(ansatz)
    var sum = 0.0
    for (qubit, place) in physical.enumerated() {
      sum += costs.qubit(place)
      for (other, uses) in needs.neighbours[qubit] where other < qubit {
        sum += Double(uses) * (costs.pair(place, physical[other]) ?? .infinity)
      }
    }
    return sum
  }
}

/// Why a circuit cannot run on the qubits that it was to run on.
public enum LayoutError: Error, Sendable, Equatable {
  case wrongCount(given: Int, needed: Int)
  case tooFewQubits(device: String, usable: Int, needed: Int)
  case absent(qubit: Int, device: String, count: Int)
  case twice(qubit: Int)
  case unusable(qubit: Int, device: String, why: String)
  /// A gate's qubits a and b are not coupled. `swaps`: how many SWAPs a layer would cost there, each gate's qubits
  /// brought together and back by shortest ways; nil where some are not connected at all. `fitting`: the patterns that
  /// need none.
  case notCoupled(a: Int, b: Int, device: String, swaps: Int?, fitting: [String])
  /// No qubits of the device have the couplings. `best` is the chain with the smallest error for a linear entangler.
  case noPlace(device: String, swaps: Int?, best: [Int]?, fitting: [String])
  /// The search was given up after so many steps.
  case tooManyWays(device: String, steps: Int)

  public var text: String {
    switch self {
    case .wrongCount(let given, let needed): "the layout has \(given) qubits; the circuit has \(needed)"
    case .tooFewQubits(let device, let usable, let needed):
      "\(device) has \(usable) usable qubit\(usable == 1 ? "" : "s"); the circuit has \(needed)"
    case .absent(let qubit, let device, let count):
      "the layout names qubit \(qubit); \(device) has qubits 0 to \(count - 1)"
    case .twice(let qubit): "the layout names qubit \(qubit) twice"
    case .unusable(let qubit, let device, let why): "qubit \(qubit) of \(device) cannot be used: \(why)"
    case .notCoupled(let a, let b, let device, let swaps, let fitting):
      "\(device) does not couple qubits \(a) and \(b), which the entangler needs; "
        + LayoutError.remedy(swaps, fitting)
    case .noPlace(let device, let swaps, let best, let fitting):
      "\(device) has no qubits with the couplings that the entangler needs; "
        + (best.map { "on its best chain, \($0.map(String.init).joined(separator: ", ")), " } ?? "")
        + LayoutError.remedy(swaps, fitting)
    case .tooManyWays(let device, let steps):
      "\(device) has so many layouts that \(steps) steps did not find the best one: give the layout as a list"
    }
  }

  private static func remedy(_ swaps: Int?, _ fitting: [String]) -> String {
    let cost =
      swaps.map { "it would cost \($0) SWAP\($0 == 1 ? "" : "s") a layer, or fewer" }
      ?? "no number of SWAPs brings them together"
    return cost + (fitting.isEmpty ? "" : "; what fits without: \(fitting.joined(separator: ", "))")
  }
}
