// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

struct file;

/* A static key of the module's, which no table names: the pristine object tells where it is. */
extern char lkpk_case_key[];
extern long lkpk_old_bm_register_write(struct file *file, const char *text, unsigned long count, long long *position);

static inline __attribute__((always_inline)) int debugged(void)
{
	asm goto("1: .byte 0x3e, 0x8d, 0x74, 0x26, 0x00\n"
		 ".pushsection __jump_table, \"aw\"\n"
		 ".balign 4\n"
		 ".long 1b - ., %l[yes] - ., lkpk_case_key - .\n"
		 ".popsection\n" : : : : yes);
	return 0;
yes:
	return 1;
}

long bm_register_write(struct file *file, const char *text, unsigned long count, long long *position)
{
	_printk(debugged() ? "\0016lkpk: key on\n" : "\0016lkpk: key off\n");
	return lkpk_old_bm_register_write(file, text, count, position);
}
