#include <stddef.h>

#include "CSupport.h"

#ifdef __linux__
#include <features.h>
#endif

static char **arguments;

#ifdef __GLIBC__
/* The C library hands the command line to what runs before main. Swift's CommandLine asks /proc instead, and is empty
   where that cannot be read: the program would do something else than it was told. */
__attribute__((constructor)) static void keep(int count, char **values) {
  (void)count;
  arguments = values;
}
#endif

char **qkd_arguments(void) { return arguments; }
