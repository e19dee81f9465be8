/* The interface of libFuzzer, for which no header is installed. */
#ifndef QKD_CFUZZER_SHIM_H
#define QKD_CFUZZER_SHIM_H
#include <stddef.h>
#include <stdint.h>

/* Runs `test` on one input after the other; returns what the process is to end with. */
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t size));
/* Changes an input in its place, in any of libFuzzer's ways; returns its new size. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t largest);
#endif
