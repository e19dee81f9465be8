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
/* Both at once, for about the price of one. */
QKD_NO_ALLOCATION void qkd_sincos(double x, double *sine, double *cosine);
QKD_NO_ALLOCATION double qkd_exp(double x);
QKD_NO_ALLOCATION double qkd_log(double x);
QKD_NO_ALLOCATION double qkd_sqrt(double x);
QKD_NO_ALLOCATION double qkd_pow(double x, double y);

/* ---- What the build's target offers ---- */
#if defined(__AVX512F__)
#define QKD_TARGET_VECTOR_BYTES 64
#define QKD_VECTOR_REGISTERS 32
#elif defined(__AVX__)
#define QKD_TARGET_VECTOR_BYTES 32
#define QKD_VECTOR_REGISTERS 16
#elif defined(__aarch64__)
#define QKD_TARGET_VECTOR_BYTES 16
#define QKD_VECTOR_REGISTERS 32
#elif defined(__SSE2__)
#define QKD_TARGET_VECTOR_BYTES 16
#define QKD_VECTOR_REGISTERS 16
#else
#define QKD_TARGET_VECTOR_BYTES 8
#define QKD_VECTOR_REGISTERS 8
#endif
/* Lanes and layouts follow from this alone, so that a build may be told to have those of another processor. */
#ifndef QKD_VECTOR_BYTES
#define QKD_VECTOR_BYTES QKD_TARGET_VECTOR_BYTES
#endif
/* For Swift, which does not see macros of the command line. */
enum { qkd_vector_bytes = QKD_VECTOR_BYTES };

/* Asks for a line of memory that will be read, or written, soon; any address will do. */
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline void qkd_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline void qkd_prefetch_for_writing(const void *address) {
  __builtin_prefetch(address, 1, 3);
}

/* ---- c + a·b and c − a·b on vectors ---- */
/* Swift's own SIMD addingProduct works lane by lane and calls a software fma where the target has none. Clang contracts
   the expressions below to one fused instruction where the target has it, and to two roundings elsewhere. */
#define QKD_MULTIPLY_ADD(name, scalar, count)                                                          \
  typedef scalar qkd_##name __attribute__((ext_vector_type(count)));                                   \
  __attribute__((always_inline)) QKD_NO_ALLOCATION static inline qkd_##name qkd_add_##name(            \
      qkd_##name c, qkd_##name a, qkd_##name b) {                                                      \
    return c + a * b;                                                                                  \
  }                                                                                                    \
  __attribute__((always_inline)) QKD_NO_ALLOCATION static inline qkd_##name qkd_subtract_##name(       \
      qkd_##name c, qkd_##name a, qkd_##name b) {                                                      \
    return c - a * b;                                                                                  \
  }
#pragma STDC FP_CONTRACT ON
QKD_MULTIPLY_ADD(f64x2, double, 2)
QKD_MULTIPLY_ADD(f64x4, double, 4)
QKD_MULTIPLY_ADD(f64x8, double, 8)
QKD_MULTIPLY_ADD(f32x2, float, 2)
QKD_MULTIPLY_ADD(f32x4, float, 4)
QKD_MULTIPLY_ADD(f32x8, float, 8)
QKD_MULTIPLY_ADD(f32x16, float, 16)
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline double qkd_add_f64(double c, double a, double b) {
  return c + a * b;
}
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline double qkd_subtract_f64(double c, double a, double b) {
  return c - a * b;
}
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline float qkd_add_f32(float c, float a, float b) {
  return c + a * b;
}
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline float qkd_subtract_f32(float c, float a, float b) {
  return c - a * b;
}

#pragma STDC FP_CONTRACT DEFAULT

/* ---- The sum of a vector's lanes, in double precision, halves first: always in this order ---- */
/* How wide vectors are passed does not matter to functions that are always inlined. */
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"
#define QKD_LANE_SUM(name, half, wide)                                                                 \
  __attribute__((always_inline)) QKD_NO_ALLOCATION static inline double qkd_sum_##name(qkd_##name v) {   \
    qkd_##wide low = __builtin_convertvector(v.lo, qkd_##wide);                                          \
    return qkd_sum_##half(low + __builtin_convertvector(v.hi, qkd_##wide));                              \
  }
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline double qkd_sum_f64x2(qkd_f64x2 v) {
  return v.lo + v.hi;
}
__attribute__((always_inline)) QKD_NO_ALLOCATION static inline double qkd_sum_f32x2(qkd_f32x2 v) {
  return (double)v.lo + (double)v.hi;
}
QKD_LANE_SUM(f64x4, f64x2, f64x2)
QKD_LANE_SUM(f64x8, f64x4, f64x4)
QKD_LANE_SUM(f32x4, f64x2, f64x2)
QKD_LANE_SUM(f32x8, f64x4, f64x4)
QKD_LANE_SUM(f32x16, f64x8, f64x8)

/* ---- Lane l takes what lane l ^ step has ---- */
#define QKD_EXCHANGE(name, step, ...)                                                                    \
  __attribute__((always_inline)) QKD_NO_ALLOCATION static inline qkd_##name qkd_exchange##step##_##name( \
      qkd_##name v) {                                                                                    \
    return __builtin_shufflevector(v, v, __VA_ARGS__);                                                   \
  }
#define QKD_EXCHANGES_2(name) QKD_EXCHANGE(name, 1, 1, 0)
#define QKD_EXCHANGES_4(name) QKD_EXCHANGE(name, 1, 1, 0, 3, 2) QKD_EXCHANGE(name, 2, 2, 3, 0, 1)
#define QKD_EXCHANGES_8(name)                                                                            \
  QKD_EXCHANGE(name, 1, 1, 0, 3, 2, 5, 4, 7, 6)                                                          \
  QKD_EXCHANGE(name, 2, 2, 3, 0, 1, 6, 7, 4, 5)                                                          \
  QKD_EXCHANGE(name, 4, 4, 5, 6, 7, 0, 1, 2, 3)
#define QKD_EXCHANGES_16(name)                                                                           \
  QKD_EXCHANGE(name, 1, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)                            \
  QKD_EXCHANGE(name, 2, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)                            \
  QKD_EXCHANGE(name, 4, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)                            \
  QKD_EXCHANGE(name, 8, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)
QKD_EXCHANGES_2(f64x2)
QKD_EXCHANGES_4(f64x4)
QKD_EXCHANGES_8(f64x8)
QKD_EXCHANGES_2(f32x2)
QKD_EXCHANGES_4(f32x4)
QKD_EXCHANGES_8(f32x8)
QKD_EXCHANGES_16(f32x16)

/* ---- Each lane twice ---- */
#define QKD_DOUBLED(name, wide, ...)                                                                     \
  __attribute__((always_inline)) QKD_NO_ALLOCATION static inline qkd_##wide qkd_doubled_##name(          \
      qkd_##name v) {                                                                                    \
    return __builtin_shufflevector(v, v, __VA_ARGS__);                                                   \
  }
QKD_DOUBLED(f64x2, f64x4, 0, 0, 1, 1)
QKD_DOUBLED(f64x4, f64x8, 0, 0, 1, 1, 2, 2, 3, 3)
QKD_DOUBLED(f32x2, f32x4, 0, 0, 1, 1)
QKD_DOUBLED(f32x4, f32x8, 0, 0, 1, 1, 2, 2, 3, 3)
QKD_DOUBLED(f32x8, f32x16, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7)

/* ---- Runs of `step` lanes of a, then b: the first, third, … less the second, fourth, … ---- */
#define QKD_EVEN(l, s) ((l) / (s) * 2 * (s) + (l) % (s))
#define QKD_ODD(l, s) (QKD_EVEN(l, s) + (s))
#define QKD_LANES_2(f, s) f(0, s), f(1, s)
#define QKD_LANES_4(f, s) QKD_LANES_2(f, s), f(2, s), f(3, s)
#define QKD_LANES_8(f, s) QKD_LANES_4(f, s), f(4, s), f(5, s), f(6, s), f(7, s)
#define QKD_LANES_16(f, s)                                                                               \
  QKD_LANES_8(f, s), f(8, s), f(9, s), f(10, s), f(11, s), f(12, s), f(13, s), f(14, s), f(15, s)
#define QKD_RUNS(s, count)                                                                               \
  case s:                                                                                                \
    return __builtin_shufflevector(a, b, QKD_LANES_##count(QKD_EVEN, s)) -                               \
           __builtin_shufflevector(a, b, QKD_LANES_##count(QKD_ODD, s));
#define QKD_RUNS_2(count) QKD_RUNS(1, count)
#define QKD_RUNS_4(count) QKD_RUNS_2(count) QKD_RUNS(2, count)
#define QKD_RUNS_8(count) QKD_RUNS_4(count) QKD_RUNS(4, count)
#define QKD_RUNS_16(count) QKD_RUNS_8(count) QKD_RUNS(8, count)
/* The step is known wherever this is inlined. */
#define QKD_DIFFERENCES(name, count)                                                                     \
  __attribute__((always_inline)) QKD_NO_ALLOCATION static inline qkd_##name qkd_differences_##name(      \
      qkd_##name a, qkd_##name b, intptr_t step) {                                                       \
    switch (step) { QKD_RUNS_##count(count) }                                                            \
    return a;                                                                                            \
  }
QKD_DIFFERENCES(f64x2, 2)
QKD_DIFFERENCES(f64x4, 4)
QKD_DIFFERENCES(f64x8, 8)
QKD_DIFFERENCES(f32x4, 4)
QKD_DIFFERENCES(f32x8, 8)
QKD_DIFFERENCES(f32x16, 16)
#pragma clang diagnostic pop

/* ---- Process ---- */
/* The arguments of the process, the program's name first and NULL last; NULL where the C library does not tell. */
char **qkd_arguments(void);
/* A bit for each feature of the processor that the build needs. */
extern const uint32_t qkd_required_features;
/* Calls to malloc and its kin since the start of the process; -1 where they cannot be counted. */
QKD_NO_ALLOCATION int64_t qkd_allocation_count(void);
/* Calls to free with anything to free; -1 where they cannot be counted. */
QKD_NO_ALLOCATION int64_t qkd_free_count(void);
/* Calls to mmap, munmap and mremap; -1 where they cannot be counted. */
QKD_NO_ALLOCATION int64_t qkd_mapping_count(void);
/* Page faults of all threads so far, without and with a disk read; -1 where the system does not tell. */
QKD_NO_ALLOCATION void qkd_page_faults(int64_t *minor, int64_t *major);
/* Between these two the first call of malloc, free, mmap or their kin ends the process: status 70, and the call's
   backtrace on standard error, as a command that turns it into names. */
void qkd_audit_begin(void);
void qkd_audit_end(void);
/* Brings every page of a writable range into memory; its contents stay. */
void qkd_touch(void *start, size_t bytes);
/* Gives the calling thread's stack, the first thread's, all that it may need: 192 KiB, of which 24 KiB in memory. */
void qkd_touch_stack(void);
/* Brings into memory what the calling thread's stack, one of at least 64 KiB, may need. */
enum { QKD_THREAD_STACK_TOUCHED = 40 << 10 };
void qkd_touch_thread_stack(void);
/* What the headers of the process's images say, in whole pages: segments that can be written, which become this
   process's own where it touches them, and segments that cannot, which are the file's. Without shared libraries there
   is one image, the program. */
void qkd_image(int64_t *variable_bytes, int64_t *read_only_bytes);
/* What only this process holds now: anonymous memory, in RAM or swapped out; bytes, or -1 where /proc does not tell. */
int64_t qkd_anonymous_bytes(void);
/* The peak of everything resident (VmHWM), and what is resident of files now; bytes, or -1. */
void qkd_resident_bytes(int64_t *peak, int64_t *of_files);
/* Gives pages back to the system that the heap holds but has nothing in. */
void qkd_trim_heap(void);
/* Runs a program (its path, its arguments, NULL) with /dev/null for its three descriptors, and measures the time from
   starting to having ended. Returns its exit code, 128 + the number of the signal that ended it, or -errno. */
int qkd_time_child(char *const arguments[], int64_t *nanoseconds);
/* The same for the peak resident memory (VmHWM) at its end, in bytes; -1 where the system does not let processes be
   traced. Not for timing. */
int qkd_peak_of_child(char *const arguments[], int64_t *peak_bytes);
/* All that is mapped (VmSize), in bytes, or -1 where /proc does not tell. */
int64_t qkd_mapped_bytes(void);
/* Monotonic time in nanoseconds. */
QKD_NO_ALLOCATION int64_t qkd_monotonic_nanoseconds(void);
/* CPU time of the calling thread in nanoseconds. */
QKD_NO_ALLOCATION int64_t qkd_thread_cpu_nanoseconds(void);

/* ---- Threads ---- */
/* Where a fixed number of threads wait for each other, round after round; it owns nothing that must be given back. */
typedef struct {
  uint32_t threads, looks, arrived, round, sleeping;
} qkd_barrier;
void qkd_barrier_init(qkd_barrier *barrier, uint32_t threads);
void qkd_barrier_wait(qkd_barrier *barrier);

/* ---- Files without a name ---- */
/* Creates a file in an open folder that has no name and goes with its last descriptor; for writing, with the
   permissions that the umask leaves. Returns its descriptor, or -1 with errno where file system or kernel has none. */
int qkd_open_unnamed(int folder);
/* Gives it a name that nothing has yet. Returns 0, or -1 with errno: EEXIST where something has. */
int qkd_name_file(int file, int folder, const char *name);

/* Reserves disk space for a file's first bytes; its size stays. Returns 0, also where file system or kernel reserves
   nothing, or errno: ENOSPC, EDQUOT, EFBIG. */
int qkd_reserve(int file, int64_t bytes);

/* ---- Being asked to stop ---- */
/* From now on SIGTERM, SIGINT and SIGHUP do not end the process but are noted, unless they are ignored. One that comes
   two seconds or more after the first ends it. */
void qkd_catch_stops(void);
/* The first of these signals that came, or 0. */
QKD_NO_ALLOCATION int qkd_stop_requested(void);
/* Waits until a pipe or a terminal can be read without waiting: 1; or until a stop is requested: 0. */
int qkd_wait_for_input(int descriptor);
/* Waits until a page can be written to a pipe or a terminal without waiting: 1; or until a stop is requested and that
   is still not so: 0. */
int qkd_wait_for_output(int descriptor);

/* ---- The machine's limit ---- */
/* The rate of fused multiply-adds (or of multiply, then add) of the calling thread in registers, in flop/s, two for
   each: what no kernel of this build can pass. Takes about `seconds`. */
double qkd_peak_flops(int single_precision, double seconds);

/* ---- Numbers as text ---- */
/* Writes x with the given number of digits after the point ("%.*f") into buffer, NUL-terminated; returns the length. */
int qkd_format_fixed(char *buffer, size_t capacity, int digits, double x);
/* The shortest of %.15g, %.16g, %.17g that reads back as x. */
int qkd_format_shortest(char *buffer, size_t capacity, double x);
/* x in base 10, or in base 16 in lower case. */
int qkd_format_unsigned(char *buffer, size_t capacity, uint64_t x, int base);

/* ---- Progress ---- */
/* Draws a bar over the current line of a terminal: name, done of total, and value unless it is NaN. */
void qkd_progress(int descriptor, const uint8_t *name, int length, int64_t done, int64_t total, double value);
void qkd_progress_clear(int descriptor);
/* The columns of a terminal; 0 for what is none, or does not tell. */
int qkd_terminal_columns(int descriptor);

/* ---- A service manager: sd_notify(3) ---- */
/* Opens the socket that NOTIFY_SOCKET names, if any, and tells that the service is ready. The two others then do
   nothing but send; before it, and without a socket, they do nothing. */
void qkd_notify_begin(void);
/* Tells how far a step is, once a second, and that the process lives. */
QKD_NO_ALLOCATION void qkd_notify_status(const uint8_t *name, int length, int64_t done, int64_t total);
/* Tells that the process lives, four times as often as the manager's watchdog (WATCHDOG_USEC) wants to hear. */
QKD_NO_ALLOCATION void qkd_notify_alive(void);

#endif
