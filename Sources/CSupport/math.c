#define _GNU_SOURCE  // sincos
#include <math.h>

#include "CSupport.h"

double qkd_sin(double x) { return sin(x); }
double qkd_cos(double x) { return cos(x); }
void qkd_sincos(double x, double *sine, double *cosine) { sincos(x, sine, cosine); }
double qkd_exp(double x) { return exp(x); }
double qkd_log(double x) { return log(x); }
double qkd_sqrt(double x) { return sqrt(x); }
double qkd_pow(double x, double y) { return pow(x, y); }
