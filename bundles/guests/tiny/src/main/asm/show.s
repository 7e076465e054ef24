# Lines: a counter and text. The functions named NAME_show append what their system call prints and return its status,
# as those of Linux's /proc do; banner_show is the one that the patch wraps.
        .include "tiny.inc"

        .set    LINE, 1020

        .text

# eax: the line, edx: a string
        traced  line_puts
        push    %ebx
        mov     (%eax), %ecx
1:      mov     (%edx), %bl
        test    %bl, %bl
        jz      2f
        cmp     $LINE, %ecx
        je      2f
        mov     %bl, 4(%eax,%ecx)
        inc     %ecx
        inc     %edx
        jmp     1b
2:      mov     %ecx, (%eax)
        pop     %ebx
        ret

# eax: the line, edx: a number, printed with 8 digits
        traced  line_hex
        push    %ebx
        push    %esi
        push    %edi
        mov     %eax, %edi
        mov     %edx, %esi
        mov     $8, %ebx
1:      rol     $4, %esi
        mov     %esi, %edx
        and     $15, %edx
        movzbl  digits(%edx), %edx
        push    %edx
        mov     %esp, %edx
        mov     %edi, %eax
        call    line_puts
        pop     %edx
        dec     %ebx
        jnz     1b
        pop     %edi
        pop     %esi
        pop     %ebx
        ret

# eax: the line, edx: a number
        function line_decimal
        push    %ebp
        mov     %esp, %ebp
        sub     $12, %esp
        push    %ebx
        mov     %eax, %ebx
        mov     %edx, %eax
        lea     -1(%ebp), %ecx
        movb    $0, (%ecx)
1:      xor     %edx, %edx
        divl    ten
        add     $'0', %dl
        dec     %ecx
        mov     %dl, (%ecx)
        test    %eax, %eax
        jnz     1b
        mov     %ebx, %eax
        mov     %ecx, %edx
        call    line_puts
        pop     %ebx
        leave
        ret

# eax: the line; prints it with a line feed
        traced  line_print
        push    %ebx
        mov     %eax, %ebx
        lea     4(%ebx), %eax
        mov     (%ebx), %edx
        call    sys_write
        mov     $'\n', %al
        call    serial_put
        pop     %ebx
        ret

# show(which)
        traced  sys_show
        push    %ebx
        cmp     $SHOW_COUNT, %eax
        jae     1f
        movl    $0, line
        mov     shows(,%eax,4), %edx
        mov     $line, %eax
        call    *%edx
        mov     %eax, %ebx
        mov     $line, %eax
        call    line_print
        mov     %ebx, %eax
        pop     %ebx
        ret
1:      mov     $-1, %eax
        pop     %ebx
        ret

        traced  banner_show
        mov     $command_line, %edx
        call    line_puts
        xor     %eax, %eax
        ret

        traced  ticks_show
        push    %ebx
        mov     %eax, %ebx
        mov     ticks, %edx
        call    line_decimal
        mov     %ebx, %eax
        mov     $ticks_text, %edx
        call    line_puts
        mov     %ebx, %eax
        mov     switches, %edx
        call    line_decimal
        mov     %ebx, %eax
        mov     $switches_text, %edx
        call    line_puts
        xor     %eax, %eax
        pop     %ebx
        ret

        traced  serial_show
        push    %ebx
        mov     %eax, %ebx
        call    com2_probe
        mov     $absent_text, %edx
        test    %eax, %eax
        jz      1f
        mov     $present_text, %edx
1:      mov     %ebx, %eax
        call    line_puts
        mov     %ebx, %eax
        mov     irq3, %edx
        call    line_decimal
        xor     %eax, %eax
        pop     %ebx
        ret

        function version_show
        push    %ebp
        mov     %esp, %ebp
        mov     $linux_banner, %edx
        call    line_puts
        xor     %eax, %eax
        pop     %ebp
        ret

# Every word of the text, rotated in.
        function text_show
        push    %esi
        push    %ebx
        mov     %eax, %ebx
        mov     $_text, %esi
        xor     %edx, %edx
1:      rol     $1, %edx
        lodsl
        add     %eax, %edx
        cmp     $_etext, %esi
        jb      1b
        mov     %ebx, %eax
        call    line_hex
        xor     %eax, %eax
        pop     %ebx
        pop     %esi
        ret

        function work_show
        push    %ebx
        mov     %eax, %ebx
        mov     $sum_text, %edx
        call    line_puts
        mov     %ebx, %eax
        mov     work_sum, %edx
        call    line_hex
        mov     %ebx, %eax
        mov     $fpu_text, %edx
        call    line_puts
        mov     %ebx, %eax
        mov     work_fpu + 4, %edx
        call    line_hex
        mov     %ebx, %eax
        mov     work_fpu, %edx
        call    line_hex
        xor     %eax, %eax
        pop     %ebx
        ret

        .data
digits: .ascii  "0123456789abcdef"
ticks_text:
        .asciz  " ticks, "
switches_text:
        .asciz  " switches"
absent_text:
        .asciz  "com2 absent, irq3 "
present_text:
        .asciz  "com2 16550A, irq3 "
sum_text:
        .asciz  "sum "
fpu_text:
        .asciz  ", fpu "
        .p2align 2
ten:    .long   10
shows:  .long   banner_show, ticks_show, serial_show, text_show, work_show, version_show

        .bss
        .globl  line
        .p2align 2
line:   .skip   4 + LINE
