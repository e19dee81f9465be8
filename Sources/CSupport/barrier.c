// A barrier for rounds of a fraction of a millisecond. pthread_barrier_wait sleeps at once, and waking costs more
// than such a round: two threads took as long as one. Here a thread looks for a while before it sleeps.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CSupport.h"

// About a tenth of a millisecond.
enum { LOOKS = 4000 };

static void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

void qkd_barrier_init(qkd_barrier *barrier, uint32_t threads) {
  *barrier = (qkd_barrier){.threads = threads};
  // Where threads share a processor, looking only keeps the others from it.
  barrier->looks = sysconf(_SC_NPROCESSORS_ONLN) >= (long)threads ? LOOKS : 0;
}

void qkd_barrier_wait(qkd_barrier *barrier) {
  uint32_t round = __atomic_load_n(&barrier->round, __ATOMIC_SEQ_CST);
  if (__atomic_add_fetch(&barrier->arrived, 1, __ATOMIC_SEQ_CST) == barrier->threads) {
    __atomic_store_n(&barrier->arrived, 0, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&barrier->round, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&barrier->sleeping, __ATOMIC_SEQ_CST) > 0)
      syscall(SYS_futex, &barrier->round, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
    return;
  }
  for (uint32_t look = 0; look < barrier->looks; look++) {
    if (__atomic_load_n(&barrier->round, __ATOMIC_SEQ_CST) != round) return;
    pause_briefly();
  }
  __atomic_add_fetch(&barrier->sleeping, 1, __ATOMIC_SEQ_CST);
  // The system puts the thread to sleep only if the round is still the same.
  while (__atomic_load_n(&barrier->round, __ATOMIC_SEQ_CST) == round)
    syscall(SYS_futex, &barrier->round, FUTEX_WAIT_PRIVATE, round, NULL, NULL, 0);
  __atomic_sub_fetch(&barrier->sleeping, 1, __ATOMIC_SEQ_CST);
}
