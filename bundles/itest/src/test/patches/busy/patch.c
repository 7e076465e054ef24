// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

void schedule(void)
{
}
