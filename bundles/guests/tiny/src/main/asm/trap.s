# Exceptions, interrupts and system calls.
        .include "tiny.inc"

# A frame on the kernel's stack, as trap_entry leaves it.
        .set    FRAME_EBX, 24
        .set    FRAME_EDX, 28
        .set    FRAME_ECX, 32
        .set    FRAME_EAX, 36
        .set    FRAME_VECTOR, 40
        .set    FRAME_EIP, 48
        .set    FRAME_CS, 52

        .text

# 16 bytes each: 32 exceptions, 16 interrupts, the system call.
        .p2align 4
stubs:
        .set    vector, 0
        .rept   49
        .p2align 4
        .if     !((vector == 8) || ((vector >= 10) && (vector <= 14)) || (vector == 17))
        push    $0                              # where the CPU pushes no error code
        .endif
        push    $vector
        jmp     trap_entry
        .set    vector, vector + 1
        .endr

        .p2align 4
trap_entry:
        pusha
        push    %ds
        push    %es
        mov     $KERNEL_DS, %eax
        mov     %eax, %ds
        mov     %eax, %es
        cld
        mov     %esp, %ebp
        mov     FRAME_VECTOR(%ebp), %eax
        cmp     $32, %eax
        jb      exception
        cmp     $48, %eax
        je      system_call
        sub     $32, %eax
        call    irq
        testb   $3, FRAME_CS(%ebp)
        jz      trap_return                     # idle, which looks for itself
        call    schedule

        .globl  trap_return
trap_return:
        pop     %es
        pop     %ds
        popa
        add     $8, %esp
        iret

system_call:
        mov     FRAME_EAX(%ebp), %eax
        cmp     $SYS_COUNT, %eax
        jae     1f
        mov     calls(,%eax,4), %esi
        mov     FRAME_EBX(%ebp), %eax
        mov     FRAME_ECX(%ebp), %edx
        mov     FRAME_EDX(%ebp), %ecx
        call    *%esi
        mov     %eax, FRAME_EAX(%ebp)
        jmp     trap_return
1:      movl    $-1, FRAME_EAX(%ebp)
        jmp     trap_return

exception:
        mov     $line, %ebx
        movl    $0, (%ebx)
        mov     %ebx, %eax
        mov     $exception_text, %edx
        call    line_puts
        mov     %ebx, %eax
        mov     FRAME_VECTOR(%ebp), %edx
        call    line_hex
        mov     %ebx, %eax
        mov     $at_text, %edx
        call    line_puts
        mov     %ebx, %eax
        mov     FRAME_EIP(%ebp), %edx
        call    line_hex
        mov     %ebx, %eax
        call    line_print
1:      cli
        hlt
        jmp     1b

# Fills the interrupt descriptor table: gates that clear IF; INT 80h also from ring 3.
        function trap_init
        push    %ebx
        xor     %ecx, %ecx
        mov     $stubs, %eax
1:      mov     $0x8e00, %ebx
        lea     idt(,%ecx,8), %edx
        cmp     $48, %ecx
        jb      2f
        mov     $0xee00, %ebx
        mov     $idt + 0x80 * 8, %edx
2:      mov     %ax, (%edx)
        movw    $KERNEL_CS, 2(%edx)
        mov     %bx, 4(%edx)
        mov     %eax, %ebx
        shr     $16, %ebx
        mov     %bx, 6(%edx)
        add     $16, %eax
        inc     %ecx
        cmp     $49, %ecx
        jb      1b
        lidt    idtr
        pop     %ebx
        ret

# write(text, length)
        traced  sys_write
        push    %ebx
        push    %esi
        mov     %eax, %esi
        mov     %edx, %ebx
1:      test    %ebx, %ebx
        jz      2f
        lodsb
        call    serial_put
        dec     %ebx
        jmp     1b
2:      xor     %eax, %eax
        pop     %esi
        pop     %ebx
        ret

# power(how, value): does not come back.
        traced  sys_power
        cmp     $POWER_RESET, %eax
        je      reset
        cmp     $POWER_EXIT, %eax
        je      exit
        cmp     $POWER_FAULT, %eax
        je      fault
1:      hlt                                     # IF is clear in here
        jmp     1b
reset:  inb     $0x64, %al                      # until the keyboard controller takes a byte
        test    $2, %al
        jnz     reset
        mov     $0xfe, %al
        outb    %al, $0x64
        jmp     1b
exit:   mov     %edx, %eax
        outb    %al, $0xf4
        jmp     1b
fault:  lidt    no_idtr
        int3

        .data
exception_text:
        .asciz  "tiny: exception "
at_text:
        .asciz  " at "
        .p2align 2
calls:  .long   sys_write, sys_read, sys_sleep, sys_show, sys_power, sys_echo, sys_post, sys_job, sys_done, sys_wait
idtr:   .word   0x81 * 8 - 1
        .long   idt
no_idtr:
        .word   0
        .long   0

        .bss
        .p2align 3
idt:    .skip   0x81 * 8
