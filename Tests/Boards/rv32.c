/* Starts a 32-bit RISC-V with single-precision floating point: traps, stack painted, data in place. */
#include <stdint.h>

extern uint32_t stack_bottom[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
int main(void);
void fault(void);

__attribute__((naked, section(".vectors"), used)) void start(void)
{
  __asm__ volatile(
      ".option push\n .option norelax\n la gp, __global_pointer$\n .option pop\n"
      "la sp, stack_top\n la t0, trap\n csrw mtvec, t0\n li t0, 0x6000\n csrs mstatus, t0\n fscsr x0\n j reset");
}

/* mtvec takes addresses of words. */
__attribute__((aligned(4), used)) void trap(void) { fault(); }

__attribute__((used)) void reset(void)
{
  /* Volatile: a memset would have its own frame in what it paints. */
  volatile uint32_t *word;
  uint32_t *here;
  __asm__ volatile("mv %0, sp" : "=r"(here));
  for (word = stack_bottom; word < here; word++) *word = PAINT;
  const uint32_t *from = data_load;
  for (word = data_start; word < data_end; word++) *word = *from++;
  for (word = bss_start; word < bss_end; word++) *word = 0;
  main();
}
