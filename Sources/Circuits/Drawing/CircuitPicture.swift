import Models

/// A circuit as columns of symbols, whatever they are drawn with: per layer one column of rotations, then gates of two
/// qubits, as many in a column as do not cross.
public struct CircuitPicture: Sendable {
  /// Two qubits' gate, or, of an autoencoder, the three couplings of a pair.
  struct Pair: Sendable, Equatable {
    let kind: CircuitGate.Kind
    let first: Int, second: Int
    let isSeen: Bool

    var span: ClosedRange<Int> { min(first, second)...max(first, second) }
  }

  enum Column: Sendable, Equatable {
    /// `[qubit]`: whether its rotations can change an answer.
    case rotations([Bool])
    case pairs([Pair])
  }

  /// Layers that follow one another and look alike.
  struct Panel: Sendable {
    let columns: [Column]
    var layers: ClosedRange<Int>
    let isFinalRotation: Bool

    var title: String {
      if isFinalRotation { return "final" }
      return layers.count == 1 ? "layer \(layers.lowerBound)" : "layers \(layers.lowerBound) to \(layers.upperBound)"
    }
  }

  let qubits: Int
  let panels: [Panel]
  /// `[qubit]`: what is read out, `Z` or `XZ`; of an autoencoder `latent` and `trash`.
  let endings: [String]
  let hasCouplings: Bool
  let hasUnseen: Bool

  public init(_ circuit: Circuit, model: Model?) {
    qubits = circuit.qubits
    hasUnseen = circuit.gates.contains { !$0.isSeen }
    hasCouplings = circuit.latent != nil
    var panels: [Panel] = []
    var rest = circuit.gates[...]
    while let layer = rest.first?.layer {
      let gates = rest.prefix { $0.layer == layer }
      rest = rest.dropFirst(gates.count)
      let isFinal = rest.isEmpty && layer > 0 && layer == model?.ansatz.layers
      let columns = Self.columns(gates, qubits: circuit.qubits)
      if let last = panels.last, last.columns == columns, !isFinal {
        panels[panels.count - 1].layers = last.layers.lowerBound...layer
      } else {
        panels.append(Panel(columns: columns, layers: layer...layer, isFinalRotation: isFinal))
      }
    }
    self.panels = panels
    endings = (0..<circuit.qubits).map { qubit in
      if let latent = circuit.latent { return qubit < latent ? "latent" : "trash" }
      return ["X", "Y", "Z"].filter { letter in
        model!.observables.contains { observable in
          observable.terms.contains { $0.factors.contains { $0.qubit == qubit && String($0.pauli) == letter } }
        }
      }.joined()
    }
  }

  private static func columns(_ gates: ArraySlice<CircuitGate>, qubits: Int) -> [Column] {
    var rotations = [Bool](repeating: false, count: qubits)
    var columns: [[Pair]] = []
    for gate in gates {
      if gate.qubits.count == 1 {
        if gate.isSeen { rotations[gate.qubits[0]] = true }
        continue
      }
      // The three couplings of a pair are one symbol.
      if gate.kind == .ryy || gate.kind == .rzz { continue }
      let pair = Pair(kind: gate.kind, first: gate.qubits[0], second: gate.qubits[1], isSeen: gate.isSeen)
      let earliest = columns.lastIndex { $0.contains { $0.span.overlaps(pair.span) } }.map { $0 + 1 } ?? 0
      if earliest < columns.count { columns[earliest].append(pair) } else { columns.append([pair]) }
    }
    return [.rotations(rotations)] + columns.map(Column.pairs)
  }
}
