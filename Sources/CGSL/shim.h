/* GSL as Swift can use it: the generators are C globals, which Swift 6 refuses, so a function stands for each. */
#ifndef QKD_CGSL_SHIM_H
#define QKD_CGSL_SHIM_H
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_vector.h>

/* The Mersenne twister of Matsumoto and Nishimura, the one generator of this project. */
static inline const gsl_rng_type *qkd_gsl_rng_mt19937(void) { return gsl_rng_mt19937; }

/* GSL's default handler aborts; every caller here checks the status instead. */
static inline void qkd_gsl_errors_as_status(void) { gsl_set_error_handler_off(); }
#endif
