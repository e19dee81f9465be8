#define _GNU_SOURCE
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "CSupport.h"

/* The kernel maps 16 pages of a program's file where one is touched, so the code that starts a process stays resident
   long after it has run its only time. Code is mapped without the right to write: its pages are the file's own, and
   come back from the page cache when they are called again. The segments that can be written hold relocated and changed
   data, which MADV_DONTNEED would lose; they stay. */
void qkd_release_code_pages(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  unsigned long count = getauxval(AT_PHNUM), page = getauxval(AT_PAGESZ);
  if (!headers || !page) return;
  /* Where the file's addresses lie in memory: 0 unless the executable is position-independent. */
  ElfW(Addr) base = 0;
  for (unsigned long i = 0; i < count; i++)
    if (headers[i].p_type == PT_PHDR) base = (ElfW(Addr))headers - headers[i].p_vaddr;
  for (unsigned long i = 0; i < count; i++) {
    if (headers[i].p_type != PT_LOAD || !(headers[i].p_flags & PF_X) || (headers[i].p_flags & PF_W)) continue;
    ElfW(Addr) start = (base + headers[i].p_vaddr) & ~(page - 1);
    /* A debugger's breakpoints are written into these pages: it would miss them, and nothing else. */
    madvise((void *)start, base + headers[i].p_vaddr + headers[i].p_memsz - start, MADV_DONTNEED);
  }
}
