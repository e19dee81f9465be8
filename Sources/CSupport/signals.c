/* Signals that ask a run to stop. The handler only takes a note of it; loops look between two batches. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "CSupport.h"

static _Atomic int requested;
static struct timespec requested_at;
/* Becomes readable with the request, so that waiting for input ends, whenever the signal comes. */
static int event = -1;

static void stop(int signal_number) {
  int error = errno;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!atomic_load(&requested)) {
    requested_at = now;
    atomic_store(&requested, signal_number);
    uint64_t one = 1;
    if (event >= 0 && write(event, &one, sizeof one) < 0) {}
  } else if (now.tv_sec - requested_at.tv_sec > 1) {
    /* Somebody insists. What is on the disk is complete, so the process may end anywhere. Not for one that comes at
       once: timeout(1) sends two. */
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
  errno = error;
}

void qkd_catch_stops(void) {
  if (event < 0) event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
  sigset_t caught;
  sigemptyset(&caught);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    struct sigaction action;
    /* What somebody chose to ignore stays ignored: nohup(1), jobs in the background. */
    if (sigaction(signals[i], NULL, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    /* Calls to the system go on, those of libraries too: what waits for input looks at `event`. */
    action = (struct sigaction){.sa_handler = stop, .sa_flags = SA_RESTART};
    sigaction(signals[i], &action, NULL);
    sigaddset(&caught, signals[i]);
  }
  /* A parent that blocks signals, as programs with many threads do, hands that on: nothing could stop the run. */
  pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
}

int qkd_stop_requested(void) { return atomic_load_explicit(&requested, memory_order_relaxed); }

static int wait_for(int descriptor, short events) {
  struct pollfd waits[] = {{.fd = descriptor, .events = events}, {.fd = event, .events = POLLIN}};
  while (!qkd_stop_requested()) {
    int ready = poll(waits, 2, -1);
    if (ready > 0 && waits[0].revents) return 1;
    /* What cannot be waited for, the call itself will tell. */
    if (ready < 0 && errno != EINTR) return 1;
  }
  return 0;
}

int qkd_wait_for_input(int descriptor) { return wait_for(descriptor, POLLIN); }

int qkd_wait_for_output(int descriptor) {
  struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
  return wait_for(descriptor, POLLOUT) || poll(&ready, 1, 0) != 0;
}
