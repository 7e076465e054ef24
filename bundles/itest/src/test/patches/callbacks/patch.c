// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

static int before, after;

int prepare(void)
{
	before++;
	_printk("lkpk: prepared\n");
	return 0;
}

int applied(void)
{
	after++;
	return 0;
}

int leaving(void)
{
	_printk("lkpk: leaving\n");
	return 0;
}

int gone(void)
{
	_printk("lkpk: gone after %d and %d\n", before, after);
	return 0;
}

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "before %d after %d\n", before, after);
	return 0;
}
