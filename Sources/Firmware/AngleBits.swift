import Kernel
import Models

/// How many bits an angle is stored in: multiples of 2π/2^bits.
public enum AngleBits: Int, Sendable, CaseIterable {
  case sixteen = 16
  case eight = 8
  case six = 6

  var steps: Int { 1 << rawValue }

  /// The nearest multiple, from 0: a turn by 2π is the identity but for a sign that no expectation sees.
  func code(_ angle: Double) -> Int {
    let turns = angle / (2 * .pi)
    return Int(((turns - turns.rounded(.down)) * Double(steps)).rounded()) % steps
  }

  /// Radians.
  func angle(_ code: Int) -> Double { 2 * .pi * Double(code) / Double(steps) }

  /// Codes one after another, the lowest bit first, and a byte of zeros, so that two bytes can be read at each.
  func packed(_ codes: [Int]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (codes.count * rawValue + 7) / 8 + 1)
    for (index, code) in codes.enumerated() {
      for bit in 0..<rawValue where code >> bit & 1 == 1 {
        let place = index * rawValue + bit
        bytes[place / 8] |= 1 << UInt8(place % 8)
      }
    }
    return bytes
  }
}

extension Model {
  /// The model with each rotation rounded to what fits the bits.
  public func rounded(to bits: AngleBits) -> Model {
    var model = self
    let factor = ansatz.rotation.halfAngleFactor
    model.angles = angles.map { bits.angle(bits.code(factor * $0)) / factor }
    return model
  }
}
