/* The instruction sets of x86-64 that a compiler uses by itself: what a build may need, and what a processor has. */
#ifndef QKD_PROCESSOR_FEATURES_H
#define QKD_PROCESSOR_FEATURES_H
#include <stdint.h>

/* (place in the mask, the compiler's macro, the name that people and __builtin_cpu_supports know it by) */
#define QKD_PROCESSOR_FEATURES(X)                         \
  X(0, __SSE3__, "sse3")                                  \
  X(1, __SSSE3__, "ssse3")                                \
  X(2, __SSE4_1__, "sse4.1")                              \
  X(3, __SSE4_2__, "sse4.2")                              \
  X(4, __POPCNT__, "popcnt")                              \
  X(5, __LZCNT__, "lzcnt")                                \
  X(6, __MOVBE__, "movbe")                                \
  X(7, __BMI__, "bmi")                                    \
  X(8, __BMI2__, "bmi2")                                  \
  X(9, __F16C__, "f16c")                                  \
  X(10, __AVX__, "avx")                                   \
  X(11, __AVX2__, "avx2")                                 \
  X(12, __FMA__, "fma")                                   \
  X(13, __AVX512F__, "avx512f")                           \
  X(14, __AVX512BW__, "avx512bw")                         \
  X(15, __AVX512CD__, "avx512cd")                         \
  X(16, __AVX512DQ__, "avx512dq")                         \
  X(17, __AVX512VL__, "avx512vl")                         \
  X(18, __AVX512IFMA__, "avx512ifma")                     \
  X(19, __AVX512VBMI__, "avx512vbmi")                     \
  X(20, __AVX512VBMI2__, "avx512vbmi2")                   \
  X(21, __AVX512VNNI__, "avx512vnni")                     \
  X(22, __AVX512BITALG__, "avx512bitalg")                 \
  X(23, __AVX512VPOPCNTDQ__, "avx512vpopcntdq")           \
  X(24, __AVXVNNI__, "avxvnni")                           \
  X(25, __GFNI__, "gfni")                                 \
  X(26, __FMA4__, "fma4")                                 \
  X(27, __XOP__, "xop")

/* What this build's code needs, a bit each. */
extern const uint32_t qkd_required_features;
/* The name that QKD_CPU gave to the target when this was built. */
extern const char qkd_target_name[];

#endif
