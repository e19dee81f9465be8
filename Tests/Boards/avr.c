/* Runs a model's C file on an ATmega328P: makes samples itself, numbers of the generator of the self-test, and prints
   their logits over the UART as the hexadecimal digits of floats, then the cycles of all samples together, in 1024, and
   the bytes of stack that were used. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <math.h>
#include <stdint.h>
#include "student.h"

extern uint8_t __heap_start;
static float sample[STUDENT_INPUTS], logits[STUDENT_LOGITS];

/* Before the C library's start, so that nothing is overwritten. */
__attribute__((naked, used, section(".init3"))) static void paint(void)
{
  for (uint8_t *byte = &__heap_start; byte <= (uint8_t *)RAMEND; byte++) *(volatile uint8_t *)byte = 0xA5;
}

static uint16_t stack_used(void)
{
  const uint8_t *byte = &__heap_start;
  while (byte <= (uint8_t *)RAMEND && *byte == 0xA5) byte++;
  return (uint16_t)((uint8_t *)RAMEND + 1 - byte);
}

static void put(char letter)
{
  while (!(UCSR0A & 1 << UDRE0)) {
  }
  UDR0 = letter;
}

static void print(uint32_t word)
{
  for (int8_t shift = 28; shift >= 0; shift -= 4) put("0123456789abcdef"[word >> shift & 15]);
  put('\n');
}

static void print_float(float value)
{
  union {
    float value;
    uint32_t word;
  } bits = {value};
  print(bits.word);
}

int main(void)
{
  uint32_t all = 0;
  UCSR0B = 1 << TXEN0;
  TCCR1B = 1 << CS12 | 1 << CS10; /* a tick in 1024 cycles */
  print_float(student_self_test(sample));
  for (uint16_t row = 0; row < SAMPLES; row++) {
    uint32_t seed = row + 1ul;
    float norm = 0;
    for (uint16_t i = 0; i < STUDENT_INPUTS; i++) {
      seed = seed * 1664525ul + 1013904223ul;
      sample[i] = (float)(seed >> 8) * 1.1920928955078125e-07f - 1.0f;
      if (BITS) sample[i] = sample[i] > 0.0f;
      norm += sample[i] * sample[i];
    }
    for (uint16_t i = 0; NORMALISED && i < STUDENT_INPUTS; i++) sample[i] /= sqrtf(norm);
    const uint16_t before = TCNT1;
    if (student_logits(sample, 0, logits) != STUDENT_OK) break;
    all += (uint16_t)(TCNT1 - before);
    for (uint8_t j = 0; j < STUDENT_LOGITS; j++) print_float(logits[j]);
#if CLASSES
    /* So that what most programs call is in the image. */
    student_probabilities(logits, logits);
#endif
  }
  print(all);
  print(stack_used());
  cli();
  sleep_enable();
  sleep_cpu();
}
