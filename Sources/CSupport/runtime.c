/* Functions of the Swift runtime that its start calls, in place of the runtime's own in the static program; there they
   take a twentieth of a short run. Debug builds and tests keep the runtime's own. So would a program whose toolchain
   brings the runtime's objects in for other functions of theirs: tools/link-order looks whether it does. */
#include <stddef.h>

#ifdef __linux__
#include <features.h>
#endif

#include "CSupport.h"

static char **arguments;

char **qkd_arguments(void) { return arguments; }

#ifdef __GLIBC__
static int argument_count;

__attribute__((constructor)) static void keep(int count, char **values) {
  argument_count = count;
  arguments = values;
}

/* The command line for `CommandLine`, as the C library hands it to what runs before main. The runtime looks for it in
   /proc/self/maps at every start; without /proc it finds none, and the program would do something else than it was
   told. Both names stand here, so that the linker leaves the runtime's out, and with them its search. */
char **_swift_stdlib_getUnsafeArgvArgc(int *count);
char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
  *count = argument_count;
  return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **values, int count) {
  argument_count = count;
  arguments = values;
}

/* The runtime looks for a program that prints backtraces of crashes in eight places at every start. None comes with
   this one; SWIFT_BACKTRACE=swift-backtrace=PATH still names one. */
char *swift_copyAuxiliaryExecutablePath(const char *name);
char *swift_copyAuxiliaryExecutablePath(const char *name) {
  (void)name;
  return NULL;
}
#endif
