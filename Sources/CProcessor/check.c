// Ends the process with a message where the processor lacks what the build was made for, instead of with an illegal
// instruction somewhere later. This target alone is compiled for any processor of the architecture, and its constructor
// runs before all others.
#include "ProcessorFeatures.h"

#if defined(__x86_64__)
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void add(char *text, size_t capacity, const char *part) {
  size_t used = strlen(text);
  strncat(text, part, capacity - used - 1);
}

__attribute__((constructor(101))) static void check_processor(void) {
  char missing[512] = "";
  __builtin_cpu_init();
#define CHECK(place, macro, name)                                                           \
  if ((qkd_required_features >> place & 1) != 0 && !__builtin_cpu_supports(name)) { \
    if (missing[0] != 0) add(missing, sizeof missing, ", ");             \
    add(missing, sizeof missing, name);                                  \
  }
  QKD_PROCESSOR_FEATURES(CHECK)
  if (missing[0] == 0) return;
  char text[1024] = "qkd-run: this build is for ";
  add(text, sizeof text, strcmp(qkd_target_name, "native") == 0 ? "the processor it was made on" : qkd_target_name);
  add(text, sizeof text, ", and this processor lacks ");
  add(text, sizeof text, missing);
  add(text, sizeof text, ".\nBuild it on this host, or elsewhere for a processor like this one: "
                         "QKD_CPU=x86-64-v2 tools/run --version (any since 2009), or QKD_CPU=x86-64.\n");
  if (write(2, text, strlen(text)) < 0) _exit(71);
  // 71, as for anything that the host does not offer.
  _exit(71);
}
#endif
