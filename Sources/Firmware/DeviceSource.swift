import Files
import Kernel
import Models

/// A model's inference as one C99 file and its header, for devices without an operating system: single precision, no
/// heap, nothing but `math.h`.
///
/// The circuit is generated, not interpreted: a call a gate, matrices prepared. What lies outside the light cone of the
/// observables is left out.
public struct DeviceSource: Sendable {
  let model: Model
  let digest: String
  /// What all names begin with.
  let name: String
  /// The program and its version.
  let maker: String
  let program: GateProgram
  let probes: [DeviceProbe]

  /// - Parameters:
  ///   - name: an identifier of C; names and the header are called after it.
  ///   - maker: the program and its version.
  ///   - probes: samples with which the device tests itself.
  /// - Precondition: `isIdentifier(name)`.
  public init(_ model: Model, digest: String, name: String, maker: String, probes: Int) {
    precondition(Self.isIdentifier(name))
    self.model = model
    self.digest = digest
    self.name = name
    self.maker = maker
    program = GateProgram(model)
    self.probes = (0..<probes).map { DeviceProbe(model, seed: UInt32($0 + 1)) }
  }

  /// ASCII letters, digits and underscores, no digit first.
  public static func isIdentifier(_ name: String) -> Bool {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy {
      isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
    }
  }

  /// Numbers of a sample.
  public var inputs: Int {
    model.features?.columns ?? (model.encoder.isProduct ? model.ansatz.qubits : model.ansatz.amplitudes)
  }

  /// The state, which is static: bytes of RAM.
  public var stateBytes: Int { 8 * model.ansatz.amplitudes }

  /// Constants: bytes of flash.
  public var tableBytes: Int {
    4 * (turnTable.count + answerTable.count + (model.features.map { $0.mean.count + $0.components.count } ?? 0))
      + 4 * probes.count * model.logits
  }

  /// `[turn][a.re, a.im, b.re, b.im]`
  var turnTable: [Double] { program.turns.flatMap { $0 } }
  /// `[logit][scale, bias]`
  var answerTable: [Double] { zip(model.scales, model.biases).flatMap { [$0, $1] } }

  /// In capitals, for constants.
  var upper: String { name.uppercased() }
}
