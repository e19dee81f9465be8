/* The few trusted C functions of the project. No header of a C library is included here, so that the kernel, which
   imports this, also compiles for targets without one. */
#ifndef QKD_CSUPPORT_H
#define QKD_CSUPPORT_H
#include <stddef.h>
#include <stdint.h>

/* Tells the Swift compiler that a function never allocates; without it, code marked @_noAllocation may not call it. */
#define QKD_NO_ALLOCATION __attribute__((swift_attr("@_noAllocation")))

/* ---- Elementary functions, double precision: the C library's ---- */
QKD_NO_ALLOCATION double qkd_sin(double x);
QKD_NO_ALLOCATION double qkd_cos(double x);
QKD_NO_ALLOCATION double qkd_exp(double x);
QKD_NO_ALLOCATION double qkd_log(double x);
QKD_NO_ALLOCATION double qkd_sqrt(double x);
QKD_NO_ALLOCATION double qkd_pow(double x, double y);
/* The angle of the point (x, y) in (-pi, pi]. */
QKD_NO_ALLOCATION double qkd_atan2(double y, double x);

/* ---- What the build's target offers ---- */
#if defined(__AVX512F__)
#define QKD_VECTOR_BYTES 64
#define QKD_VECTOR_REGISTERS 32
#elif defined(__AVX__)
#define QKD_VECTOR_BYTES 32
#define QKD_VECTOR_REGISTERS 16
#elif defined(__aarch64__)
#define QKD_VECTOR_BYTES 16
#define QKD_VECTOR_REGISTERS 32
#elif defined(__SSE2__)
#define QKD_VECTOR_BYTES 16
#define QKD_VECTOR_REGISTERS 16
#else
#define QKD_VECTOR_BYTES 8
#define QKD_VECTOR_REGISTERS 8
#endif

/* 1 where a fused multiply-add is one instruction; elsewhere it would be a call for each lane. */
#if defined(__FMA__) || defined(__aarch64__)
#define QKD_HAS_FMA 1
#else
#define QKD_HAS_FMA 0
#endif

/* ---- Process ---- */
/* Calls to malloc and its kin since the start of the process; -1 where they cannot be counted. */
QKD_NO_ALLOCATION int64_t qkd_allocation_count(void);
/* Peak resident memory (VmHWM) of this process in bytes, or -1 where /proc does not tell. */
int64_t qkd_peak_memory_bytes(void);
/* Monotonic time in nanoseconds. */
QKD_NO_ALLOCATION int64_t qkd_monotonic_nanoseconds(void);
/* CPU time of the calling thread in nanoseconds. */
QKD_NO_ALLOCATION int64_t qkd_thread_cpu_nanoseconds(void);

/* ---- Numbers as text ---- */
/* Writes x with the given number of digits after the point ("%.*f") into buffer, NUL-terminated; returns the length. */
int qkd_format_fixed(char *buffer, size_t capacity, int digits, double x);
/* The shortest of %.15g, %.16g, %.17g that reads back as x. */
int qkd_format_shortest(char *buffer, size_t capacity, double x);

#endif
