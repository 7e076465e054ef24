/* SPDX-License-Identifier: Apache-2.0 */
/* What the cases call of the kernel, and what it prints. */
struct seq_file;
struct kobject;
struct attribute;
extern void seq_puts(struct seq_file *file, const char *text);
extern void seq_printf(struct seq_file *file, const char *format, ...) __attribute__((regparm(0)));
extern int _printk(const char *format, ...) __attribute__((regparm(0)));
