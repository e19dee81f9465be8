/* zlib as Swift can use it: inflateInit2 is a macro, and its memory comes from one block that never grows. */
#ifndef QKD_CZLIB_SHIM_H
#define QKD_CZLIB_SHIM_H
#include <stddef.h>
#include <zlib.h>

/* A block from which zlib takes its state and, at the first bytes, its window of 32 KiB. Nothing is given back before
   the whole block is. */
typedef struct {
  unsigned char *memory;
  size_t capacity, used;
} qkd_zlib_block;

static inline voidpf qkd_zlib_take(voidpf opaque, uInt items, uInt size) {
  qkd_zlib_block *block = (qkd_zlib_block *)opaque;
  size_t bytes = ((size_t)items * size + 15) & ~(size_t)15;
  if (bytes > block->capacity - block->used) return Z_NULL;
  voidpf result = block->memory + block->used;
  block->used += bytes;
  return result;
}

static inline void qkd_zlib_leave(voidpf opaque, voidpf memory) {
  (void)opaque;
  (void)memory;
}

/* Prepares to read gzip (RFC 1952) alone: 16 is zlib's mark for that, 15 the largest window. */
static inline int qkd_zlib_begin_gzip(z_stream *stream, qkd_zlib_block *block) {
  stream->zalloc = qkd_zlib_take;
  stream->zfree = qkd_zlib_leave;
  stream->opaque = block;
  stream->next_in = Z_NULL;
  stream->avail_in = 0;
  return inflateInit2(stream, 15 + 16);
}
#endif
