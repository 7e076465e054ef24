// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

static int reads;

/* The kernel takes LOCK away where it finds it listed; what is listed of a patch stays as it is. */
int version_proc_show(struct seq_file *file, void *data)
{
	int before = 1;

	asm volatile(".pushsection .smp_locks, \"a\"\n\t.balign 4\n\t.long 661f - .\n\t.popsection\n"
		     "661:\tlock; xaddl %0, %1" : "+r"(before), "+m"(reads) : : "memory");
	seq_printf(file, "locked %d\n", before);
	return 0;
}
