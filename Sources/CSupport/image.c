#define _GNU_SOURCE
#include <link.h>
#include <unistd.h>

#include "CSupport.h"

struct sizes {
  int64_t variables, read_only;
};

/* Adds up the loadable segments of one object of the process: ELF, "Program Header". */
static int add(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  struct sizes *sizes = context;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[i];
    if (header->p_type != PT_LOAD) continue;
    uintptr_t start = header->p_vaddr & ~(page - 1);
    int64_t bytes = (int64_t)((header->p_vaddr + header->p_memsz - start + page - 1) & ~(page - 1));
    if (header->p_flags & PF_W)
      sizes->variables += bytes;
    else
      sizes->read_only += bytes;
  }
  return 0;
}

void qkd_image(int64_t *variable_bytes, int64_t *read_only_bytes) {
  struct sizes sizes = {0, 0};
  dl_iterate_phdr(add, &sizes);
  *variable_bytes = sizes.variables;
  *read_only_bytes = sizes.read_only;
}
