/* What a model's source takes of a C library, for WebAssembly, which comes without one: to a few units in the last
   place of a double where arguments are below 1e5. */
#include "math.h"

#include <stddef.h>
#include <stdint.h>

double sqrt(double x) { return __builtin_sqrt(x); }
float sqrtf(float x) { return __builtin_sqrtf(x); }

/* Σ (±1)^k z^k / ((from + 1) … (from + 2k)): the series of sine (1) and cosine (0) in z = −x². */
static double series(double z, int from)
{
  double term = 1.0, sum = 1.0;
  for (int k = 1; k < 10; k++) {
    term *= z / ((from + 2.0 * k) * (from + 2.0 * k - 1.0));
    sum += term;
  }
  return sum;
}

/* sin(x + quarters · π/2) */
static double turned(double x, int quarters)
{
  /* π/2 in two parts, the first with so few digits that its multiples are exact. */
  const double turns = __builtin_rint(x * 0.63661977236758138);
  const double rest = (x - turns * 1.57079632673412561417) - turns * 6.07710050650619224932e-11;
  const int quarter = (int)((int64_t)turns + quarters) & 3;
  const double z = -rest * rest;
  const double value = quarter & 1 ? series(z, 0) : rest * series(z, 1);
  return quarter & 2 ? -value : value;
}

double sin(double x) { return turned(x, 0); }
double cos(double x) { return turned(x, 1); }
float sinf(float x) { return (float)sin(x); }
float cosf(float x) { return (float)cos(x); }

double exp(double x)
{
  if (x < -708.0) return 0.0;
  if (x > 709.0) return __builtin_inf();
  const double power = __builtin_rint(x * 1.4426950408889634);
  const double rest = (x - power * 6.93147180369123816490e-01) - power * 1.90821492927058770002e-10;
  double term = 1.0, sum = 1.0;
  for (int k = 1; k < 18; k++) {
    term *= rest / k;
    sum += term;
  }
  const union {
    uint64_t bits;
    double value;
  } scale = {(uint64_t)((int64_t)power + 1023) << 52};
  return sum * scale.value;
}

float expf(float x) { return (float)exp(x); }

void *memset(void *bytes, int value, size_t count)
{
  for (unsigned char *byte = bytes; count > 0; count--) *byte++ = (unsigned char)value;
  return bytes;
}

void *memcpy(void *to, const void *from, size_t count)
{
  unsigned char *byte = to;
  for (const unsigned char *source = from; count > 0; count--) *byte++ = *source++;
  return to;
}
