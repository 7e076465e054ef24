// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

#include "lkpk.h"
#define GFP_KERNEL 0xcc0

int version_proc_show(struct seq_file *file, void *unused)
{
	int *count = lkpk_shadow_get_or_alloc((void *)version_proc_show, 1, sizeof *count, GFP_KERNEL);
	int *other = lkpk_shadow_get((void *)version_proc_show, 2);

	if (count)
		seq_printf(file, "read %d times, other %d\n", ++*count, other != 0);
	return 0;
}
