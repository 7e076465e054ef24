// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

extern void msleep(unsigned int milliseconds);

static int slept;

int nap(void)
{
	msleep(6000);
	slept++;
	return 0;
}

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "slept %d\n", slept);
	return 0;
}
