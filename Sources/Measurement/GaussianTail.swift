import CGSL

/// The probability that a standard normal number is above x.
func gaussianTail(_ x: Double) -> Double { gsl_cdf_ugaussian_Q(x) }
