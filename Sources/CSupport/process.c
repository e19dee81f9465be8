#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "CSupport.h"

static int64_t status_bytes(const char *name) {
  char text[4096];
  int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return -1;
  text[length] = 0;
  const char *line = strstr(text, name);
  return line ? (int64_t)strtoll(line + strlen(name), NULL, 10) * 1024 : -1;
}

int64_t qkd_peak_memory_bytes(void) { return status_bytes("VmHWM:"); }

/* From the file that the system writes in half the time: its first number is VmSize, in pages. */
int64_t qkd_mapped_bytes(void) {
  char text[256];
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return -1;
  text[length] = 0;
  return (int64_t)strtoll(text, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static int64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t qkd_monotonic_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }
int64_t qkd_thread_cpu_nanoseconds(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }
