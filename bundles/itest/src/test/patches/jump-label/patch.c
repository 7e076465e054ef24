// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

/* The kernel's tracepoint, whose static key stands behind the pointer to its name. */
extern char __tracepoint_module_get[];

static inline __attribute__((always_inline)) int traced(void)
{
	asm goto("1: .byte 0x3e, 0x8d, 0x74, 0x26, 0x00\n"
		 ".pushsection __jump_table, \"aw\"\n"
		 ".balign 4\n"
		 ".long 1b - ., %l[yes] - ., __tracepoint_module_get + 4 - .\n"
		 ".popsection\n" : : : : yes);
	return 0;
yes:
	return 1;
}

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_puts(file, traced() ? "key on\n" : "key off\n");
	return 0;
}
