import Batches
import Budget
import CSupport
import Spectra

/// J4: the chain of 15 qubits (h1 = 0, J = 1, periodic).
enum GroundStateBench {
  private static let qubits = 15
  private static let h2 = 0.9
  private static let states = 1000
  /// Exact solves take long enough that more repetitions would not tell more.
  private static let mostRepetitions = 5

  static func run(_ settings: BenchSettings) throws(SessionError) -> [HostBenchResult] {
    let repetitions = min(settings.repetitions, mostRepetitions)
    var snapshot = HostBenchResult(.groundStates, "one exact ground state, h2 = 0.9")
    // A range of one point takes one exact solve, and the checks that its state is the only one.
    let one = try median(repetitions, range: h2...h2) { family in
      var coefficients = [Double](repeating: 0, count: family.basisDimension)
      let state = family.groundState(h2: h2, coefficients: &coefficients)
      snapshot.energy = state.energy
      snapshot.largestResidual = state.residual
    }
    snapshot.milliseconds = one.build

    var basis = HostBenchResult(.groundStates, "reduced basis for h2 in 0.8 … 1.2")
    var reduced = HostBenchResult(.groundStates, "\(states) ground states from it")
    let many = try median(repetitions, range: 0.8...1.2) { family in
      var coefficients = [Double](repeating: 0, count: family.basisDimension)
      var largest = 0.0
      for index in 0..<states {
        let h2 = 0.8 + 0.4 * (Double(index) + 0.5) / Double(states)
        largest = max(largest, family.groundState(h2: h2, coefficients: &coefficients).residual)
      }
      basis.largestResidual = family.largestResidual
      reduced.largestResidual = largest
      reduced.energy = family.groundState(h2: h2, coefficients: &coefficients).energy
    }
    basis.milliseconds = many.build
    reduced.milliseconds = many.use
    let tolerance = ChainSpecification(qubits: qubits).largestAllowedResidual
    for result in [snapshot, reduced] {
      let residual = result.largestResidual ?? .nan
      if !(residual <= tolerance) { throw .residual(h2: h2, residual: residual, tolerance: tolerance) }
    }
    return [snapshot, basis, reduced]
  }

  /// Median milliseconds of building a family and of using it.
  private static func median(
    _ repetitions: Int, range: ClosedRange<Double>, use: (GroundStateFamily) -> Void
  ) throws(SessionError) -> (build: Double, use: Double) {
    var builds: [Double] = []
    var uses: [Double] = []
    for _ in 0..<max(1, repetitions) {
      var planner = Planner()
      let specification = ChainSpecification(qubits: qubits, h2Range: range)
      let start = qkd_monotonic_nanoseconds()
      let reservations: GroundStateReservations
      do { reservations = try GroundStateFamily.reserve(specification, in: &planner) } catch { throw .spectrum(error) }
      let arena = try mapArena(planner)
      let family: GroundStateFamily
      do { family = try GroundStateFamily(reservations, arena: arena) } catch { throw .spectrum(error) }
      let built = qkd_monotonic_nanoseconds()
      use(family)
      builds.append(Double(built - start) * 1e-6)
      uses.append(Double(qkd_monotonic_nanoseconds() - built) * 1e-6)
    }
    return (builds.sorted()[builds.count / 2], uses.sorted()[uses.count / 2])
  }
}
