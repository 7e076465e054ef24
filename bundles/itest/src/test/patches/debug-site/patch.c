// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

/* What the kernel keeps of a pr_debug site: names, text, line and flags, and the key that turns it on. */
struct site {
	const char *module, *function, *file, *text;
	unsigned int line_and_flags;
	int key[2];
} __attribute__((aligned(8)));

extern void __dynamic_pr_debug(struct site *site, const char *text, ...) __attribute__((regparm(0)));
extern int lkpk_old_version_proc_show(struct seq_file *file, void *unused);

#define NO_CLASS (63u << 18)

static struct site asked __attribute__((section("__dyndbg"), used)) = {
	"debug_site", "version_proc_show", "patch.c", "version asked for\n", 20 | NO_CLASS, { 0, 0 }
};

int version_proc_show(struct seq_file *file, void *unused)
{
	asm goto("1: .byte 0x3e, 0x8d, 0x74, 0x26, 0x00\n"
		 ".pushsection __jump_table, \"aw\"\n"
		 ".balign 4\n"
		 ".long 1b - ., %l[on] - ., %c0 + 20 - .\n"
		 ".popsection\n" : : "i"(&asked) : : on);
	return lkpk_old_version_proc_show(file, unused);
on:
	__dynamic_pr_debug(&asked, asked.text);
	return lkpk_old_version_proc_show(file, unused);
}
