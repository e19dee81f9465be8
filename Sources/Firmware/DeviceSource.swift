import Kernel
import Models

/// A model's inference as one C99 file and its header, for devices without an operating system: single precision, no
/// heap, nothing but `math.h`.
///
/// The circuit is generated, not interpreted: a call a gate, matrices prepared, or a form a logit. What lies outside
/// the light cone of the observables is left out.
public struct DeviceSource: Sendable {
  let model: Model
  let digest: String
  /// What all names begin with.
  let name: String
  /// The program and its version.
  let maker: String
  let inference: Inference
  /// Of angles; nil: not rounded.
  let bits: AngleBits?
  let probes: [DeviceProbe]

  /// - Parameters:
  ///   - name: an identifier of C; names and the header are called after it.
  ///   - maker: the program and its version.
  ///   - probes: samples with which the device tests itself.
  ///   - method: nil: what needs fewer bytes.
  ///   - bits: that the model's angles are rounded to; nil: they are not.
  /// - Returns: nil where the method cannot be: a form whose light cone is too wide.
  /// - Precondition: `isIdentifier(name)`.
  public init?(
    _ model: Model, digest: String, name: String, maker: String, probes: Int, method: DeviceMethod?, bits: AngleBits?
  ) {
    precondition(Self.isIdentifier(name))
    guard let inference = Self.ways(model, method, bits).first else { return nil }
    self.model = model
    self.digest = digest
    self.name = name
    self.maker = maker
    self.inference = inference
    self.bits = bits
    self.probes = (0..<probes).map { DeviceProbe(model, seed: UInt32($0 + 1)) }
  }

  /// What each method that can be needs, the least first.
  /// - Parameter method: nil: each.
  public static func needs(_ model: Model, method: DeviceMethod?, bits: AngleBits?) -> [DeviceNeeds] {
    ways(model, method, bits).map { $0.needs(model) }
  }

  private static func ways(_ model: Model, _ method: DeviceMethod?, _ bits: AngleBits?) -> [Inference] {
    let methods = method.map { [$0] } ?? DeviceMethod.allCases
    return methods.compactMap { Inference($0, model, bits: bits) }.sorted { $0.needs(model) < $1.needs(model) }
  }

  /// ASCII letters, digits and underscores, no digit first.
  public static func isIdentifier(_ name: String) -> Bool {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy {
      isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "_")
    }
  }

  /// Light cones of more qubits have no form.
  public static let widestForm = HermitianForm.mostQubits

  /// Numbers of a sample.
  public var inputs: Int { DeviceInterface.inputs(model) }

  public var method: DeviceMethod { inference.needs(model).method }

  /// What is static: bytes of RAM.
  public var stateBytes: Int { inference.needs(model).state + (scalesItself ? 4 : 0) }

  /// Constants: bytes of flash.
  public var tableBytes: Int {
    inference.needs(model).constants
      + 4 * (answerTable.count + (model.features.map { $0.mean.count + $0.components.count } ?? 0))
      + 4 * probes.count * model.logits
  }

  /// A sample and its logits, which are the caller's: bytes of RAM.
  public var callerBytes: Int { 4 * (inputs + model.logits) }

  /// `[logit][scale, bias]`
  var answerTable: [Double] { zip(model.scales, model.biases).flatMap { [$0, $1] } }

  /// Whether a sample's norm is kept beside it, which stays as it is.
  var scalesItself: Bool {
    if case .forms = inference { return model.encoder == .amplitude }
    return false
  }

  var isClassifier: Bool { model.task == .classification }

  /// The text of the header.
  public var header: String {
    let way: String
    switch inference {
    case .gates(_, nil): way = "by gates, matrices prepared"
    case .gates(_, let bits?): way = "by gates, angles rounded to \(bits.rawValue) bits"
    case .forms(let forms):
      way =
        "by Hermitian forms on \(forms.map { "\($0.cone.nonzeroBitCount)" }.joined(separator: ", ")) qubits"
        + (bits.map { ", angles rounded to \($0.rawValue) bits" } ?? "")
    }
    return DeviceInterface(
      model: model, digest: digest, name: name, maker: maker, probes: probes.count,
      remarks: [way, "static RAM \(stateBytes) bytes, constants \(tableBytes) bytes of flash"]
    ).header
  }

  /// In capitals, for constants.
  var upper: String { name.uppercased() }
}
