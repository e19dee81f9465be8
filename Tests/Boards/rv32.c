/* Starts a 32-bit RISC-V with single-precision floating point: traps, a guard below the stack, stack painted, data in
   place; counts instructions. */
#include <stdint.h>

extern uint32_t stack_bottom[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
int main(void);
void fault(void);

uint32_t instructions(void)
{
  uint32_t count;
  __asm__ volatile("csrr %0, minstret" : "=r"(count));
  return count;
}

__attribute__((naked, section(".vectors"), used)) void start(void)
{
  __asm__ volatile(
      ".option push\n .option norelax\n la gp, __global_pointer$\n .option pop\n"
      "la sp, stack_top\n la t0, trap\n csrw mtvec, t0\n li t0, 0x6000\n csrs mstatus, t0\n fscsr x0\n"
      /* The 4 KiB below the stack: a naturally aligned region, locked, which nobody may touch. */
      "la t0, stack_bottom\n li t1, -4096\n add t0, t0, t1\n srli t0, t0, 2\n ori t0, t0, 0x1ff\n csrw pmpaddr0, t0\n"
      "li t0, 0x98\n csrw pmpcfg0, t0\n j reset");
}

/* On a fresh stack, since this one may be full. mtvec takes addresses of words. */
__attribute__((naked, aligned(4), used)) void trap(void) { __asm__ volatile("la sp, stack_top\n j fault"); }

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
