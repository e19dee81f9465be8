/* Runs a program and makes one of its calls to the system fail: the N-th of a group, with an error, a shortened
   transfer, or the end of the process. The filter (seccomp) stops the program at these calls alone, so it runs at full
   speed otherwise; all its threads and children are counted together.

   usage: faults [-f GROUP:N:ACTION] [-u] [-o FILE] PROGRAM [ARGUMENT…]
     -f  N from 1; ACTION: EIO, ENOSPC, EINTR, EACCES, EOPNOTSUPP; short; SIGKILL, SIGTERM (before the call happens)
     -u  files without a name are refused (EOPNOTSUPP), as some file systems do
     -o  writes `GROUP COUNT` lines, and `done 1` where the fault came to pass
   Ends as the program does; 128 + N for signal N; 124 where processes may not be traced; 125 after 60 seconds. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <sys/user.h>
typedef struct user_regs_struct registers;
#define NUMBER(r) ((long)(r).orig_rax)
#define FLAGS_OF_OPENAT(r) ((r).rdx)
#define LENGTH(r) ((r).rdx)
#define AUDIT_ARCHITECTURE AUDIT_ARCH_X86_64
static void refuse(pid_t pid, registers *r, long error) {
  (void)pid;
  r->orig_rax = (unsigned long)-1;
  r->rax = (unsigned long)-error;
}
#elif defined(__aarch64__)
#include <asm/ptrace.h>
typedef struct user_pt_regs registers;
#define NUMBER(r) ((long)(r).regs[8])
#define FLAGS_OF_OPENAT(r) ((r).regs[2])
#define LENGTH(r) ((r).regs[2])
#define AUDIT_ARCHITECTURE AUDIT_ARCH_AARCH64
static void refuse(pid_t pid, registers *r, long error) {
  int none = -1;
  struct iovec part = {&none, sizeof none};
  ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &part);
  r->regs[0] = (unsigned long)-error;
}
#else
#error "another processor"
#endif

static void get(pid_t pid, registers *r) {
  struct iovec all = {r, sizeof *r};
  ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all);
}
static void set(pid_t pid, registers *r) {
  struct iovec all = {r, sizeof *r};
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all);
}

static const struct {
  const char *name;
  long calls[5];
} groups[] = {
#ifdef __x86_64__
    {"open", {SYS_openat, SYS_open, SYS_creat, -1}},
    {"rename", {SYS_renameat, SYS_renameat2, SYS_rename, -1}},
    {"link", {SYS_linkat, SYS_link, -1}},
    {"unlink", {SYS_unlinkat, SYS_unlink, -1}},
#else
    {"open", {SYS_openat, -1}},
    {"rename", {SYS_renameat2, SYS_renameat, -1}},
    {"link", {SYS_linkat, -1}},
    {"unlink", {SYS_unlinkat, -1}},
#endif
    {"read", {SYS_read, SYS_pread64, SYS_readv, SYS_preadv, -1}},
    {"write", {SYS_write, SYS_pwrite64, SYS_writev, SYS_pwritev, -1}},
    {"fsync", {SYS_fsync, SYS_fdatasync, -1}},
    {"fallocate", {SYS_fallocate, -1}},
    {"truncate", {SYS_ftruncate, SYS_truncate, -1}},
    {"mmap", {SYS_mmap, -1}},
    {"flock", {SYS_flock, -1}},
};
enum { group_count = sizeof groups / sizeof groups[0] };

static int group_of(long call) {
  for (int group = 0; group < group_count; group++)
    for (int i = 0; groups[group].calls[i] >= 0; i++)
      if (groups[group].calls[i] == call) return group;
  return -1;
}

static const struct {
  const char *name;
  int value;
} errors[] = {{"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EACCES", EACCES}, {"EOPNOTSUPP", EOPNOTSUPP},
              {"ENOMEM", ENOMEM}, {"EXDEV", EXDEV}},
  signals[] = {{"SIGKILL", SIGKILL}, {"SIGTERM", SIGTERM}, {"SIGHUP", SIGHUP}};

static void fail(const char *what) {
  perror(what);
  exit(124);
}

static int install_filter(void) {
  struct sock_filter code[128];
  int size = 0;
  code[size++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
  code[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCHITECTURE, 1, 0);
  code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  code[size++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
  for (int group = 0; group < group_count; group++)
    for (int i = 0; groups[group].calls[i] >= 0; i++) {
      code[size++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)groups[group].calls[i], 0, 1);
      code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
  code[size++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {(unsigned short)size, code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static pid_t child;
static void too_long(int number) {
  (void)number;
  kill(child, SIGKILL);
  _exit(125);
}

int main(int count, char **arguments) {
  int target = -1, error = 0, signal_number = 0, shortens = 0, refuses_unnamed = 0, option;
  long wanted = 0;
  const char *output = NULL;
  while ((option = getopt(count, arguments, "+f:uo:")) >= 0) {
    if (option == 'u') refuses_unnamed = 1;
    if (option == 'o') output = optarg;
    if (option == 'f') {
      const char *name = strtok(optarg, ":"), *number = strtok(NULL, ":"), *action = strtok(NULL, ":");
      for (int group = 0; name && group < group_count; group++)
        if (!strcmp(groups[group].name, name)) target = group;
      wanted = number ? atol(number) : 0;
      shortens = action && !strcmp(action, "short");
      for (size_t i = 0; action && i < sizeof errors / sizeof errors[0]; i++)
        if (!strcmp(errors[i].name, action)) error = errors[i].value;
      for (size_t i = 0; action && i < sizeof signals / sizeof signals[0]; i++)
        if (!strcmp(signals[i].name, action)) signal_number = signals[i].value;
      if (target < 0 || wanted < 1 || !(error || signal_number || shortens)) {
        fprintf(stderr, "faults: no such fault\n");
        return 124;
      }
    }
  }
  if (optind >= count) {
    fprintf(stderr, "faults: no program\n");
    return 124;
  }

  /* What the caller blocks would be blocked here too, and in the program. */
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  child = fork();
  if (child < 0) fail("faults: fork");
  if (child == 0) {
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) fail("faults: ptrace");
    raise(SIGSTOP);
    if (install_filter() != 0) fail("faults: seccomp");
    execv(arguments[optind], arguments + optind);
    fail("faults: exec");
  }
  signal(SIGALRM, too_long);
  alarm(60);
  int status;
  if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return 124;
  long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)options) != 0) fail("faults: options");
  ptrace(PTRACE_CONT, child, NULL, NULL);

  long counts[group_count] = {0};
  int is_done = 0, has_started = 0, result = 124;
  for (;;) {
    pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (pid == child) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      continue;
    }
    int event = status >> 16, delivered = 0;
    if (event == PTRACE_EVENT_EXEC) {
      has_started = 1;
    } else if (event == PTRACE_EVENT_SECCOMP && has_started) {
      registers r;
      get(pid, &r);
      int group = group_of(NUMBER(r));
      if (group >= 0) counts[group]++;
      if (group >= 0 && group == target && counts[group] == wanted) {
        is_done = 1;
        if (shortens) {
          if (LENGTH(r) > 1) LENGTH(r) = (LENGTH(r) + 1) / 2;
          set(pid, &r);
        } else if (signal_number) {
          kill(child, signal_number);
        } else {
          refuse(pid, &r, error);
          set(pid, &r);
        }
      } else if (refuses_unnamed && NUMBER(r) == SYS_openat && (FLAGS_OF_OPENAT(r) & O_TMPFILE) == O_TMPFILE) {
        refuse(pid, &r, EOPNOTSUPP);
        set(pid, &r);
      }
    } else if (event == 0) {
      delivered = WSTOPSIG(status);
      /* How a new thread begins. */
      if (delivered == SIGSTOP || delivered == SIGTRAP) delivered = 0;
    }
    ptrace(PTRACE_CONT, pid, NULL, (void *)(long)delivered);
  }
  if (output) {
    FILE *file = fopen(output, "w");
    if (!file) fail("faults: output");
    for (int group = 0; group < group_count; group++) fprintf(file, "%s %ld\n", groups[group].name, counts[group]);
    fprintf(file, "done %d\n", is_done);
    if (fclose(file) != 0) fail("faults: output");
  }
  return result;
}
