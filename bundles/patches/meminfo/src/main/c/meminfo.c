// SPDX-License-Identifier: Apache-2.0
/* Lets /proc/meminfo begin with a line that says how often it has been read since, then lets the old function go on. */

struct seq_file;

extern void seq_printf(struct seq_file *file, const char *format, ...) __attribute__((regparm(0)));

/* The replaced function's old body. */
extern int lkpk_old_meminfo_proc_show(struct seq_file *file, void *unused);

int meminfo_proc_show(struct seq_file *file, void *unused)
{
	static int reads;

	seq_printf(file, "LkpkReads:      %8d\n", ++reads);
	return lkpk_old_meminfo_proc_show(file, unused);
}
