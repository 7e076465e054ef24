// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

int version_proc_show(struct seq_file *file, void *unused)
{
	/* What the kernel's WARN is made of: an undefined instruction and an entry that tells of it. */
	asm volatile("1: ud2\n"
		     ".pushsection __bug_table, \"aw\"\n"
		     ".long 1b, 2f\n"
		     ".word 77, 1\n"
		     ".popsection\n"
		     ".pushsection .rodata.str1.1, \"aMS\", @progbits, 1\n"
		     "2: .string \"warned.c\"\n"
		     ".popsection\n");
	seq_puts(file, "warned\n");
	return 0;
}
