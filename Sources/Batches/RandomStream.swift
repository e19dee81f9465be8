import Budget
import CGSL
import Glibc

/// One purpose's random numbers: GSL's Mersenne twister, seeded from the run's seed and the purpose. Streams of
/// different purposes do not depend on how much of one another was used.
package final class RandomStream {
  package enum Purpose: UInt64, CaseIterable {
    case trainingData = 1
    case evaluationData
    case initialAngles
    case shuffling
    // Of an experiment besides: its students, its autoencoder, and the control whose teacher is shuffled.
    case studentAngles
    case studentShuffling
    case compressorAngles
    case compressorShuffling
    case teacherShuffling
    /// Which samples are held back to select by.
    case validationSplit
    /// Results of measurements, of a student and of its teacher.
    case shots
    case teacherShots
    /// Noise that is drawn.
    case trajectories

    /// How many a run of one model has.
    package static let countOfRun = 4
  }

  /// What a generator allocates, before the seal: GSL's header and the twister's 624 words and position.
  package static let bytes = 5056

  private let generator: UnsafeMutablePointer<gsl_rng>

  /// - Throws: `SessionError.memoryRefused` when there is no memory for the generator.
  package init(_ purpose: Purpose, seed: UInt64) throws(SessionError) {
    qkd_gsl_errors_as_status()
    guard let generator = gsl_rng_alloc(qkd_gsl_rng_mt19937()) else {
      throw .memoryRefused(.mappingFailed(bytes: Self.bytes, errno: ENOMEM))
    }
    self.generator = generator
    start(purpose, seed: seed)
  }

  /// Starts anew, as another stream. Allocates nothing.
  package func start(_ purpose: Purpose, seed: UInt64) {
    // The twister takes 32 bits. Seed 0 would mean GSL's default.
    gsl_rng_set(generator, UInt(max(Self.spread(seed &+ purpose.rawValue &* Self.step) >> 32, 1)))
  }

  /// Starts anew, as the stream of one sample, whatever others have used. Allocates nothing.
  package func start(_ purpose: Purpose, seed: UInt64, sample: Int) {
    start(purpose, seed: seed ^ Self.spread(UInt64(sample + 1) &* Self.step))
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// SplitMix64's finaliser, which spreads neighbouring seeds, purposes and samples.
  private static func spread(_ seed: UInt64) -> UInt64 {
    var z = seed
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  deinit { gsl_rng_free(generator) }

  /// Uniform in [lower, upper).
  package func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * gsl_rng_uniform(generator)
  }

  /// How often each of `count` outcomes comes in so many trials.
  /// - Parameters:
  ///   - probabilities: `[outcome]`, none negative, their sum above 0.
  ///   - counts: `[outcome]`, the result.
  package func multinomial(
    _ trials: Int, _ probabilities: UnsafePointer<Double>, count: Int, into counts: UnsafeMutablePointer<UInt32>
  ) {
    gsl_ran_multinomial(generator, count, UInt32(trials), probabilities, counts)
  }

  /// Shuffles in place (Fisher–Yates).
  package func shuffle(_ values: UnsafeMutablePointer<Int32>, count: Int) {
    var i = count - 1
    while i > 0 {
      let j = Int(gsl_rng_uniform_int(generator, UInt(i + 1)))
      let value = values[i]
      values[i] = values[j]
      values[j] = value
      i -= 1
    }
  }

  /// Bytes of a generator's state.
  package static var stateBytes: Int { qkd_gsl_rng_mt19937().pointee.size }

  /// All that the next number depends on: 624 words, then the position in them, each an eighth of bytes.
  package var state: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: gsl_rng_state(generator), count: gsl_rng_size(generator))
  }

  /// Whether a state that was put in place is one: the twister's position is among its words.
  package var isStateValid: Bool {
    (0...624).contains(gsl_rng_state(generator)!.load(fromByteOffset: 624 * 8, as: Int32.self))
  }

  package static func declare(_ purposes: Int, in planner: inout Planner) {
    planner.declareOutside(
      OutsideMemory(
        name: "random streams", formula: "purposes \(purposes) × \(bytes) B", bytes: purposes * bytes, owner: "GSL"))
  }
}
