# The two tasks, in ring 3.
        .include "tiny.inc"

        .set    BUFFER, USER_STACK - 4096       # the task's own page: what was typed lies at its start
        .set    BUFFER_SIZE, 128

        .macro  system  number
        mov     $\number, %eax
        int     $0x80
        .endm

        .section .user, "ax"

# Reads commands; ebp: status of the last one, esi: its number, 0 if it has none.
        .globl  shell
shell:  mov     $SHOW_VERSION, %ebx
        system  SYS_SHOW
        xor     %ebp, %ebp
prompt: lea     '0'(%ebp), %eax
        push    %eax
        mov     $prompt_text, %ebx
        mov     $5, %ecx
        system  SYS_WRITE
        mov     %esp, %ebx
        mov     $1, %ecx
        system  SYS_WRITE
        pop     %eax
        mov     $prompt_text + 5, %ebx
        mov     $2, %ecx
        system  SYS_WRITE
        mov     $BUFFER, %ebx
        mov     $BUFFER_SIZE - 1, %ecx
        system  SYS_READ
        test    %eax, %eax
        jz      prompt
        movb    $0, BUFFER(%eax)

        mov     $BUFFER + 1, %edi
1:      movzbl  (%edi), %eax
        inc     %edi
        cmp     $' ', %al
        je      1b
        xor     %esi, %esi
2:      sub     $'0', %eax
        cmp     $9, %eax
        ja      3f
        imul    $10, %esi
        add     %eax, %esi
        movzbl  (%edi), %eax
        inc     %edi
        jmp     2b
3:      cmp     $-'0', %eax                     # nothing but the number
        jne     unknown
        mov     $commands, %edi
4:      mov     (%edi), %eax
        cmp     BUFFER, %al
        je      5f
        add     $8, %edi
        cmp     $commands_end, %edi
        jb      4b
unknown:
        mov     $1, %ebp
        jmp     prompt
5:      call    *4(%edi)
        mov     %eax, %ebp
        jmp     prompt

banner: mov     $SHOW_BANNER, %ebx
        system  SYS_SHOW
        dec     %esi
        jg      banner
        ret
ticks:  mov     $SHOW_TICKS, %ebx
        jmp     show
serial: mov     $SHOW_SERIAL, %ebx
        jmp     show
text:   mov     $SHOW_TEXT, %ebx
        jmp     show
version:
        mov     $SHOW_VERSION, %ebx
        jmp     show
wait:   system  SYS_WAIT
        mov     $SHOW_WORK, %ebx
show:   system  SYS_SHOW
        ret
echo:   mov     %esi, %ebx
        system  SYS_ECHO
        ret
compute:
        mov     %esi, %ebx
        system  SYS_POST
        ret
halt:   mov     $POWER_HALT, %ebx
        jmp     power
reset:  mov     $POWER_RESET, %ebx
        jmp     power
exit:   mov     $POWER_EXIT, %ebx
        jmp     power
fault:  mov     $POWER_FAULT, %ebx
power:  mov     %esi, %ecx
        system  SYS_POWER

# A checksum over squares of a counter, and the sum of the reciprocals of the same numbers as the FPU rounds it.
        .globl  worker
worker: system  SYS_JOB
        imul    $1000, %eax, %edi
        xor     %ecx, %ecx
        xor     %edx, %edx
        push    %ecx
        push    %ecx
        fldz
1:      inc     %ecx
        mov     %ecx, %eax
        imul    %ecx, %eax
        rol     $5, %edx
        xor     %eax, %edx
        add     %ecx, %edx
        mov     %ecx, (%esp)
        fld1
        fidivl  (%esp)
        faddp
        cmp     %edi, %ecx
        jb      1b
        mov     %edx, %ebx
        fstpl   (%esp)
        pop     %ecx
        pop     %edx
        system  SYS_DONE
        jmp     worker

prompt_text:
        .ascii  "tiny:# "
        .p2align 2
commands:
        .long   'b', banner, 't', ticks, 's', serial, 'e', echo, 'c', compute, 'w', wait, 'k', text, 'v', version
        .long   'h', halt, 'r', reset, 'x', exit, 'z', fault
commands_end:
