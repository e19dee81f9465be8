/* SHA-256 from libmd, the BSD message digest library. */
#ifndef QKD_CMESSAGEDIGEST_SHIM_H
#define QKD_CMESSAGEDIGEST_SHIM_H
#include <sha2.h>
#endif
