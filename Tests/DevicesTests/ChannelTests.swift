import Devices
import Kernel
import Testing

@Suite struct ChannelTests {
  private static func infidelity(_ channel: QubitChannel) -> Double {
    1 - ((0..<4).reduce(0) { $0 + channel.entry($1, $1) } / 2 + 1) / 3
  }

  private static func infidelity(_ channel: PairChannel) -> Double {
    1 - ((0..<16).reduce(0) { $0 + channel.entry($1, $1) } / 4 + 1) / 5
  }

  /// Relaxation and depolarising together have the published error, and are physical.
  @Test func channelsHaveTheErrorOfTheGate() throws {
    let device = try Sample.read(Sample.ibm())
    #expect(abs(Self.infidelity(device.pulseChannel(1)) - 0.0003) < 1e-15)
    let coupling = try #require(device.coupling(1, 2))
    let pair = device.pairChannel(coupling, control: 2, target: 1)
    #expect(abs(Self.infidelity(pair) - 0.008) < 1e-15)
    try device.pulseChannel(1).check()
    try device.blockChannel(1).check()
    try pair.check()
    #expect(!pair.mixesRows)
  }

  /// Where relaxation alone is worse than what is published nothing is added.
  @Test func relaxationMayExplainAll() throws {
    let device = try Sample.read(Sample.ibm(t1: "1", t2: "1"))
    let channel = device.pulseChannel(0)
    #expect(abs(channel.entry(3, 3) + channel.entry(3, 0) - 1) < 1e-15 && Self.infidelity(channel) > 0.0003)
    try channel.check()
  }

  @Test func theStrongestDepolarisingIsPhysical() throws {
    try QubitChannel.depolarizing(4.0 / 3).check()
    try PairChannel.depolarizing(16.0 / 15).check()
    #expect(throws: ChannelFault.notPositive(tolerance: 1e-10)) {
      try QubitChannel.depolarizing(4.0 / 3 + 1e-6).check()
    }
    #expect(throws: ChannelFault.notPositive(tolerance: 1e-10)) { try PairChannel.depolarizing(1.07).check() }
  }

  @Test func whatIsNoChannelIsRefused() throws {
    // The transpose, positive but not completely so: Y changes its sign.
    var transpose = QubitChannel()
    transpose.set(2, 2, -1)
    #expect(throws: ChannelFault.notPositive(tolerance: 1e-10)) { try transpose.check() }
    #expect(throws: ChannelFault.notPositive(tolerance: 1e-10)) {
      try PairChannel(control: transpose, target: QubitChannel()).check()
    }
    // T2 > 2 T1.
    #expect(throws: ChannelFault.notPositive(tolerance: 1e-10)) {
      try QubitChannel.relaxation(time: 1, t1: 1, t2: 2.1).check()
    }
    try QubitChannel.relaxation(time: 1, t1: 1, t2: 2).check()
    try QubitChannel.rotation(x: 1, y: 2, z: 3).check()
    var leaking = QubitChannel()
    leaking.set(0, 3, 0.1)
    #expect(throws: ChannelFault.trace(column: 3, value: 0.1)) { try leaking.check() }
    leaking.set(0, 3, .nan)
    #expect(throws: ChannelFault.notFinite(row: 0, column: 3)) { try leaking.check() }
  }

  @Test func noiseOfACircuit() throws {
    let device = try Sample.read(Sample.ibm())
    let ansatz = Ansatz(qubits: 3, layers: 2, entangler: .descending)
    let layout = try Layout([4, 3, 2], for: ansatz, on: device)
    let noise = DeviceNoise(ansatz, layout, on: device)
    #expect(noise.qubits.count == 3 && noise.pairs.count == 2 && noise.readout.count == 3)
    for channel in noise.pairs { try channel.check() }
  }
}
