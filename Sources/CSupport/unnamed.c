#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "CSupport.h"

static void path_of(int file, char text[32]) { snprintf(text, 32, "/proc/self/fd/%d", file); }

int qkd_open_unnamed(int folder) {
#ifdef O_TMPFILE
  int file = openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) return -1;
  char path[32];
  path_of(file, path);
  if (access(path, F_OK) == 0) return file;
  close(file);
#else
  (void)folder;
#endif
  errno = EOPNOTSUPP;
  return -1;
}

int qkd_name_file(int file, int folder, const char *name) {
  char path[32];
  path_of(file, path);
  return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW);
}
