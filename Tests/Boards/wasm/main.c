/* Runs a model's source as WebAssembly: samples come from standard input, answers go to standard output, as main.c
   tells, through WASI (preview 1). Instructions are not counted. */
#include <stddef.h>
#include <stdint.h>
#include "student.h"

struct bytes {
  const void *start;
  size_t count;
};

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
IMPORT(fd_read) int fd_read(int file, const struct bytes *parts, size_t count, size_t *moved);
IMPORT(fd_write) int fd_write(int file, const struct bytes *parts, size_t count, size_t *moved);

/* The linker's: where the stack begins and ends. It lies below the data, so that overflow leaves the memory. */
extern uint32_t __stack_low[], __stack_high[];

static float sample[STUDENT_INPUTS * PARTS], logits[STUDENT_LOGITS];

/* Whether everything was read. */
static int read_all(void *bytes, size_t count)
{
  while (count > 0) {
    const struct bytes part = {bytes, count};
    size_t moved = 0;
    if (fd_read(0, &part, 1, &moved) != 0 || moved == 0) return 0;
    bytes = (char *)bytes + moved;
    count -= moved;
  }
  return 1;
}

static void write_all(const void *bytes, size_t count)
{
  while (count > 0) {
    const struct bytes part = {bytes, count};
    size_t moved = 0;
    if (fd_write(1, &part, 1, &moved) != 0 || moved == 0) __builtin_trap();
    bytes = (const char *)bytes + moved;
    count -= moved;
  }
}

__attribute__((noinline)) static void work(void)
{
  const uint64_t all = 0;
  const float test = student_self_test(sample);
  write_all(&test, 4);
  while (read_all(sample, sizeof sample)) {
    if (student_logits(sample, PARTS == 2 ? sample + STUDENT_INPUTS : NULL, logits) != STUDENT_OK) __builtin_trap();
    write_all(logits, sizeof logits);
  }
  write_all(&all, 8);
}

__attribute__((export_name("_start"))) void _start(void)
{
  volatile uint32_t *word = __stack_low;
  uint32_t *here = __builtin_frame_address(0);
  while (word < here) *word++ = PAINT;
  work();
  for (word = __stack_low; word < __stack_high && *word == PAINT; word++) {
  }
  const uint32_t used = (uint32_t)((const char *)__stack_high - (const char *)word);
  write_all(&used, 4);
}
