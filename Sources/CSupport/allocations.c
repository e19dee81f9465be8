/* Counts every call of the process to malloc, free and their kin, by standing in front of glibc's own. Being defined in
   the executable, these names win over the C library's for every object of the process, GSL included. A call costs one
   relaxed atomic addition. Memory that the system refuses ends the process here, with a message and status 71: neither
   the Swift runtime nor the C++ library gets over it. Other C libraries do not export the __libc_ names: there the
   counts are -1, "unknown". */
#include "seal.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <features.h>
#endif

/* An allocator that looks for faults stands in its place where QKD_NO_COUNTED_MALLOC is defined (tools/fuzz). */
#if defined(__GLIBC__) && !defined(QKD_NO_COUNTED_MALLOC)
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static _Atomic int64_t allocations, frees;

/* The number of the allocation that is refused, from 1, so that tests see what comes of it; 0: none is. */
static int64_t refused;

static int is_granted(const char *name) {
  qkd_sealed_call(name);
  int64_t number = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
  if (number == 1) {
    const char *text = getenv("QKD_REFUSE_ALLOCATION");
    if (text) refused = atoll(text);
  }
  return number != refused && !qkd_is_reporting();
}

/* Files that are not complete have no name yet, or a hidden one while this process holds them open
   (Sources/Files/AtomicFile.swift): nobody else will remove them now. */
static void remove_temporaries(void) {
  static const char prefix[] = "/.qkd-run.", suffix[] = ".partial";
  char link[32], path[PATH_MAX + 1];
  for (int file = 3; file < 256; file++) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX);
    if (length <= (ssize_t)(sizeof prefix + sizeof suffix)) continue;
    /* What is read is somebody else's, whatever it is called. */
    if ((fcntl(file, F_GETFL) & O_ACCMODE) == O_RDONLY) continue;
    path[length] = 0;
    if (strncmp(strrchr(path, '/') ? strrchr(path, '/') : path, prefix, sizeof prefix - 1) == 0 &&
        strcmp(path + length - (sizeof suffix - 1), suffix) == 0)
      unlink(path);
  }
}

static void *or_exit(void *memory, size_t size) {
  if (memory || size == 0 || qkd_is_reporting()) return memory;
  remove_temporaries();
  char text[160];
  int length = snprintf(text, sizeof text,
                        "qkd-run: the system refused %zu bytes of memory; no unfinished file is left; free memory, or "
                        "raise the process's limit\n",
                        size);
  if (write(2, text, (size_t)length) < 0) {}
  _exit(71);
}

void *malloc(size_t size) { return or_exit(is_granted("malloc") ? __libc_malloc(size) : NULL, size); }
void *calloc(size_t number, size_t size) {
  return or_exit(is_granted("calloc") ? __libc_calloc(number, size) : NULL, number * size);
}
void *realloc(void *old, size_t size) {
  return or_exit(is_granted("realloc") ? __libc_realloc(old, size) : NULL, size);
}
static void *aligned(const char *name, size_t alignment, size_t size) {
  return or_exit(is_granted(name) ? __libc_memalign(alignment, size) : NULL, size);
}
void *memalign(size_t alignment, size_t size) { return aligned("memalign", alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return aligned("aligned_alloc", alignment, size); }
void *valloc(size_t size) { return aligned("valloc", (size_t)sysconf(_SC_PAGESIZE), size); }
int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
  *result = aligned("posix_memalign", alignment, size);
  return 0;
}
void free(void *memory) {
  if (!memory) return;
  qkd_sealed_call("free");
  atomic_fetch_add_explicit(&frees, 1, memory_order_relaxed);
  __libc_free(memory);
}

int64_t qkd_allocation_count(void) { return atomic_load_explicit(&allocations, memory_order_relaxed); }
int64_t qkd_free_count(void) { return atomic_load_explicit(&frees, memory_order_relaxed); }
#else
int64_t qkd_allocation_count(void) { return -1; }
int64_t qkd_free_count(void) { return -1; }
#endif
