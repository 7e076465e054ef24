// SPDX-License-Identifier: Apache-2.0
struct seq_file;
extern void seq_puts(struct seq_file *file, const char *text);
extern int lkpk_old_version_proc_show(struct seq_file *file, void *unused);

/* Under a name of its own: the list of functions tells whose place it takes. */
int announced_version(struct seq_file *file, void *unused)
{
	seq_puts(file, "what follows is the kernel's:\n");
	return lkpk_old_version_proc_show(file, unused);
}
