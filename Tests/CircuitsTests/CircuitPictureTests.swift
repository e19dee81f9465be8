import Circuits
import Foundation
import Kernel
import Models
import Testing

/// Drawings, whole.
@Suite struct CircuitPictureTests {
  private func model(_ ansatz: Ansatz, _ observables: String...) throws -> Model {
    Model(
      ansatz: ansatz, observables: try observables.map { try Observable($0) },
      angles: .init(repeating: 0.1, count: ansatz.parameterCount), scales: observables.map { _ in 1 },
      biases: observables.map { _ in 0 }, encoder: .state)
  }

  private func text(_ model: Model, _ canvas: TextCanvas) -> String {
    CircuitPicture(Circuit(model), model: model).text(canvas)
  }

  @Test func symbols() throws {
    let model = try model(Ansatz(qubits: 3, layers: 1, entangler: .ring, finalRotation: true), "Z0", "X1*Y0")
    #expect(
      text(model, TextCanvas(isUnicode: true, dims: false)) == """
           layer 0     final
        q0 ─R──●─────⊕──R──── YZ
               │     │
        q1 ─R──⊕──●──┼──R──── X
                  │  │
        q2 ─R─────⊕──●──r────

        R: RX, RY, RZ; at the right, what is read out
        r, ○, ◇: outside the light cone, so without influence on any answer

        """)
    let ascii = text(model, TextCanvas(isUnicode: false, dims: false))
    #expect(ascii.contains("q1 -R--X--@--+--R---- X\n") && ascii.utf8.allSatisfy { $0 < 128 })
    let dimmed = text(model, TextCanvas(isUnicode: true, dims: true))
    #expect(dimmed.contains("●──\u{1B}[2mR\u{1B}[22m──") && dimmed.contains("dimmed: outside the light cone"))
    let picture = CircuitPicture(Circuit(model), model: model)
    let svg = picture.svg(title: "a <b> & \"c\"\u{1}")
    #expect(XMLCheck.isWellFormed(svg) && svg.contains("<g opacity=\"0.25\">") && svg.contains("a &lt;b&gt; &amp;"))
  }

  @Test func whatIsOutsideTheCone() throws {
    let model = try model(Ansatz(qubits: 3, layers: 1, entanglingGate: .cz), "Z0")
    #expect(
      text(model, TextCanvas(isUnicode: true, dims: false)).hasPrefix(
        """
           layer 0
        q0 ─R──○──── Z
               │
        q1 ─r──○──○─
                  │
        q2 ─r─────○─

        """))
  }

  /// Lines stay within the width, whatever the circuit; layers that look alike are drawn once.
  @Test(arguments: [40, 80, 120]) func widths(columns: Int) throws {
    for (qubits, layers) in [(1, 1), (2, 30), (7, 3), (15, 10), (26, 2)] {
      for entangler in [Entangler.linear, .ring, .descending, .allPairs] {
        let ansatz = Ansatz(qubits: qubits, layers: layers, entangler: entangler, finalRotation: true)
        let model = try model(ansatz, "Z0", "Z\(qubits - 1)")
        let drawn = text(model, TextCanvas(columns: columns, isUnicode: true, dims: false))
        let lines = drawn.split(separator: "\n", omittingEmptySubsequences: false)
        let longest = lines.prefix { !$0.isEmpty || $0.hasPrefix("R:") }.map(\.count).max() ?? 0
        #expect(longest <= columns, "\(qubits) qubits, \(entangler)")
        #expect(drawn.contains("layer") && drawn.contains("final"))
        if layers == 30 { #expect(lines.count < 20, "\(drawn)") }
      }
    }
  }

  @Test func wordsOfAutoencoders() {
    let ansatz = AutoencoderAnsatz(qubits: 3, latent: 1, layers: 2)
    let autoencoder = Autoencoder(ansatz: ansatz, parameters: .init(repeating: 0.1, count: ansatz.parameterCount))
    #expect(
      CircuitWords.text(autoencoder).last
        == "What then is on qubit 0 is the compressed state, mixed; the other qubits are discarded.")
    let drawn = CircuitPicture(Circuit(autoencoder), model: nil).text(TextCanvas(isUnicode: true, dims: false))
    #expect(drawn.hasPrefix("   layers 0 to 1\nq0 ─R──◆──◆─"), "\(drawn)")
  }
}

/// Whether a text is well-formed XML; without a parser of XML in the base library only elements are counted.
private enum XMLCheck {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      guard !rest[..<start].contains(">"), let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        if open.popLast() != tag.dropFirst() { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
    }
    return open.isEmpty && !text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" }
  }
}
