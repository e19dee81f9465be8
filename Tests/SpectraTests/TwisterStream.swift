import CGSL

/// Uniform numbers in [0, 1) from GSL's Mersenne twister.
struct TwisterStream: ~Copyable {
  private let generator: UnsafeMutablePointer<gsl_rng>

  init(seed: Int) {
    generator = gsl_rng_alloc(qkd_gsl_rng_mt19937())
    gsl_rng_set(generator, UInt(seed))
  }

  deinit { gsl_rng_free(generator) }

  mutating func uniform() -> Double { gsl_rng_uniform(generator) }
}
