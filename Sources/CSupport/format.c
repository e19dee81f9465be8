#include <stdio.h>
#include <stdlib.h>

#include "CSupport.h"

int qkd_format_fixed(char *buffer, size_t capacity, int digits, double x) {
  return snprintf(buffer, capacity, "%.*f", digits, x);
}

int qkd_format_shortest(char *buffer, size_t capacity, double x) {
  int length = 0;
  for (int digits = 15; digits <= 17; digits++) {
    length = snprintf(buffer, capacity, "%.*g", digits, x);
    if (strtod(buffer, NULL) == x) break;
  }
  return length;
}

int qkd_format_unsigned(char *buffer, size_t capacity, uint64_t x, int base) {
  return snprintf(buffer, capacity, base == 16 ? "%llx" : "%llu", (unsigned long long)x);
}
