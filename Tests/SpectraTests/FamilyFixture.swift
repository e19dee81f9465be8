import Budget
import Spectra

/// A family with the arena that its pointers live in.
final class FamilyFixture {
  let plan: MemoryPlan
  let family: GroundStateFamily
  private let sealed: SealedArena

  init(_ specification: ChainSpecification) throws {
    var planner = Planner()
    let reservations = try GroundStateFamily.reserve(specification, in: &planner)
    plan = try planner.layout()
    let arena = try Arena(plan)
    family = try GroundStateFamily(reservations, arena: arena)
    sealed = arena.seal()
  }

  func solve(_ h2: Double) -> (state: GroundState, coefficients: [Double]) {
    var coefficients = [Double](repeating: .nan, count: family.basisDimension)
    let state = family.groundState(h2: h2, coefficients: &coefficients)
    return (state, coefficients)
  }

  func amplitudes(_ h2: Double) -> [Double] {
    var amplitudes = [Double](repeating: .nan, count: 1 << family.specification.qubits)
    family.expand(coefficients: solve(h2).coefficients, into: &amplitudes)
    return amplitudes
  }
}
