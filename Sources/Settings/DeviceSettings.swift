import Files

/// The quantum device that a circuit runs on: a maker's calibration, or a few numbers for every qubit alike.
public struct DeviceSettings: Sendable, Equatable {
  /// The calibration that the device's maker publishes; empty: none.
  public var path = ""
  /// `[qubit of the circuit]`: the physical qubit; empty: those with the smallest error.
  public var layout: [Int] = []
  /// Seconds; nil: nothing decays.
  public var t1: Double?
  public var t2: Double?
  /// Average infidelities of a pulse, two of which make a block of RX, RY, RZ, and of a pair's gate.
  public var pulseError = 0.0
  public var pairError = 0.0
  /// Seconds.
  public var pulseSeconds = 0.0
  public var pairSeconds = 0.0
  /// P(1|0), P(0|1).
  public var oneForZero = 0.0
  public var zeroForOne = 0.0
  /// How often each sample runs through the circuit, with noise that is drawn; 0: noise is folded exactly.
  public var trajectories = 0

  public init() {}

  /// Whether numbers are given.
  var hasNumbers: Bool {
    t1 != nil || t2 != nil || pulseError > 0 || pairError > 0 || oneForZero > 0 || zeroForOne > 0
  }

  /// Whether circuits run on a device; without, they are ideal.
  public var isUsed: Bool { !path.isEmpty || hasNumbers }
}

extension SettingKey {
  static var device: [SettingKey] {
    [
      SettingKey(
        "device.file", \.device.path, .path, flags: ["device"], for: .readsFiles, .content,
        "Calibration of the device that circuits run on: JSON of IBM or Braket"),
      SettingKey(
        "device.layout", \.device.layout, .layout, flags: ["layout"], for: .readsFiles, .valueUnlessDefault,
        "Physical qubit of each of the circuit's; best: those with the smallest error"),
      SettingKey(
        "device.t1", \.device.t1, ValueKind.seconds.orNone("none"), for: .readsFiles, .valueUnlessDefault,
        "Instead of a file, of every qubit: relaxation time T1, in seconds"),
      SettingKey(
        "device.t2", \.device.t2, ValueKind.seconds.orNone("none"), for: .readsFiles, .valueUnlessDefault,
        "Dephasing time T2, at most 2 T1, in seconds"),
      error("pulse-error", \.device.pulseError, most: 0.49, "Error of a pulse, of which a block RX, RY, RZ has two"),
      error("pair-error", \.device.pairError, most: 0.74, "Error of a pair's entangling gate"),
      length("pulse-seconds", \.device.pulseSeconds, "How long a pulse takes"),
      length("pair-seconds", \.device.pairSeconds, "How long a pair's gate takes"),
      error("read-one-for-zero", \.device.oneForZero, most: 1, "P(1|0): a qubit in 0 is read as 1"),
      error("read-zero-for-one", \.device.zeroForOne, most: 1, "P(0|1): a qubit in 1 is read as 0"),
      SettingKey(
        "device.trajectories", \.device.trajectories, .integer(0...1 << 20), flags: ["trajectories"],
        for: [.evaluate], .valueUnlessDefault,
        "Runs of each sample with noise that is drawn; 0: noise is computed exactly"),
    ]
  }

  private static func error(
    _ name: String, _ path: WritableKeyPath<Settings, Double> & Sendable, most: Double, _ summary: String
  ) -> SettingKey {
    SettingKey("device.\(name)", path, .number(0...most), for: .readsFiles, .valueUnlessDefault, summary)
  }

  private static func length(
    _ name: String, _ path: WritableKeyPath<Settings, Double> & Sendable, _ summary: String
  ) -> SettingKey {
    SettingKey("device.\(name)", path, .number(0...1), for: .readsFiles, .valueUnlessDefault, summary + ", in seconds")
  }
}

extension ValueKind where Value == Double {
  fileprivate static var seconds: Self {
    .number("a number of seconds above 0, up to 1e6") { $0 > 0 && $0 <= 1e6 }
  }
}

extension ValueKind where Value == [Int] {
  /// Physical qubits.
  static var layout: Self {
    ValueKind(
      "physical qubits, one for each of the circuit's, e.g. [5, 3, 1]; or \"best\"", placeholder: "n,n…|best",
      read: { value in
        if value.asString == "best" { return [] }
        guard let elements = value.asArray, !elements.isEmpty else { return nil }
        let numbers = elements.compactMap(\.asInteger)
        return numbers.count == elements.count ? numbers : nil
      }, holds: { $0.allSatisfy((0..<1 << 20).contains) },
      json: { $0.isEmpty ? .string("best") : .array($0.map { .integer($0) }) })
  }
}
