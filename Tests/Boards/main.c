/* Runs a model's source on an emulated board: samples come from the host's file `samples`, answers go into the file
   `logits`, both 32-bit floats, through semihosting (ARM's specification, which RISC-V took over). First what the
   self-test found, then the logits, then two integers: instructions of all samples together (64 bits), and the bytes of
   stack that were used. */
#include <stddef.h>
#include <stdint.h>
#include "student.h"

enum { OPEN = 1, CLOSE = 2, WRITE = 5, READ = 6, EXIT = 0x18 };
enum { READ_BINARY = 1, WRITE_BINARY = 5 };

extern uint32_t stack_bottom[], stack_top[];

/* Instructions since some moment, from 0 again after 32 bits. */
uint32_t instructions(void);

static intptr_t call(intptr_t operation, const void *arguments)
{
#if defined(__arm__)
  register intptr_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#else
  register intptr_t a0 __asm__("a0") = operation;
  register const void *a1 __asm__("a1") = arguments;
  __asm__ volatile(
      ".balign 16\n .option push\n .option norvc\n slli x0, x0, 0x1f\n ebreak\n srai x0, x0, 7\n .option pop"
      : "+r"(a0) : "r"(a1) : "memory");
  return a0;
#endif
}

static intptr_t open_file(const char *name, intptr_t mode)
{
  const char *end = name;
  while (*end) end++;
  const intptr_t arguments[] = {(intptr_t)name, mode, end - name};
  return call(OPEN, arguments);
}

/* 0 where everything was moved. */
static intptr_t move(intptr_t operation, intptr_t file, void *bytes, size_t count)
{
  const intptr_t arguments[] = {file, (intptr_t)bytes, (intptr_t)count};
  return call(operation, arguments);
}

static _Noreturn void leave(int is_well)
{
  /* ADP_Stopped_ApplicationExit, or ADP_Stopped_InternalError. */
  call(EXIT, (const void *)(intptr_t)(is_well ? 0x20026 : 0x20024));
  for (;;) {
  }
}

/* A trap: a stack that grew over its end, or an instruction that the board does not have. */
__attribute__((used)) void fault(void) { leave(0); }

static float sample[STUDENT_INPUTS * PARTS], logits[STUDENT_LOGITS];

/* Words below the stack pointer that no call has touched still hold their paint. */
static uint32_t stack_used(void)
{
  const uint32_t *word = stack_bottom;
  while (word < stack_top && *word == PAINT) word++;
  return (uint32_t)((const char *)stack_top - (const char *)word);
}

int main(void)
{
  const intptr_t in = open_file("samples", READ_BINARY), out = open_file("logits", WRITE_BINARY);
  float test = student_self_test(sample);
  uint64_t all = 0;
  if (in < 0 || out < 0 || move(WRITE, out, &test, 4) != 0) leave(0);
  while (move(READ, in, sample, sizeof sample) == 0) {
    const uint32_t before = instructions();
    if (student_logits(sample, PARTS == 2 ? sample + STUDENT_INPUTS : NULL, logits) != STUDENT_OK) leave(0);
    all += instructions() - before;
    if (move(WRITE, out, logits, sizeof logits) != 0) leave(0);
#if CLASSES
    /* So that what most programs call is in the image. */
    student_probabilities(logits, logits);
#endif
  }
  uint32_t used = stack_used();
  if (move(WRITE, out, &all, 8) != 0 || move(WRITE, out, &used, 4) != 0) leave(0);
  call(CLOSE, &out);
  leave(1);
}
