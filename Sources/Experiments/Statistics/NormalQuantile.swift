import CGSL

/// The value that a standard normal variable exceeds with this probability.
func normalQuantile(_ tail: Double) -> Double {
  qkd_gsl_errors_as_status()
  return gsl_cdf_ugaussian_Qinv(tail)
}
