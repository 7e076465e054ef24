// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

long state_show(struct kobject *object, struct attribute *attribute, char *text)
{
	text[0] = 'x';
	text[1] = '\n';
	return 2;
}
