import Files
import Measurement

/// A circuit in OpenQASM (2: arXiv 1707.03429; 3: openqasm.com), so that every reader takes it without a warning.
///
/// - Version 3 has no include, which PennyLane and Braket refuse: gates are defined here. `ctrl @ U(0, 0, pi)` is the
///   same in 3.0 and 3.1, which differ by a phase in θ. Qubits are single (`qubit q0;`): PennyLane cannot call a gate
///   that a file defines on an element of a register.
/// - Braket has a dialect, its own gates without definitions: its simulator (1.41.2) loses `ctrl @ U` of qubits that
///   are no neighbours, without a word, and a file's definition goes before its own gate of that name.
/// - Version 2 includes `qelib1.inc`, which all readers have, but not all with `rxx`, `ryy`, `rzz`.
/// - Every rotation is written, angles of 0 too: Braket drops qubits that no gate touches.
/// - A number with an exponent has a decimal point, which strict readers ask for.
/// - Nothing stands behind a measurement, not even on other qubits.
struct OpenQASM {
  enum Dialect {
    case version2, version3, braket
  }

  let dialect: Dialect
  let export: CircuitExport
  /// The setting to measure; nil: none.
  let setting: Int?

  var text: String {
    let preparation: [CircuitGate] = if case .gates(let gates) = export.preparation { gates } else { [] }
    let gates = preparation + export.circuit.gates + basisChanges
    return (head + definitions(for: gates) + declarations + gates.map(line) + measurements)
      .joined(separator: "\n") + "\n"
  }

  private var isVersion3: Bool { dialect != .version2 }

  private var head: [String] {
    ["OPENQASM \(isVersion3 ? "3.0" : "2.0");"] + export.notes(setting: setting).map { "// " + $0 }
      + (dialect == .version3 ? ["// for Amazon Braket: --format braket, its own gates"] : [])
      + (isVersion3 ? [] : ["include \"qelib1.inc\";"])
  }

  /// What the file has to define: in version 3 every gate that occurs, and what those are made of; for Braket none.
  private func definitions(for gates: [CircuitGate]) -> [String] {
    if dialect == .braket { return [] }
    let couples = gates.contains { $0.angle != nil && $0.qubits.count == 2 }
    return Self.definitions.filter { kind, _ in
      switch kind {
      case .rxx, .ryy, .rzz: couples
      case .rx, .ry, .rz: isVersion3
      case .cx, .cz: isVersion3 && (couples || gates.contains { $0.qubits.count == 2 })
      }
    }.map(\.definition)
  }

  private static let definitions: [(kind: CircuitGate.Kind, definition: String)] = [
    (.rx, "gate rx(a) t { U(a, -pi/2, pi/2) t; }"),
    (.ry, "gate ry(a) t { U(a, 0, 0) t; }"),
    (.rz, "gate rz(a) t { U(0, 0, a) t; }"),
    (.cz, "gate cz c, t { ctrl @ U(0, 0, pi) c, t; }"),
    (.cx, "gate cx c, t { U(pi/2, 0, pi) t; cz c, t; U(pi/2, 0, pi) t; }"),
    (.rxx, "gate rxx(a) s, t { cx s, t; rx(a) s; cx s, t; }"),
    (.ryy, "gate ryy(a) s, t { rz(-pi/2) s; rz(-pi/2) t; cx s, t; rx(a) s; cx s, t; rz(pi/2) s; rz(pi/2) t; }"),
    (.rzz, "gate rzz(a) s, t { cx s, t; rz(a) t; cx s, t; }"),
  ]

  private var declarations: [String] {
    let qubits = export.circuit.qubits
    var lines = isVersion3 ? (0..<qubits).map { "qubit q\($0);" } : ["qreg q[\(qubits)];"]
    if let setting, !letters.isEmpty {
      let register = Measurement.Setting.register(setting)
      lines.append(isVersion3 ? "bit[\(letters.count)] \(register);" : "creg \(register)[\(letters.count)];")
    }
    return lines
  }

  private var letters: [(qubit: Int, pauli: Character)] { setting.map { export.settings[$0].letters } ?? [] }

  /// Ry(−π/2)† Z Ry(−π/2) = X, Rx(π/2)† Z Rx(π/2) = Y.
  private var basisChanges: [CircuitGate] {
    letters.compactMap { letter in
      switch letter.pauli {
      case "X": CircuitGate(.ry, [letter.qubit], angle: -Double.pi / 2, layer: 0)
      case "Y": CircuitGate(.rx, [letter.qubit], angle: Double.pi / 2, layer: 0)
      default: nil
      }
    }
  }

  private var measurements: [String] {
    guard let setting else { return [] }
    return letters.enumerated().map { index, letter in
      let bit = "\(Measurement.Setting.register(setting))[\(index)]"
      return isVersion3 ? "\(bit) = measure \(name(letter.qubit));" : "measure \(name(letter.qubit)) -> \(bit);"
    }
  }

  private func name(_ qubit: Int) -> String { isVersion3 ? "q\(qubit)" : "q[\(qubit)]" }

  private func name(_ kind: CircuitGate.Kind) -> String {
    if dialect != .braket { return kind.rawValue }
    return switch kind {
    case .cx: "cnot"
    case .rxx, .ryy, .rzz: String(kind.rawValue.dropFirst())
    default: kind.rawValue
    }
  }

  private func line(_ gate: CircuitGate) -> String {
    let parameter = gate.angle.map { "(\(Self.number($0)))" } ?? ""
    return name(gate.kind) + parameter + " " + gate.qubits.map(name).joined(separator: ", ") + ";"
  }

  private static func number(_ value: Double) -> String {
    let text = JSON.numberText(value)
    guard let exponent = text.firstIndex(of: "e"), !text.utf8.contains(UInt8(ascii: ".")) else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}
