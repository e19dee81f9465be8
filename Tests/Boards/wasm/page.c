/* What a page calls: it writes a sample's real and imaginary parts, asks for an answer, and reads it. */
#include <stddef.h>
#include "student.h"

#define EXPORT(name) __attribute__((export_name(#name))) name

static float parts[2 * STUDENT_INPUTS], logits[STUDENT_LOGITS], probabilities[STUDENT_LOGITS];

/* [real, imaginary][number] */
float *EXPORT(sample)(void) { return parts; }
float *EXPORT(answer)(void) { return logits; }
/* Of a regression: never written. */
float *EXPORT(shares)(void) { return probabilities; }

/* The status of the sample, as the header lists it. */
int EXPORT(run)(int is_complex)
{
  const int status = student_logits(parts, is_complex ? parts + STUDENT_INPUTS : NULL, logits);
#if CLASSES
  if (status == STUDENT_OK) student_probabilities(logits, probabilities);
#endif
  return status;
}

float EXPORT(test)(void) { return student_self_test(parts); }
