/// How a source computes logits.
public enum DeviceMethod: String, Sendable, CaseIterable {
  /// The state goes through the gates.
  case gates
  /// Gates and observable of each logit are folded into a Hermitian form; samples of amplitudes stay where they are.
  case forms
}

/// What a source needs besides its code.
public struct DeviceNeeds: Sendable, Equatable {
  public let method: DeviceMethod
  /// Constants, bytes of flash.
  public let constants: Int
  /// Static, bytes of RAM, besides the caller's sample and logits.
  public let state: Int
  /// Multiplications and additions in pairs, a sample; encoding left out.
  public let operations: Int

  /// Fewer bytes, or as many and fewer operations.
  static func < (left: DeviceNeeds, right: DeviceNeeds) -> Bool {
    (left.constants + left.state, left.operations) < (right.constants + right.state, right.operations)
  }
}
