import Glibc
import Kernel

/// What a circuit's use of each qubit and coupling costs: −ln(1 − error) of all that happens there.
struct LayoutCosts {
  private let qubits: [Double]
  private let pairs: [[Int: Double]]

  init(_ ansatz: Ansatz, _ device: Calibration) {
    let pulses = Double(Calibration.pulsesInBlock * ansatz.rotationLayers)
    qubits = device.qubits.map { qubit in
      guard qubit.isUsable, let gate = qubit.gate else { return .infinity }
      let misread = (qubit.readout.oneForZero + qubit.readout.zeroForOne) / 2
      return LayoutCosts.loss(misread) + pulses * LayoutCosts.loss(gate.error)
    }
    var pairs = [[Int: Double]](repeating: [:], count: device.qubits.count)
    for coupling in device.couplings where device.coupling(coupling.first, coupling.second) != nil {
      let cost = Double(ansatz.layers) * LayoutCosts.loss(coupling.gate.error)
      pairs[coupling.first][coupling.second] = cost
      pairs[coupling.second][coupling.first] = cost
    }
    self.pairs = pairs
  }

  private static func loss(_ error: Double) -> Double { -log1p(-min(error, 1)) }

  func qubit(_ qubit: Int) -> Double { qubits[qubit] }

  /// Of one gate a layer; nil where the two are not coupled.
  func pair(_ a: Int, _ b: Int) -> Double? { pairs[a][b] }

  func partners(_ qubit: Int) -> [Int: Double] { pairs[qubit] }

  var smallestPair: Double { pairs.lazy.flatMap(\.values).min() ?? 0 }
  var smallestQubit: Double { qubits.min() ?? 0 }
}

extension Layout {
  /// The search goes no further than this: a chain or ring on any device of today takes a small part of it.
  public static let mostSteps = 20_000_000

  /// The layout with the smallest cost of all that have the couplings that the entangler needs: an exact search, by
  /// depth first with a bound. Of those equal to 1e-12 the first in the order of physical qubits, qubit 0's first.
  public static func best(for ansatz: Ansatz, on device: Calibration) throws(LayoutError) -> Layout {
    let usable = device.qubits.filter(\.isUsable).count
    guard usable >= ansatz.qubits else {
      throw .tooFewQubits(device: device.name, usable: usable, needed: ansatz.qubits)
    }
    var search = LayoutSearch(ansatz, device)
    search.run()
    if search.steps > mostSteps { throw .tooManyWays(device: device.name, steps: mostSteps) }
    if let found = search.best { return Layout(checked: found) }
    let chain = Ansatz(qubits: ansatz.qubits, layers: ansatz.layers, finalRotation: ansatz.finalRotation)
    var other = LayoutSearch(chain, device)
    other.run()
    let needs = CouplingNeeds(ansatz)
    throw .noPlace(
      device: device.name,
      swaps: (other.best ?? device.gathered(ansatz.qubits, needs)).flatMap { needs.swaps($0, on: device) },
      best: other.best, fitting: other.best.map { CouplingNeeds.fitting($0, ansatz, on: device) } ?? [])
  }
}

extension Calibration {
  /// Connected qubits, with few SWAPs for what a circuit needs, where no chain has them: those met first on a walk
  /// depth first from each qubit; nil where no so many are connected.
  fileprivate func gathered(_ count: Int, _ needs: CouplingNeeds) -> [Int]? {
    let neighbours = usableNeighbours()
    func walk(from start: Int) -> [Int] {
      var (found, seen, stack) = ([Int](), Set<Int>(), [start])
      while let qubit = stack.popLast(), found.count < count {
        guard seen.insert(qubit).inserted else { continue }
        found.append(qubit)
        // The ends of branches first, so that the walk returns along few of them.
        stack += neighbours[qubit].filter { !seen.contains($0) }.sorted { neighbours[$0].count > neighbours[$1].count }
      }
      return found
    }
    let walks = qubits.indices.filter { qubits[$0].isUsable }.map(walk).filter { $0.count == count }
    return walks.min { (needs.swaps($0, on: self) ?? .max) < (needs.swaps($1, on: self) ?? .max) }
  }
}

private struct LayoutSearch {
  let needs: CouplingNeeds
  let costs: LayoutCosts
  /// The circuit's qubits, each after one that it is coupled with where there is one.
  let order: [Int]
  /// A bound from below of what the qubits from here on in the order cost.
  let rest: [Double]
  let count: Int
  private(set) var best: [Int]?
  private(set) var steps = 0
  /// A chain costs as much from either end, summed in another order.
  private static let tolerance = 1e-12
  private var bestCost = Double.infinity
  /// `[qubit of the circuit]`, −1 where none is chosen; and the other way round.
  private var chosen: [Int]
  private var isTaken: [Bool]

  init(_ ansatz: Ansatz, _ device: Calibration) {
    needs = CouplingNeeds(ansatz)
    costs = LayoutCosts(ansatz, device)
    count = device.qubits.count
    chosen = Array(repeating: -1, count: ansatz.qubits)
    isTaken = Array(repeating: false, count: count)
    order = LayoutSearch.order(needs, ansatz.qubits)
    var bounds = [0.0]
    for (position, qubit) in order.enumerated().reversed() {
      let earlier = Set(order[..<position])
      let uses = needs.neighbours[qubit].filter { earlier.contains($0.qubit) }.reduce(0) { $0 + $1.uses }
      bounds.append(bounds.last! + costs.smallestQubit + Double(uses) * costs.smallestPair)
    }
    rest = bounds.reversed()
  }

  private static func order(_ needs: CouplingNeeds, _ count: Int) -> [Int] {
    var order: [Int] = []
    for start in 0..<count where !order.contains(start) {
      var queue = [start]
      while !queue.isEmpty {
        let qubit = queue.removeFirst()
        if order.contains(qubit) { continue }
        order.append(qubit)
        queue += needs.neighbours[qubit].map(\.qubit)
      }
    }
    return order
  }

  mutating func run() { descend(0, cost: 0) }

  private mutating func descend(_ position: Int, cost: Double) {
    if position == order.count {
      (best, bestCost) = (chosen, cost)
      return
    }
    let qubit = order[position]
    let placed = needs.neighbours[qubit].filter { chosen[$0.qubit] >= 0 }
    let candidates = placed.first.map { costs.partners(chosen[$0.qubit]).keys.sorted() } ?? Array(0..<count)
    for candidate in candidates where !isTaken[candidate] {
      steps += 1
      if steps > Layout.mostSteps { return }
      var next = cost + costs.qubit(candidate)
      for other in placed {
        next += Double(other.uses) * (costs.pair(candidate, chosen[other.qubit]) ?? .infinity)
      }
      // Not better than what is known, however good the rest is; what rounding tells apart is equal.
      if !(next + rest[position + 1] < bestCost - LayoutSearch.tolerance) { continue }
      chosen[qubit] = candidate
      isTaken[candidate] = true
      descend(position + 1, cost: next)
      chosen[qubit] = -1
      isTaken[candidate] = false
    }
  }
}
