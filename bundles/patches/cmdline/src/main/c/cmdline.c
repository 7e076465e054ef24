// SPDX-License-Identifier: Apache-2.0
/* Puts a mark before the kernel's command line in /proc/cmdline, then lets the old function print it. */

struct seq_file;

extern void seq_puts(struct seq_file *file, const char *text);

/* The replaced function's old body. */
extern int lkpk_old_cmdline_proc_show(struct seq_file *file, void *unused);

int cmdline_proc_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "[lkpk] ");
	return lkpk_old_cmdline_proc_show(file, unused);
}
