/// A buffer of kernel scalars, whose type is decided by the run's precision.
public enum ScalarReservation: Sendable {
  case float32(Reservation<Float>)
  case float64(Reservation<Double>)
}

extension Planner {
  /// Reserves a buffer of single- or double-precision scalars.
  public mutating func reserve(
    _ name: String, _ shape: [Extent], singlePrecision: Bool, lifetime: Lifetime, owner: String
  ) -> ScalarReservation {
    singlePrecision
      ? .float32(reserve(name, shape, of: Float.self, lifetime: lifetime, owner: owner))
      : .float64(reserve(name, shape, of: Double.self, lifetime: lifetime, owner: owner))
  }
}

extension Arena {
  /// The memory of a scalar buffer.
  public func bytes(_ reservation: ScalarReservation) -> UnsafeMutableRawPointer {
    switch reservation {
    case .float32(let reservation): start(reservation)
    case .float64(let reservation): start(reservation)
    }
  }

  /// Where a reservation begins.
  public func pointer<Element>(_ reservation: Reservation<Element>) -> UnsafeMutablePointer<Element> {
    // A buffer without elements has an address all the same: its offset in the mapping.
    buffer(reservation).baseAddress!
  }

  private func start<Element>(_ reservation: Reservation<Element>) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(pointer(reservation))
  }
}
