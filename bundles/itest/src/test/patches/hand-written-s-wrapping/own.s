# SPDX-License-Identifier: Apache-2.0
# Two functions with the same arguments, each of which goes on to the old one with its registers as they were.
	.section .rodata.mark, "a"
mark:	.asciz "> "

	.macro marked name
	.section .text.\name, "ax"
	.globl \name
	.type \name, @function
\name:
	push %eax
	push %edx
	mov $mark, %edx
	call seq_puts
	pop %edx
	pop %eax
	jmp lkpk_old_\name
	.size \name, . - \name
	.endm

	marked version_proc_show
	marked loadavg_proc_show
