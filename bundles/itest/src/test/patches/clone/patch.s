# SPDX-License-Identifier: Apache-2.0
# A clone that the compiler made takes its arguments as it likes: this goes on to the old body with all registers as they were.
	.section .text."proc_get_long.constprop.0", "ax"
	.globl "proc_get_long.constprop.0"
	.type "proc_get_long.constprop.0", @function
"proc_get_long.constprop.0":
	jmp "lkpk_old_proc_get_long.constprop.0"
	.size "proc_get_long.constprop.0", . - "proc_get_long.constprop.0"
