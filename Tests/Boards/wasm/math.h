/* Of a C library's math.h what a model's source takes, for WebAssembly, which comes without one. */
#ifndef STUDENT_WASM_MATH_H
#define STUDENT_WASM_MATH_H

#define INFINITY __builtin_inff()
#define isfinite(x) __builtin_isfinite(x)
#define fabsf(x) __builtin_fabsf(x)

float sqrtf(float x);
float sinf(float x);
float cosf(float x);
float expf(float x);
double sqrt(double x);
double sin(double x);
double cos(double x);
double exp(double x);

#endif
