#include "CSupport.h"

/* Enough independent chains to hide the latency of the unit, few enough for the registers. */
enum { chains = 10 };

#define QKD_PEAK(name, scalar)                                                                        \
  typedef scalar name##_vector __attribute__((vector_size(QKD_TARGET_VECTOR_BYTES)));                        \
  static double name(double seconds) {                                                                \
    name##_vector sum[chains], factor, step;                                                          \
    for (int lane = 0; lane < (int)(QKD_TARGET_VECTOR_BYTES / sizeof(scalar)); lane++) {                     \
      factor[lane] = (scalar)0.999;                                                                   \
      step[lane] = (scalar)1e-9;                                                                      \
      for (int i = 0; i < chains; i++) sum[i][lane] = (scalar)(i * 1e-3);                             \
    }                                                                                                 \
    enum { rounds = 20000 };                                                                          \
    double best = 0;                                                                                  \
    int64_t end = qkd_thread_cpu_nanoseconds() + (int64_t)(seconds * 1e9);                            \
    int64_t start, now;                                                                               \
    do {                                                                                              \
      start = qkd_thread_cpu_nanoseconds();                                                           \
      for (int round = 0; round < rounds; round++) {                                                  \
        for (int i = 0; i < chains; i++) sum[i] = sum[i] * factor + step;                             \
        /* Keeps the chains in registers and in the program. */                                       \
        for (int i = 0; i < chains; i++) __asm__ volatile("" : QKD_VECTOR_CONSTRAINT(sum[i]));        \
      }                                                                                               \
      now = qkd_thread_cpu_nanoseconds();                                                             \
      double flops = 2.0 * rounds * chains * (QKD_TARGET_VECTOR_BYTES / sizeof(scalar)) / (double)(now - start) * 1e9; \
      if (flops > best) best = flops;                                                                 \
    } while (now < end);                                                                              \
    return best;                                                                                      \
  }

#if defined(__aarch64__)
#define QKD_VECTOR_CONSTRAINT "+w"
#elif defined(__AVX512F__)
#define QKD_VECTOR_CONSTRAINT "+v"
#elif defined(__x86_64__)
#define QKD_VECTOR_CONSTRAINT "+x"
#else
#define QKD_VECTOR_CONSTRAINT "+m"
#endif

QKD_PEAK(peak_double, double)
QKD_PEAK(peak_single, float)

double qkd_peak_flops(int single_precision, double seconds) {
  return single_precision ? peak_single(seconds) : peak_double(seconds);
}
