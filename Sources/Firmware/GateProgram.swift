import CSupport
import Circuits
import Kernel
import Models

/// The circuit's gates as a device without sines runs them: the rotations of a qubit in a layer become one matrix
/// [[a, −b*], [b, a*]], entangling gates stay as they are. What lies outside the light cone is left out.
struct GateProgram {
  /// A step, on bits of an amplitude's index.
  enum Step: Equatable {
    /// The turn of this number.
    case turn(bit: Int, Int)
    case cnot(control: Int, target: Int)
    case cz(Int, Int)
  }

  private(set) var steps: [Step] = []
  /// `[turn][a.re, a.im, b.re, b.im]`
  private(set) var turns: [[Double]] = []
  /// `[turn][x, y, z]`: the angles of RZ RY RX that a turn is, radians; 0 where a rotation is left out.
  private(set) var angles: [[Double]] = []

  init(_ model: Model) {
    let ansatz = model.ansatz
    var rest = Circuit(model).gates.filter(\.isSeen)[...]
    while let gate = rest.first {
      let bits = gate.qubits.map(ansatz.bit)
      if gate.kind == .cx || gate.kind == .cz {
        steps.append(gate.kind == .cx ? .cnot(control: bits[0], target: bits[1]) : .cz(bits[0], bits[1]))
        rest = rest.dropFirst()
        continue
      }
      let block = rest.prefix { $0.qubits == gate.qubits && $0.layer == gate.layer }
      steps.append(.turn(bit: bits[0], turns.count))
      angles.append([CircuitGate.Kind.rx, .ry, .rz].map { kind in block.first { $0.kind == kind }?.angle ?? 0 })
      turns.append(block.reduce([1, 0, 0, 0]) { Self.product(Self.matrix($1), $0) })
      rest = rest.dropFirst(block.count)
    }
  }

  /// `[turn][x, y, z]` in few bits.
  func codes(_ bits: AngleBits) -> [Int] { angles.flatMap { $0.map(bits.code) } }

  /// The bits of an index that it touches, as a mask.
  var touched: Int {
    steps.reduce(0) { mask, step in
      switch step {
      case .turn(let bit, _): mask | 1 << bit
      case .cnot(let a, let b), .cz(let a, let b): mask | 1 << a | 1 << b
      }
    }
  }

  /// exp(−iθP/2) = cos(θ/2) − i sin(θ/2) P.
  private static func matrix(_ gate: CircuitGate) -> [Double] {
    let (c, s) = (qkd_cos(gate.angle! / 2), qkd_sin(gate.angle! / 2))
    switch gate.kind {
    case .rx: return [c, 0, 0, -s]
    case .ry: return [c, 0, s, 0]
    default: return [c, -s, 0, 0]
    }
  }

  /// Left times right.
  private static func product(_ l: [Double], _ r: [Double]) -> [Double] {
    // a = l.a r.a − l.b* r.b, b = l.b r.a + l.a* r.b.
    [
      l[0] * r[0] - l[1] * r[1] - (l[2] * r[2] + l[3] * r[3]),
      l[0] * r[1] + l[1] * r[0] - (l[2] * r[3] - l[3] * r[2]),
      l[2] * r[0] - l[3] * r[1] + (l[0] * r[2] + l[1] * r[3]),
      l[2] * r[1] + l[3] * r[0] + (l[0] * r[3] - l[1] * r[2]),
    ]
  }
}
