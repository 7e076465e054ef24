# tiny: a kernel of LKPK's own for tests of the machine and of live patching. It is no Linux but keeps Linux's names
# and habits where the patcher looks for them.
#
# Entry: the 32-bit entry of the Linux boot protocol, at physical 1 MB.
#
# Memory: linear c0000000..c03fffff is physical 0..4 MB (kernel and adapter window); the page 08048000 is the tasks'
# code, read-only; the page under 08051000 is a task's own stack and data. Each task has its own page directory.
#
# Tasks: "shell" and "worker" in ring 3, and idle in ring 0, which waits in HLT. The timer (100 Hz) switches between the
# two when it interrupts ring 3; the kernel itself is never preempted. A task that waits is looked at again after every
# interrupt. Only the worker uses the FPU.
#
# System calls: INT 80h, number in EAX, arguments in EBX, ECX, EDX, result in EAX; see trap.s.
#
# Functions: Linux's convention for i386 (regparm 3): arguments in EAX, EDX, ECX; result in EAX; EBX, ESI, EDI, EBP kept.
# Those declared by "traced" begin with a five-byte NOP, the others do not.
#
# Serial line ttyS0 (115200 8N1): the shell's prompt is "tiny:N# ", N the status of the command before. Commands are a
# letter and, with some, a decimal number:
#   b [N]  banner: the kernel's command line, once or N times; this is what the patch changes
#   t      ticks since start and task switches
#   s      looks for a UART at 2F8: "com2 absent" or "com2 16550A", and how often IRQ 3 came
#   e N    prints "ready", then sends N bytes from com2 back to com2; status 1 when none comes for 2 s
#   c N    has the worker compute a checksum and a sum on the FPU in N thousand rounds
#   w      waits for the worker and shows its sums
#   k      checksum of the kernel's text
#   v      version
#   h      halts with interrupts off    r  resets by the keyboard controller
#   x N    exits by port F4             z  faults three times

        .include "tiny.inc"

        .set    P, 1                            # page table entry: present, writable, user
        .set    RW, 2
        .set    US, 4
        .set    CMD_LINE_PTR, 0x228

        .section .head, "ax"
        .globl  _text
_text:  cld
        mov     $__bss_start - PAGE_OFFSET, %edi
        mov     $_end - PAGE_OFFSET, %ecx
        sub     %edi, %ecx
        shr     $2, %ecx
        xor     %eax, %eax
        rep stosl

        mov     CMD_LINE_PTR(%esi), %esi
        test    %esi, %esi
        jz      2f
        mov     $command_line - PAGE_OFFSET, %edi
        mov     $255, %ecx
1:      lodsb
        stosb
        test    %al, %al
        loopnz  1b
2:
        mov     $page_table - PAGE_OFFSET, %edi
        mov     $P | RW, %eax
        mov     $1024, %ecx
1:      stosl
        add     $0x1000, %eax
        loop    1b

        mov     $page_table - PAGE_OFFSET + P + RW, %eax
        mov     %eax, idle_directory - PAGE_OFFSET + 768 * 4
        mov     %eax, idle_directory - PAGE_OFFSET      # where we stand, until we are up there
        mov     %eax, shell_directory - PAGE_OFFSET + 768 * 4
        mov     %eax, worker_directory - PAGE_OFFSET + 768 * 4
        movl    $shell_table - PAGE_OFFSET + P + RW + US, shell_directory - PAGE_OFFSET + 32 * 4
        movl    $worker_table - PAGE_OFFSET + P + RW + US, worker_directory - PAGE_OFFSET + 32 * 4
        movl    $user_image - PAGE_OFFSET + P + US, shell_table - PAGE_OFFSET + 0x48 * 4
        movl    $user_image - PAGE_OFFSET + P + US, worker_table - PAGE_OFFSET + 0x48 * 4
        movl    $shell_page - PAGE_OFFSET + P + RW + US, shell_table - PAGE_OFFSET + 0x50 * 4
        movl    $worker_page - PAGE_OFFSET + P + RW + US, worker_table - PAGE_OFFSET + 0x50 * 4

        mov     $idle_directory - PAGE_OFFSET, %eax
        mov     %eax, %cr3
        mov     %cr0, %eax
        and     $~0x0c, %eax                    # EM, TS
        or      $0x80010022, %eax               # PG, WP, NE, MP
        mov     %eax, %cr0
        mov     $1f, %eax
        jmp     *%eax
1:      mov     $idle_stack_top, %esp
        movl    $0, idle_directory
        mov     %cr3, %eax
        mov     %eax, %cr3

        lgdt    gdtr
        ljmp    $KERNEL_CS, $1f
1:      mov     $KERNEL_DS, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %eax, %eax
        mov     %eax, %fs
        mov     %eax, %gs
        mov     $TSS_SELECTOR, %eax
        ltr     %ax
        fninit

        call    trap_init
        call    irq_init
        call    serial_init
        call    task_init
        movl    $1, system_state                # SYSTEM_RUNNING
idle:   sti
        hlt
        cli
        call    schedule
        jmp     idle

        .data
        .globl  linux_banner, system_state, gdt_tss
linux_banner:
        .asciz  "Linux version 0.1.0-tiny (LKPK's own kernel for tests; no Linux)"
        .p2align 3
gdt:    .quad   0, 0
        .quad   0x00cf9b000000ffff, 0x00cf93000000ffff
        .quad   0x00cffb000000ffff, 0x00cff3000000ffff
gdt_tss:
        .word   103
        .word   tss_low, tss_middle, tss_high
gdtr:   .word   gdtr - gdt - 1
        .long   gdt
        .p2align 2
system_state:
        .long   0

        .bss
        .globl  command_line, shell_directory, worker_directory, idle_directory
        .p2align 12
idle_directory:         .skip 4096
shell_directory:        .skip 4096
worker_directory:       .skip 4096
page_table:             .skip 4096
shell_table:            .skip 4096
worker_table:           .skip 4096
shell_page:             .skip 4096
worker_page:            .skip 4096
                        .skip 4096
idle_stack_top:
command_line:           .skip 256
