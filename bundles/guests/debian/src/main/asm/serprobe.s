# serprobe: asks Linux to look again for a UART, and echoes raw bytes.
#
#   serprobe DEVICE        forgets what was there and has the 8250 driver probe the port again (TIOCSERCONFIG, which
#                          alone would keep the type of a UART that has gone)
#   serprobe -x DEVICE N   prints "ready", then reads N raw bytes and writes each back
#
# The exit status is 0 or the errno of the call that failed; 22 (EINVAL) for other arguments.
# A static i386 Linux program without a C library; see build.sh.

        .set    SYS_EXIT, 1
        .set    SYS_READ, 3
        .set    SYS_WRITE, 4
        .set    SYS_OPEN, 5
        .set    SYS_IOCTL, 54
        .set    SYS_FCNTL, 55
        .set    F_SETFL, 4
        .set    O_RDWR, 2
        .set    O_NOCTTY, 0x100
        .set    O_NONBLOCK, 0x800
        .set    TCSETS, 0x5402
        .set    TCSBRK, 0x5409
        .set    TIOCGSERIAL, 0x541E
        .set    TIOCSSERIAL, 0x541F
        .set    TIOCSERCONFIG, 0x5453
        .set    PORT_UNKNOWN, 0
        .set    EIO, 5
        .set    EINVAL, 22

        .text
        .globl  _start
_start: pop     %eax                    # argc
        pop     %ecx                    # argv[0]
        cmp     $2, %eax
        je      probe
        cmp     $4, %eax
        je      exchange
usage:  mov     $-EINVAL, %eax
        jmp     quit

probe:  pop     %ebx                    # device
        call    open
        mov     %eax, %ebx
        sub     $128, %esp              # struct serial_struct begins with the type
        mov     %esp, %edx
        mov     $TIOCGSERIAL, %ecx
        mov     $SYS_IOCTL, %eax
        call    system
        movl    $PORT_UNKNOWN, (%esp)
        mov     $TIOCSSERIAL, %ecx
        mov     $SYS_IOCTL, %eax
        call    system
        mov     $TIOCSERCONFIG, %ecx
        xor     %edx, %edx
        mov     $SYS_IOCTL, %eax
        call    system
        xor     %eax, %eax

# Exits with -eax.
quit:   mov     %eax, %ebx
        neg     %ebx
        mov     $SYS_EXIT, %eax
        int     $0x80

exchange:
        pop     %eax
        cmpw    $0x782d, (%eax)         # "-x"
        jne     usage
        pop     %ebx
        pop     %esi                    # N in digits
        xor     %edi, %edi
digit:  movzbl  (%esi), %eax
        inc     %esi
        sub     $'0', %eax
        jb      counted
        imul    $10, %edi
        add     %eax, %edi
        jmp     digit
counted:
        call    open
        mov     %eax, %ebx
        mov     $TCSETS, %ecx
        mov     $raw, %edx
        mov     $SYS_IOCTL, %eax
        call    system
        mov     $F_SETFL, %ecx          # an open that does not wait for carrier, then reads that wait for bytes
        mov     $O_RDWR, %edx
        mov     $SYS_FCNTL, %eax
        call    system
        push    %ebx
        mov     $1, %ebx
        mov     $ready, %ecx
        mov     $6, %edx
        mov     $SYS_WRITE, %eax
        call    system
        pop     %ebx
        sub     $256, %esp              # the buffer

next:   test    %edi, %edi
        jz      drain
        mov     %esp, %ecx
        mov     $256, %edx
        cmp     %edi, %edx
        jbe     1f
        mov     %edi, %edx
1:      mov     $SYS_READ, %eax
        call    system
        test    %eax, %eax
        jnz     2f
        mov     $-EIO, %eax             # hung up
        jmp     quit
2:      sub     %eax, %edi
        mov     %eax, %edx
3:      mov     $SYS_WRITE, %eax
        call    system
        add     %eax, %ecx
        sub     %eax, %edx
        jnz     3b
        jmp     next

drain:  mov     $TCSBRK, %ecx           # wait until all is sent
        mov     $1, %edx
        mov     $SYS_IOCTL, %eax
        call    system
        xor     %eax, %eax
        jmp     quit

# Opens the device named by ebx.
open:   mov     $O_RDWR | O_NONBLOCK | O_NOCTTY, %ecx
        xor     %edx, %edx
        mov     $SYS_OPEN, %eax

# A system call that ends the program when it fails.
system: int     $0x80
        test    %eax, %eax
        js      quit
        ret

ready:  .ascii  "ready\n"

# struct termios: no processing; 115200 baud, 8 bits, receiver on, no modem lines; a read gives what is there.
raw:    .long   0, 0, 0x1002 | 0x30 | 0x80 | 0x800, 0
        .byte   0
        .byte   0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

        .section .note.GNU-stack, "", @progbits
