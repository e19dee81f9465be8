// Prints what the kernel computes: a line a lane format, the logits and then the gradient.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CSupport.h"

enum { ANGLES = 72, SAMPLES = 16, STATE = 2 * 64, LOGITS = 3, MEMORY = 8 << 20 };

int qkd_probe(void *memory, int format, const double *angles, const double *states, double *logits, double *gradient);

int main(void) {
  static double angles[ANGLES], states[SAMPLES * STATE];
  // Any numbers that are the same everywhere: no random generator, no file.
  for (int i = 0; i < ANGLES; i++) angles[i] = remainder(1.7 * i * i + 0.3, 2 * 3.141592653589793);
  for (int i = 0; i < SAMPLES * STATE; i++) states[i] = remainder(0.37 * i + 0.011 * i * (i % 97), 2);
  char *memory = aligned_alloc(64, MEMORY);
  if (memory == NULL) return 71;
  printf("vector bytes %d, registers %d\n", QKD_VECTOR_BYTES, QKD_VECTOR_REGISTERS);
  for (int format = 0; format < 9; format++) {
    double logits[SAMPLES * LOGITS], gradient[ANGLES + 2 * LOGITS + 1] = {0};
    memset(memory, 0, MEMORY);
    if (qkd_probe(memory, format, angles, states, logits, gradient) != ANGLES) return 70;
    printf("%d", format);
    for (int i = 0; i < SAMPLES * LOGITS; i++) printf(" %.17g", logits[i]);
    for (int i = 0; i < ANGLES + 2 * LOGITS + 1; i++) printf(" %.17g", gradient[i]);
    printf("\n");
  }
  return 0;
}
