/* The command line as the C library hands it to what runs before main. The Swift runtime reads it from /proc instead,
   and where that fails there is none: the program would then do something else than it was told. */
#include <stddef.h>

#include "CSupport.h"

#ifdef __linux__
#include <features.h>
#endif

static char **arguments;

#ifdef __GLIBC__
__attribute__((constructor)) static void keep(int count, char **values) {
  (void)count;
  arguments = values;
}
#endif

char **qkd_arguments(void) { return arguments; }
