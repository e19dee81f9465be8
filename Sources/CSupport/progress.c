#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "CSupport.h"

static void put(int descriptor, const char *text, int length) {
  /* A terminal that went away, or that somebody halted, is no reason to stop. */
  struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
  if (poll(&ready, 1, 0) <= 0 || write(descriptor, text, (size_t)length) < 0) return;
}

void qkd_progress(int descriptor, const uint8_t *name, int length, int64_t done, int64_t total, double value) {
  enum { width = 30 };
  static const char full[] = "##############################", empty[] = "..............................";
  double share = total > 0 ? (double)done / (double)total : 0;
  if (share > 1) share = 1;
  int filled = (int)(share * width);
  char line[160];
  int used = snprintf(line, sizeof line, "\r\033[K%.*s [%.*s%.*s] %3d %% (%lld/%lld)", length, (const char *)name,
                      filled, full, width - filled, empty, (int)(share * 100), (long long)done, (long long)total);
  if (!isnan(value) && used < (int)sizeof line)
    used += snprintf(line + used, sizeof line - (size_t)used, " %.4g", value);
  put(descriptor, line, used < (int)sizeof line ? used : (int)sizeof line - 1);
}

int qkd_terminal_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void qkd_progress_clear(int descriptor) { put(descriptor, "\r\033[K", 4); }
