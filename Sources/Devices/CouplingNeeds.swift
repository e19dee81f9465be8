import Kernel

/// The pairs of qubits that an entangler couples, whatever the direction and order.
struct CouplingNeeds {
  /// `[qubit]`: the others, in ascending order, with the number of gates a layer.
  private(set) var neighbours: [[(qubit: Int, uses: Int)]]

  init(_ ansatz: Ansatz) {
    var uses: [[Int: Int]] = Array(repeating: [:], count: ansatz.qubits)
    for pair in ansatz.entanglingPairs {
      uses[pair.control][pair.target, default: 0] += 1
      uses[pair.target][pair.control, default: 0] += 1
    }
    neighbours = uses.map { $0.sorted { $0.key < $1.key }.map { (qubit: $0.key, uses: $0.value) } }
  }

  /// The first pair that the device does not couple, as the circuit's qubits.
  func missing(_ physical: [Int], on device: Calibration) -> (Int, Int)? {
    for (qubit, others) in neighbours.enumerated() {
      for (other, _) in others where other > qubit {
        if device.coupling(physical[qubit], physical[other]) == nil { return (qubit, other) }
      }
    }
    return nil
  }

  /// SWAPs a layer: one fewer than the couplings of a shortest way between a gate's qubits, for each gate. An upper
  /// bound: a compiler that lets qubits wander may need fewer.
  func swaps(_ physical: [Int], on device: Calibration) -> Int? {
    var sum = 0
    for (qubit, others) in neighbours.enumerated() where !others.isEmpty {
      let distances = device.distances(from: physical[qubit])
      for (other, uses) in others where other > qubit {
        guard let distance = distances[physical[other]] else { return nil }
        sum += uses * (distance - 1)
      }
    }
    return sum
  }

  /// The named patterns that need no SWAP.
  static func fitting(_ physical: [Int], _ ansatz: Ansatz, on device: Calibration) -> [String] {
    let patterns: [(String, Entangler)] = [
      ("linear", .linear), ("descending", .descending), ("ring", .ring), ("all-pairs", .allPairs),
    ]
    return patterns.compactMap { name, entangler in
      let other = Ansatz(qubits: ansatz.qubits, layers: 1, entangler: entangler)
      return CouplingNeeds(other).missing(physical, on: device) == nil ? name : nil
    }
  }
}

extension Calibration {
  /// The usable couplings of a qubit's.
  func usableNeighbours() -> [[Int]] {
    var neighbours = [[Int]](repeating: [], count: qubits.count)
    for coupling in couplings
    where coupling.isUsable && qubits[coupling.first].isUsable && qubits[coupling.second].isUsable {
      neighbours[coupling.first].append(coupling.second)
      neighbours[coupling.second].append(coupling.first)
    }
    return neighbours
  }

  /// `[qubit]`: the couplings of a shortest way there; nil where there is none.
  func distances(from start: Int) -> [Int?] {
    let neighbours = usableNeighbours()
    var distances = [Int?](repeating: nil, count: qubits.count)
    distances[start] = 0
    var queue = [start]
    var next = 0
    while next < queue.count {
      let qubit = queue[next]
      next += 1
      for other in neighbours[qubit] where distances[other] == nil {
        distances[other] = distances[qubit]! + 1
        queue.append(other)
      }
    }
    return distances
  }
}
