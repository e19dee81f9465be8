/* What a service manager is told: sd_notify(3), datagrams of lines "NAME=value". */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "CSupport.h"

static int manager = -1;
/* Nanoseconds between two signs of life; 0: nobody waits for them. */
static int64_t interval;
static int64_t alive_at, status_at;

/* Never waits: a manager that does not listen is no reason to stop. */
static void tell(const char *text, size_t length) {
  if (send(manager, text, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
}

void qkd_notify_begin(void) {
  const char *name = getenv("NOTIFY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = name ? strlen(name) : 0;
  if (manager >= 0 || length < 2 || length >= sizeof address.sun_path || (name[0] != '/' && name[0] != '@')) return;
  memcpy(address.sun_path, name, length);
  /* An abstract name begins with a zero byte, and has no other end than its length. */
  if (name[0] == '@') address.sun_path[0] = 0;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] == '/'));
  int opened = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (opened < 0) return;
  if (connect(opened, (struct sockaddr *)&address, size) != 0) {
    close(opened);
    return;
  }
  manager = opened;
  const char *wait = getenv("WATCHDOG_USEC"), *process = getenv("WATCHDOG_PID");
  if (wait && (!process || strtol(process, NULL, 10) == getpid())) interval = strtoll(wait, NULL, 10) * 1000 / 4;
  static const char ready[] = "READY=1";
  if (send(manager, ready, sizeof ready - 1, MSG_NOSIGNAL) < 0) return;
}

void qkd_notify_alive(void) {
  if (manager < 0 || interval <= 0) return;
  int64_t now = qkd_monotonic_nanoseconds();
  if (now - alive_at < interval) return;
  alive_at = now;
  static const char alive[] = "WATCHDOG=1";
  tell(alive, sizeof alive - 1);
}

void qkd_notify_status(const uint8_t *name, int length, int64_t done, int64_t total) {
  if (manager < 0) return;
  qkd_notify_alive();
  int64_t now = qkd_monotonic_nanoseconds();
  if (now - status_at < 1000000000 && status_at != 0) return;
  status_at = now;
  char text[160];
  int percent = total > 0 ? (int)(100 * ((double)done / (double)total)) : 0;
  int used = snprintf(text, sizeof text, "STATUS=%.*s: %lld of %lld (%d %%)", length, (const char *)name,
                      (long long)done, (long long)total, percent);
  if (used > 0) tell(text, used < (int)sizeof text ? (size_t)used : sizeof text - 1);
}
