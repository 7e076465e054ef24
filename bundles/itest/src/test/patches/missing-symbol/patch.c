// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

extern void seq_sputter(struct seq_file *file);

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_sputter(file);
	return 0;
}
