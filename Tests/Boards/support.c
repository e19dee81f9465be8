/* The functions of CSupport that a device's kernel calls, from any C library, by any compiler. */
#include <math.h>

void qkd_sincos(double x, double *sine, double *cosine)
{
  *sine = sin(x);
  *cosine = cos(x);
}

double qkd_exp(double x) { return exp(x); }
double qkd_sqrt(double x) { return sqrt(x); }
