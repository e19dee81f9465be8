#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "CSupport.h"

extern char **environ;

static int exit_status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

int qkd_time_child(char *const arguments[], int64_t *nanoseconds) {
  posix_spawn_file_actions_t actions;
  int error = posix_spawn_file_actions_init(&actions);
  if (error) return -error;
  for (int descriptor = 0; descriptor < 3 && !error; descriptor++)
    error = posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
  pid_t child = -1;
  int64_t start = qkd_monotonic_nanoseconds();
  if (!error) error = posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ);
  int status = 0;
  if (!error)
    while (waitpid(child, &status, 0) < 0)
      if (errno != EINTR) {
        error = errno;
        break;
      }
  *nanoseconds = qkd_monotonic_nanoseconds() - start;
  posix_spawn_file_actions_destroy(&actions);
  return error ? -error : exit_status(status);
}

static int64_t peak_of(pid_t child) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/status", (int)child);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return -1;
  text[length] = 0;
  const char *line = strstr(text, "VmHWM:");
  return line ? (int64_t)strtoll(line + 6, NULL, 10) * 1024 : -1;
}

/* What wait4 tells (ru_maxrss) would not do: it begins with the memory of the process that forked. */
int qkd_peak_of_child(char *const arguments[], int64_t *peak_bytes) {
  *peak_bytes = -1;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return -errno;
  pid_t child = fork();
  if (child == 0) {
    for (int descriptor = 0; descriptor < 3; descriptor++) dup2(null, descriptor);
    /* 126 where a process may not be traced: the caller then knows the exit code, not the peak. */
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0) _exit(126);
    execv(arguments[0], arguments);
    _exit(127);
  }
  close(null);
  if (child < 0) return -errno;
  int status, options_set = 0;
  for (;;) {
    if (waitpid(child, &status, 0) < 0) {
      if (errno == EINTR) continue;
      return -errno;
    }
    if (!WIFSTOPPED(status)) return exit_status(status);
    int signal = WSTOPSIG(status);
    if (!options_set) {
      /* The stop after exec. */
      options_set = 1;
      signal = 0;
      ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL));
    } else if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8))) {
      signal = 0;
      *peak_bytes = peak_of(child);
    }
    ptrace(PTRACE_CONT, child, NULL, (void *)(intptr_t)signal);
  }
}
