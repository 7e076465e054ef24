// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

static __attribute__((noinline)) int sum(int a, int b)
{
	asm("" : "+r"(a));
	return a + b;
}

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "sum %d\n", sum(40, 2));
	return 0;
}
