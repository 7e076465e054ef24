# sigio: asks for SIGUSR1 when a pipe can be read, writes to the pipe, and prints which signal came.
#
# A static i386 Linux program without a C library; see build.sh.

        .set    SYS_EXIT, 1
        .set    SYS_WRITE, 4
        .set    SYS_GETPID, 20
        .set    SYS_PIPE, 42
        .set    SYS_FCNTL, 55
        .set    SYS_RT_SIGACTION, 174
        .set    F_SETFL, 4
        .set    F_SETOWN, 8
        .set    F_SETSIG, 10
        .set    O_ASYNC, 0x2000
        .set    SIGUSR1, 10
        .set    SIGIO, 29

        .text
        .globl  _start
_start: mov     $SIGUSR1, %ebx
        call    catch
        mov     $SIGIO, %ebx
        call    catch
        mov     $pipe, %ebx
        mov     $SYS_PIPE, %eax
        int     $0x80
        mov     $SYS_GETPID, %eax
        int     $0x80
        mov     %eax, %edx
        mov     $F_SETOWN, %ecx
        call    fcntl
        mov     $SIGUSR1, %edx
        mov     $F_SETSIG, %ecx
        call    fcntl
        mov     $O_ASYNC, %edx
        mov     $F_SETFL, %ecx
        call    fcntl
        mov     pipe + 4, %ebx
        mov     $usr1, %ecx
        mov     $1, %edx
        mov     $SYS_WRITE, %eax
        int     $0x80                   # the signal has come when this returns
        mov     $none, %ecx
        mov     $none_end - none, %edx
        cmpl    $SIGUSR1, came
        jne     1f
        mov     $usr1, %ecx
        mov     $usr1_end - usr1, %edx
1:      cmpl    $SIGIO, came
        jne     2f
        mov     $io, %ecx
        mov     $io_end - io, %edx
2:      mov     $1, %ebx
        mov     $SYS_WRITE, %eax
        int     $0x80
        xor     %ebx, %ebx
        mov     $SYS_EXIT, %eax
        int     $0x80

fcntl:  mov     pipe, %ebx
        mov     $SYS_FCNTL, %eax
        int     $0x80
        ret

catch:  mov     $action, %ecx
        xor     %edx, %edx
        mov     $8, %esi                # bytes of a set of signals
        mov     $SYS_RT_SIGACTION, %eax
        int     $0x80
        ret

caught: mov     4(%esp), %eax
        mov     %eax, came
        ret

usr1:   .ascii  "SIGUSR1\n"
usr1_end:
io:     .ascii  "SIGIO\n"
io_end:
none:   .ascii  "no signal\n"
none_end:

        .data
action: .long   caught, 0, 0, 0, 0      # handler, flags, restorer, mask
came:   .long   0
pipe:   .long   0, 0
