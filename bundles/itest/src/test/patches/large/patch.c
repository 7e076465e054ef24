// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

static volatile char room[100000];

int version_proc_show(struct seq_file *file, void *unused)
{
	room[(unsigned long)file & 0xfff] = 1;
	return 0;
}
