#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>

#include "CSupport.h"

int qkd_reserve(int file, int64_t bytes) {
  if (bytes <= 0) return 0;
#ifdef FALLOC_FL_KEEP_SIZE
  while (fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes) != 0) {
    /* Writing zeros instead, as posix_fallocate does, would reserve nothing where blocks are never written in place. */
    if (errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL) return 0;
    if (errno != EINTR) return errno;
  }
#else
  (void)file;
#endif
  return 0;
}
