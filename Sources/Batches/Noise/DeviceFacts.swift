/// What a report says of the device that a circuit ran on.
public struct DeviceFacts: Sendable, Equatable {
  /// As its maker names it.
  public let name: String
  /// SHA-256 of the calibration's file; nil of plain numbers.
  public let digest: String?
  /// `[qubit of the circuit]`: the physical qubit.
  public let layout: [Int]
  /// What was missing or absurd in the calibration, and what was done about it, a line each.
  public let findings: [String]

  package init(_ device: CircuitDevice) {
    name = device.calibration.name
    digest = device.digest
    layout = device.layout.physical
    findings = device.calibration.findings.map(\.text)
  }
}
