// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "new version\n");
	return 0;
}

int loadavg_proc_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "new load\n");
	return 0;
}

int uptime_proc_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "new time\n");
	return 0;
}
