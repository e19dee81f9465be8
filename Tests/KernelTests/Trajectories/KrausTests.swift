import Devices
import Foundation
import Kernel
import Testing

@Suite struct KrausTests {
  private typealias Matrix = DensityReference.Matrix

  private static func matrices(_ kraus: QubitKraus) -> [Matrix] {
    (0..<kraus.count).map { k in
      (0..<2).map { row in (0..<2).map { Complex(kraus.entry(k, row, $0).real, kraus.entry(k, row, $0).imaginary) } }
    }
  }

  private static func matrices(_ kraus: PairKraus) -> [Matrix] {
    (0..<kraus.count).map { k in
      (0..<4).map { row in (0..<4).map { Complex(kraus.entry(k, row, $0).real, kraus.entry(k, row, $0).imaginary) } }
    }
  }

  private static func check(_ channel: QubitChannel, count: Int? = nil, _ name: String) {
    let transfer = DensityReference.transfer(matrices(QubitKraus(channel)))
    for (row, entries) in transfer.enumerated() {
      for (column, value) in entries.enumerated() {
        #expect(abs(value - channel.entry(row, column)) < 1e-12, "\(name), (\(row), \(column))")
      }
    }
    if let count { #expect(QubitKraus(channel).count == count, "\(name)") }
  }

  private static func check(_ channel: PairChannel, count: Int? = nil, _ name: String) {
    let transfer = DensityReference.transfer(matrices(PairKraus(channel)))
    for (row, entries) in transfer.enumerated() {
      for (column, value) in entries.enumerated() {
        #expect(abs(value - channel.entry(row, column)) < 1e-12, "\(name), (\(row), \(column))")
      }
    }
    if let count { #expect(PairKraus(channel).count == count, "\(name)") }
  }

  /// As many operators as the channel has a rank, and they make the channel.
  @Test func knownChannels() {
    Self.check(QubitChannel(), count: 1, "nothing")
    Self.check(PairChannel(), count: 1, "nothing")
    Self.check(.rotation(x: 1, y: 2, z: 3), count: 1, "a rotation")
    let rotations = PairChannel(control: .rotation(x: 1, y: 2, z: 3), target: .rotation(x: 3, y: 1, z: 2))
    Self.check(rotations, count: 1, "two rotations")
    for (p, count) in [(0.0, 1), (1e-9, 4), (0.2, 4), (1, 4), (4.0 / 3, 3)] {
      Self.check(QubitChannel.depolarizing(p), count: count, "depolarising \(p)")
    }
    for (p, count) in [(0.0, 1), (1e-9, 16), (0.2, 16), (1, 16), (16.0 / 15, 15)] {
      Self.check(PairChannel.depolarizing(p), count: count, "depolarising \(p)")
    }
    let damping = QubitChannel.relaxation(time: 0.3, t1: 1, t2: 2)
    let relaxation = QubitChannel.relaxation(time: 0.3, t1: 1, t2: 0.7)
    Self.check(damping, count: 2, "damping")
    Self.check(relaxation, count: 3, "relaxation")
    Self.check(.relaxation(time: 0.3, t1: .infinity, t2: 1), count: 2, "dephasing")
    Self.check(.relaxation(time: 100, t1: 1, t2: 1), count: 2, "reset")
    Self.check(PairChannel(control: damping, target: relaxation), count: 6, "relaxations")
    Self.check(
      PairChannel.depolarizing(0.01).then(PairChannel(control: damping, target: relaxation)), count: 16, "a device")
  }

  /// A Pauli channel's operators are strings; those of relaxation and depolarising have one entry a row.
  @Test func operatorsAreNearStrings() {
    for kraus in Self.matrices(PairKraus(.depolarizing(0.1))) {
      #expect(kraus.allSatisfy { $0.filter { $0 != Complex(0) }.count == 1 })
      #expect(Set(kraus.flatMap { $0.map(\.squaredSize) }.filter { $0 > 0 }).count == 1)
    }
    let relaxation = QubitChannel.relaxation(time: 0.03, t1: 1, t2: 0.7)
    let device = PairChannel.depolarizing(0.1).then(PairChannel(control: relaxation, target: relaxation))
    let operators = Self.matrices(PairKraus(device))
    for kraus in operators { #expect(kraus.allSatisfy { $0.filter { $0 != Complex(0) }.count <= 1 }) }
    // The first is the one near 1.
    #expect((0..<4).allSatisfy { operators[0][$0][$0].re > 0.8 })
  }

  @Test func randomChannels() {
    var random = Random(30)
    for count in 1...4 {
      for _ in 0..<20 {
        let kraus = DensityReference.random(&random, size: 2, count: count)
        var channel = QubitChannel()
        for (row, entries) in DensityReference.transfer(kraus).enumerated() {
          for (column, value) in entries.enumerated() { channel.set(row, column, value) }
        }
        Self.check(channel, count: count, "random, \(count) operators")
      }
    }
    for count in 1...16 {
      let kraus = DensityReference.random(&random, size: 4, count: count)
      var channel = PairChannel()
      for (row, entries) in DensityReference.transfer(kraus).enumerated() {
        for (column, value) in entries.enumerated() { channel.set(row, column, value) }
      }
      Self.check(channel, count: count, "random, \(count) operators")
    }
  }
}
