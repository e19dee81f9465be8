/* Starts a Cortex-M4F or M7: vectors, floating point on, stack painted, data in place; counts instructions. */
#include <stdint.h>

extern uint32_t stack_bottom[], stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
int main(void);
void fault(void);

#define SYSTICK ((volatile uint32_t *)0xE000E010) /* control, reload, current value */

/* The emulator's time is a nanosecond an instruction, and the boards' timer ticks at 25 MHz, downwards, in 24 bits. */
uint32_t instructions(void)
{
  static uint32_t ticks;
  ticks += ((0xFFFFFFu - SYSTICK[2]) - ticks) & 0xFFFFFFu;
  return ticks * 40u;
}

void reset(void)
{
  *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; /* CPACR: coprocessors 10 and 11 */
  __asm__ volatile("dsb\n isb");
  /* Volatile: a memset would have its own frame in what it paints. */
  volatile uint32_t *word;
  uint32_t *here;
  __asm__ volatile("mov %0, sp" : "=r"(here));
  for (word = stack_bottom; word < here; word++) *word = PAINT;
  const uint32_t *from = data_load;
  for (word = data_start; word < data_end; word++) *word = *from++;
  for (word = bss_start; word < bss_end; word++) *word = 0;
  SYSTICK[1] = 0xFFFFFF;
  SYSTICK[2] = 0;
  SYSTICK[0] = 5; /* on, by the processor's clock, no interrupt */
  main();
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
  stack_top, (const void *)reset, (const void *)fault, (const void *)fault, (const void *)fault, (const void *)fault,
  (const void *)fault,
};
