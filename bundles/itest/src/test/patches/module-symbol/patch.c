// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

/* A function of the module binfmt_misc; that one must be there as long as this refers to it. */
extern char bm_status_read[];

int version_proc_show(struct seq_file *file, void *unused)
{
	const char *there;

	asm("" : "=r"(there) : "0"(bm_status_read));
	seq_puts(file, there ? "module there\n" : "module nowhere\n");
	return 0;
}
