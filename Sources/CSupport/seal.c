/* The sealed phase as the system sees it: calls that change the process's mappings, page faults, and the audit, which
   ends the process at the first call of either kind that no seal allows.

   mmap and its kin are counted like malloc: the executable's own definitions win. What the C library maps for itself
   does not pass here, but happens only inside malloc, free and pthread_create; qkd_mapped_bytes shows that too. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <unwind.h>

#include "seal.h"

static _Atomic int auditing;
/* Whether this thread is telling what it found: whatever the message itself calls is not another finding. */
static _Thread_local int reports;

int qkd_is_reporting(void) { return reports; }

static void put(const char *text) {
  if (write(2, text, strlen(text)) < 0) return;
}

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *depth) {
  uintptr_t place = _Unwind_GetIP(context);
  if (!place || ++*(int *)depth > 64) return _URC_END_OF_STACK;
  /* A return address is behind its call. */
  char text[24];
  snprintf(text, sizeof text, " 0x%llx", (unsigned long long)place - 1);
  put(text);
  return _URC_NO_REASON;
}

void qkd_sealed_call(const char *name) {
  if (!atomic_load_explicit(&auditing, memory_order_relaxed)) return;
  if (!atomic_exchange(&auditing, 0)) return;
  reports = 1;
  put("qkd-run: ");
  put(name);
  put(" was called after the seal, which host.audit forbids; where:\n  addr2line -Cfpe ");
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  path[length < 0 ? 0 : length] = 0;
  put(path);
  int depth = 0;
  _Unwind_Backtrace(frame, &depth);
  put("\n");
  _exit(70);
}

void qkd_audit_begin(void) { atomic_store(&auditing, 1); }
void qkd_audit_end(void) { atomic_store(&auditing, 0); }

/* ---- Mappings ---- */

#if defined(__linux__) && defined(__LP64__) && !defined(QKD_NO_COUNTED_MALLOC)
#include <sys/syscall.h>

static _Atomic int64_t mappings;

static void mapping(const char *name) {
  qkd_sealed_call(name);
  atomic_fetch_add_explicit(&mappings, 1, memory_order_relaxed);
}

void *mmap(void *start, size_t bytes, int protection, int flags, int file, off_t offset) {
  mapping("mmap");
  return (void *)syscall(SYS_mmap, start, bytes, protection, flags, file, offset);
}
void *mmap64(void *, size_t, int, int, int, off64_t) __attribute__((alias("mmap")));
int munmap(void *start, size_t bytes) {
  mapping("munmap");
  return (int)syscall(SYS_munmap, start, bytes);
}
void *mremap(void *start, size_t bytes, size_t wanted, int flags, ...) {
  mapping("mremap");
  va_list rest;
  va_start(rest, flags);
  void *place = flags & MREMAP_FIXED ? va_arg(rest, void *) : NULL;
  va_end(rest);
  return (void *)syscall(SYS_mremap, start, bytes, wanted, flags, place);
}

int64_t qkd_mapping_count(void) { return atomic_load_explicit(&mappings, memory_order_relaxed); }
#else
int64_t qkd_mapping_count(void) { return -1; }
#endif

void qkd_page_faults(int64_t *minor, int64_t *major) {
  struct rusage usage;
  *minor = *major = -1;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return;
  *minor = usage.ru_minflt;
  *major = usage.ru_majflt;
}

/* ---- First touches ---- */

void qkd_touch(void *start, size_t bytes) {
#ifdef __linux__
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
  /* One call instead of one fault a page (Linux 5.14). */
  if (madvise(start, bytes, MADV_POPULATE_WRITE) == 0) return;
#endif
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (size_t offset = 0; offset < bytes; offset += page) {
    volatile unsigned char *byte = (volatile unsigned char *)start + offset;
    *byte = *byte;
  }
}

/* The stack grows to what it is touched at; only the nearer part is to be in memory. */
__attribute__((noinline)) void qkd_touch_stack(void) {
  enum { reserved = 192 << 10, resident = 24 << 10 };
  volatile unsigned char frame[reserved];
  frame[0] = 0;
  for (size_t offset = reserved - resident; offset < reserved; offset += 1024) frame[offset] = 0;
}

__attribute__((noinline)) void qkd_touch_thread_stack(void) {
  volatile unsigned char frame[QKD_THREAD_STACK_TOUCHED];
  for (size_t offset = 0; offset < sizeof frame; offset += 1024) frame[offset] = 0;
}
