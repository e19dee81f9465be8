/// What shortens the work with a set of Kraus operators K.
struct KrausTraits: BitwiseCopyable, Sendable {
  var count = 0
  /// Bit k: operator k is diagonal.
  var diagonal: UInt16 = 0
  /// Every K†K is a multiple of 1, as with Pauli errors: the probabilities are the same in every state.
  var hasFixedProbabilities = true
  /// Every K†K is diagonal, as with relaxation and depolarising: probabilities depend on populations alone.
  var needsPopulationsAlone = true
  /// One operator, 1.
  var isIdentity = false
}

/// Kraus operators as numbers: `[operator][row][column][re, im]`, then `[operator][moment]`.
///
/// *Moments* are the real numbers of a Hermitian matrix ρ: its diagonal, then for each i < j in order the real and the
/// imaginary part of ρ_ij. The probability tr(KρK†) is the product of ρ's moments with those of K†K, in which all but
/// the diagonal are doubled: tr(Eρ) = Σ E_ii ρ_ii + 2 Σ_{i<j} (Re E_ij Re ρ_ij + Im E_ij Im ρ_ij).
protocol KrausSet {
  /// Rows of an operator; there are at most size² operators, and as many moments.
  static var size: Int { get }
  var traits: KrausTraits { get set }
  func number(_ index: Int) -> Double
  mutating func setNumber(_ index: Int, _ value: Double)
}

extension KrausSet {
  static func place(_ index: Int, _ row: Int, _ column: Int) -> Int {
    2 &* ((index &* size &+ row) &* size &+ column)
  }

  func element(_ index: Int, _ row: Int, _ column: Int) -> LaneComplex<Double> {
    let place = Self.place(index, row, column)
    return LaneComplex(number(place), number(place + 1))
  }

  mutating func setElement(_ index: Int, _ row: Int, _ column: Int, _ value: LaneComplex<Double>) {
    let place = Self.place(index, row, column)
    setNumber(place, value.re)
    setNumber(place + 1, value.im)
  }

  mutating func setAll(_ count: Int, _ real: UnsafePointer<Double>, _ imaginary: UnsafePointer<Double>) {
    precondition(count >= 1 && count <= Self.size * Self.size)
    while traits.count < count {
      var entry = 0
      while entry < Self.size * Self.size {
        let source = traits.count * Self.size * Self.size + entry
        setElement(
          traits.count, entry / Self.size, entry % Self.size, LaneComplex(real[source], imaginary[source]))
        entry += 1
      }
      countOperator()
    }
  }

  mutating func setIdentity() {
    var row = 0
    while row < Self.size {
      setElement(0, row, row, LaneComplex(1, 0))
      row += 1
    }
    countOperator()
  }

  /// Counts the operator behind the last, whose elements are set, and notes its K†K.
  mutating func countOperator() {
    let k = traits.count
    let effects = KrausTable.effectsPlace(Self.size) + k * Self.size * Self.size
    let scale = effect(k, 0, 0).re
    var (isDiagonal, isScalar, isPopulation, isUnit) = (true, true, true, true)
    var moment = Self.size
    var i = 0
    while i < Self.size {
      let population = effect(k, i, i).re
      setNumber(effects + i, population)
      if abs(population - scale) > 1e-13 * scale { isScalar = false }
      var j = 0
      while j < Self.size {
        let value = element(k, i, j)
        if i != j && (value.re != 0 || value.im != 0) { isDiagonal = false }
        if value.re != (i == j ? 1 : 0) || value.im != 0 { isUnit = false }
        j += 1
      }
      j = i + 1
      while j < Self.size {
        let coherence = effect(k, i, j)
        setNumber(effects + moment, 2 * coherence.re)
        setNumber(effects + moment + 1, 2 * coherence.im)
        if abs(coherence.re) > 1e-13 * scale || abs(coherence.im) > 1e-13 * scale { isScalar = false }
        if coherence.re != 0 || coherence.im != 0 { isPopulation = false }
        moment += 2
        j += 1
      }
      i += 1
    }
    if isDiagonal { traits.diagonal |= 1 &<< UInt16(truncatingIfNeeded: k) }
    if !isScalar { traits.hasFixedProbabilities = false }
    if !isPopulation { traits.needsPopulationsAlone = false }
    traits.isIdentity = k == 0 && isUnit
    traits.count = k + 1
  }

  /// (K†K)_ij
  private func effect(_ index: Int, _ i: Int, _ j: Int) -> LaneComplex<Double> {
    var sum = LaneComplex<Double>.zero
    var row = 0
    while row < Self.size {
      sum = sum.adding(conjugateOf: element(index, row, i), times: element(index, row, j))
      row += 1
    }
    return sum
  }
}

/// A set of Kraus operators in memory: a copy of a pair's would be 6 KiB.
struct KrausTable {
  /// As `KrausSet` says, which is what `QubitKraus` and `PairKraus` begin with.
  let numbers: UnsafePointer<Double>
  /// Rows of an operator, 2 or 4.
  let size: Int
  let traits: KrausTraits

  init(_ kraus: UnsafePointer<QubitKraus>) {
    numbers = UnsafeRawPointer(kraus).assumingMemoryBound(to: Double.self)
    size = 2
    traits = kraus.pointee.traits
  }

  init(_ kraus: UnsafePointer<PairKraus>) {
    numbers = UnsafeRawPointer(kraus).assumingMemoryBound(to: Double.self)
    size = 4
    traits = kraus.pointee.traits
  }

  /// Where the moments begin.
  static func effectsPlace(_ size: Int) -> Int { 2 &* size &* size &* size &* size }

  /// `[row][column][re, im]`
  func elements(_ index: Int) -> UnsafePointer<Double> { numbers + 2 &* size &* size &* index }

  /// `[moment]`
  func effect(_ index: Int) -> UnsafePointer<Double> {
    numbers + (KrausTable.effectsPlace(size) &+ size &* size &* index)
  }
}
