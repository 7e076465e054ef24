// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

/* The first feature there is, FPU: the kernel would take the other instruction, were it to look at a patch's list. */
int version_proc_show(struct seq_file *file, void *data)
{
	int which;

	asm volatile("661:\tmovl $1, %0\n662:\n"
		     ".pushsection .altinstructions, \"a\"\n\t.long 661b - .\n\t.long 663f - .\n\t.word 0\n"
		     "\t.byte 662b - 661b\n\t.byte 664f - 663f\n\t.popsection\n"
		     ".pushsection .altinstr_replacement, \"ax\"\n663:\tmovl $2, %0\n664:\n\t.popsection" : "=a"(which));
	seq_printf(file, "as compiled %d\n", which);
	return 0;
}
