// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

int calls = 100;
static int zeroed;
static const char *const names[] = { "even", "odd" };

int version_proc_show(struct seq_file *file, void *unused)
{
	static int local = 7;

	local++;
	zeroed += 2;
	calls++;
	seq_printf(file, "%s %d\n", names[local & 1], calls - 100 - zeroed / 2 + local * 0);
	return 0;
}
