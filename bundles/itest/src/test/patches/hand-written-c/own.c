// SPDX-License-Identifier: Apache-2.0
struct seq_file;
extern void seq_puts(struct seq_file *file, const char *text);
extern void seq_printf(struct seq_file *file, const char *format, ...) __attribute__((regparm(0)));

static int calls;

int version_proc_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "ours, call %d\n", ++calls);
	return 0;
}

int loadavg_proc_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "no load\n");
	return 0;
}
