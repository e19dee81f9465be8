/* What the files that stand in front of the C library share. */
#ifndef QKD_SEAL_H
#define QKD_SEAL_H
#include "CSupport.h"

/* Says that `name` is being called. Returns, unless an audit runs: then the process ends. */
void qkd_sealed_call(const char *name);
/* Whether this thread is writing that message: memory is refused to it then, which the unwinder can do without. */
int qkd_is_reporting(void);

#endif
