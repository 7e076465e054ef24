/*
 * What Bochs starts instead of a BIOS, as it has none that takes a kernel: reads the first disk into RAM, sets up what a
 * kernel wants to find (flat segments, the two 8259A, the 8254) and enters it by the 32-bit boot protocol. The disk's first
 * sector lists addresses and numbers of sectors, which follow, up to a 0. Linked at F0000h, where the last 64 KB of the
 * address space are seen too.
 */
	LIST = 0x80000
	PARAMETERS = 0x90000
	KERNEL = 0x100000

	.code16
	.globl _start
_start:	cli
	lgdtl	%cs:table_register - _start
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x10, $flat

	.code32
flat:	movw	$0x18, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$LIST, %esp
	xorl	%ebx, %ebx
	movl	$LIST, %edi
	call	sector
	movl	$LIST, %esi
piece:	movl	(%esi), %edi
	movl	4(%esi), %ebp
	addl	$8, %esi
	testl	%ebp, %ebp
	jz	loaded
more:	call	sector
	decl	%ebp
	jnz	more
	jmp	piece

loaded:	movl	$chips, %esi
	movl	$(chips_end - chips) / 2, %ecx
	xorl	%edx, %edx
next:	lodsw
	movb	%al, %dl
	movb	%ah, %al
	outb	%al, %dx
	loop	next
	movl	$PARAMETERS, %esi
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	movl	$KERNEL, %eax
	jmp	*%eax

/* Reads sector EBX to EDI and adds to both (ATA-2, READ SECTORS). */
sector:	movl	%ebx, %ecx
	movw	$0x1f2, %dx
	movb	$1, %al
	outb	%al, %dx
	incl	%edx
	movb	%cl, %al
	outb	%al, %dx
	incl	%edx
	movb	%ch, %al
	outb	%al, %dx
	incl	%edx
	shrl	$16, %ecx
	movb	%cl, %al
	outb	%al, %dx
	incl	%edx
	movb	$0xe0, %al
	outb	%al, %dx
	incl	%edx
	movb	$0x20, %al
	outb	%al, %dx
busy:	inb	%dx, %al
	andb	$0x88, %al
	cmpb	$0x08, %al
	jne	busy
	movw	$0x1f0, %dx
	movl	$256, %ecx
	rep insw
	incl	%ebx
	ret

/* Port and value. */
chips:	.byte	0x92, 0x02
	.byte	0x20, 0x11, 0x21, 0x08, 0x21, 0x04, 0x21, 0x01, 0x21, 0xb8
	.byte	0xa0, 0x11, 0xa1, 0x70, 0xa1, 0x02, 0xa1, 0x01, 0xa1, 0x8f
	.byte	0x43, 0x36, 0x40, 0x00, 0x40, 0x00
chips_end:

	.balign	8
table:	.quad	0, 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
table_register:
	.word	. - table - 1
	.long	table

	.org	0xfff0
	.code16
	ljmp	$0xf000, $0
	.org	0x10000
