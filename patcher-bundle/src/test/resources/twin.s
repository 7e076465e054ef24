# A function of a traced kernel that calls one of another file. Made by: as --32 -o twin.o twin.s
	.section .text.twin, "ax"
	.globl twin
	.type twin, @function
twin:
	.byte 0x3e, 0x8d, 0x74, 0x26, 0x00
	movl $7, %eax
	call seq_puts
	ret
	.size twin, . - twin
