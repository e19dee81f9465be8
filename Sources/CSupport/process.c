#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "CSupport.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

static int read_text(const char *path, char *text, size_t capacity) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t length = read(file, text, capacity - 1);
  close(file);
  text[length < 0 ? 0 : length] = 0;
  return length > 0;
}

/* A line "NAME:   123 kB" of what /proc tells, in bytes; -1 where it is not there. */
static int64_t kibibytes(const char *text, const char *name) {
  const char *line = strstr(text, name);
  return line ? (int64_t)strtoll(line + strlen(name), NULL, 10) * 1024 : -1;
}

int64_t qkd_anonymous_bytes(void) {
  char text[4096];
  /* smaps_rollup walks the page tables; status adds up counters that each processor keeps for itself, and is off by up
     to some hundred kilobytes on some kernels. What was swapped out is held all the same. */
  const char *paths[] = {"/proc/self/smaps_rollup", "/proc/self/status"};
  const char *anonymous[] = {"\nAnonymous:", "\nRssAnon:"}, *swapped[] = {"\nSwap:", "\nVmSwap:"};
  for (int i = 0; i < 2; i++) {
    if (!read_text(paths[i], text, sizeof text)) continue;
    int64_t bytes = kibibytes(text, anonymous[i]), away = kibibytes(text, swapped[i]);
    if (bytes >= 0) return bytes + (away > 0 ? away : 0);
  }
  return -1;
}

void qkd_resident_bytes(int64_t *peak, int64_t *of_files) {
  char text[4096];
  *peak = *of_files = -1;
  if (!read_text("/proc/self/status", text, sizeof text)) return;
  *peak = kibibytes(text, "\nVmHWM:");
  *of_files = kibibytes(text, "\nRssFile:");
}

void qkd_trim_heap(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

/* From the file that the system writes in half the time: its first number is VmSize, in pages. */
int64_t qkd_mapped_bytes(void) {
  char text[256];
  if (!read_text("/proc/self/statm", text, sizeof text)) return -1;
  return (int64_t)strtoll(text, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t qkd_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }
int64_t qkd_thread_cpu_nanoseconds(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }
