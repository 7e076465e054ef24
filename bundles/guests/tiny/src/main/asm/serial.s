# Interrupt controllers, timer, and the two serial ports.
        .include "tiny.inc"

        .set    IER, 1
        .set    FCR, 2
        .set    IIR, 2
        .set    LCR, 3
        .set    MCR, 4
        .set    LSR, 5
        .set    SCR, 7
        .set    LSR_DATA, 0x01
        .set    LSR_IDLE, 0x40
        .set    RING, 4096                      # bytes kept of what each port received
        .set    PATIENCE, 2 * TICKS_PER_SECOND

        .macro  out     port, value
        mov     $\port, %edx
        mov     $\value, %al
        outb    %al, %dx
        .endm

        .text

        function irq_init
        out     0x20, 0x11
        out     0x21, 0x20
        out     0x21, 0x04
        out     0x21, 0x01
        out     0xa0, 0x11
        out     0xa1, 0x28
        out     0xa1, 0x02
        out     0xa1, 0x01
        out     0x21, 0xe6                      # timer, IRQ 3 and 4
        out     0xa1, 0xff
        out     0x43, 0x34
        out     0x40, 1193182 / TICKS_PER_SECOND & 0xff
        out     0x40, 1193182 / TICKS_PER_SECOND >> 8
        ret

# eax: the line
        function irq
        push    %ebx
        test    %eax, %eax
        jz      timer
        mov     $COM1, %ebx
        mov     $ring1, %edx
        cmp     $4, %eax
        je      1f
        cmp     $3, %eax
        jne     3f                              # spurious
        incl    irq3
        mov     $COM2, %ebx
        mov     $ring2, %edx
1:      mov     %ebx, %eax
        call    receive
        jmp     2f
timer:  incl    ticks
2:      mov     $0x20, %al
        outb    %al, $0x20
        call    wake_all
3:      pop     %ebx
        ret

# Takes all that a port has into a ring; eax: the port, edx: the ring. A port that reads FFh has no UART any more.
        function receive
        push    %ebx
        push    %esi
        mov     %eax, %ebx
        mov     %edx, %esi
1:      lea     LSR(%ebx), %edx
        inb     %dx, %al
        cmp     $0xff, %al
        je      2f
        test    $LSR_DATA, %al
        jz      2f
        mov     %ebx, %edx
        inb     %dx, %al
        mov     (%esi), %ecx                    # written so far; read so far stands behind it
        mov     %ecx, %edx
        sub     4(%esi), %edx
        cmp     $RING, %edx
        je      1b                              # full: the byte is lost
        and     $RING - 1, %ecx
        mov     %al, 8(%esi,%ecx)
        incl    (%esi)
        jmp     1b
2:      pop     %esi
        pop     %ebx
        ret

# A byte out of the ring eax; -1 if it is empty
        function ring_take
        mov     4(%eax), %edx
        cmp     (%eax), %edx
        je      1f
        incl    4(%eax)
        and     $RING - 1, %edx
        movzbl  8(%eax,%edx), %eax
        ret
1:      mov     $-1, %eax
        ret

        function serial_init
        mov     $COM1, %eax

# 115200 8N1, FIFOs on, an interrupt for each byte; eax: the port
uart_init:
        push    %ebx
        push    %esi
        mov     %eax, %ebx
        mov     $uart_settings, %esi
1:      movzbl  (%esi), %edx
        add     %ebx, %edx
        mov     1(%esi), %al
        outb    %al, %dx
        add     $2, %esi
        cmp     $uart_settings_end, %esi
        jb      1b
        pop     %esi
        pop     %ebx
        ret

# Sends al on ttyS0, a line feed with its carriage return.
        function serial_put
        cmp     $'\n', %al
        jne     1f
        mov     $'\r', %al
        call    1f
        mov     $'\n', %al
1:      mov     $COM1, %edx

# Sends al on the port edx, and waits until it has left: what is in the shift register is lost by a reset.
uart_put:
        outb    %al, %dx
        push    %ebx
        mov     %eax, %ebx
        add     $LSR, %edx
1:      inb     %dx, %al
        test    $LSR_IDLE, %al
        jz      1b
        sub     $LSR, %edx
        mov     %ebx, %eax
        pop     %ebx
        ret

# read(buffer, size): a line without its end, echoed while it is typed
        traced  sys_read
        push    %ebx
        push    %esi
        push    %edi
        mov     %eax, %esi
        mov     %eax, %edi
        lea     (%eax,%edx), %ebx
1:      mov     $ring1, %eax
        call    ring_take
        test    %eax, %eax
        jns     2f
        call    wait_event
        jmp     1b
2:      cmp     $'\r', %al
        je      4f
        cmp     $'\n', %al
        je      4f
        cmp     $0x7f, %al
        je      3f
        cmp     $'\b', %al
        je      3f
        cmp     $' ', %al
        jb      1b
        cmp     %ebx, %edi
        je      1b
        stosb
        call    serial_put
        jmp     1b
3:      cmp     %esi, %edi
        je      1b
        dec     %edi
        mov     $rubout, %eax
        mov     $3, %edx
        call    sys_write
        jmp     1b
4:      mov     $'\n', %al
        call    serial_put
        mov     %edi, %eax
        sub     %esi, %eax
        pop     %edi
        pop     %esi
        pop     %ebx
        ret

# Whether a 16550A stands at 2F8: 1 or 0. The scratch register tells a UART, IIR its FIFOs. It is left ready for use.
        traced  com2_probe
        out     COM2 + SCR, 0x5a
        inb     %dx, %al
        cmp     $0x5a, %al
        jne     1f
        out     COM2 + SCR, 0xa5
        inb     %dx, %al
        cmp     $0xa5, %al
        jne     1f
        mov     $COM2, %eax
        call    uart_init
        mov     $COM2 + IIR, %edx
        inb     %dx, %al
        and     $0xc0, %al
        cmp     $0xc0, %al
        jne     1f
        mov     $1, %eax
        ret
1:      xor     %eax, %eax
        ret

# echo(count): sends what com2 receives back to it; 1 if there is none or nothing came in time
        traced  sys_echo
        push    %ebx
        push    %esi
        push    %edi
        mov     %eax, %ebx
        call    com2_probe
        test    %eax, %eax
        jz      4f
        movl    $0, ring2
        movl    $0, ring2 + 4
        mov     $ready, %eax
        mov     $6, %edx
        call    sys_write
1:      test    %ebx, %ebx
        jz      3f
        mov     ticks, %esi
2:      mov     $ring2, %eax
        call    ring_take
        test    %eax, %eax
        js      5f
        mov     $COM2, %edx
        call    uart_put
        dec     %ebx
        jmp     1b
5:      call    wait_event
        mov     ticks, %eax
        sub     %esi, %eax
        cmp     $PATIENCE, %eax
        jb      2b
4:      mov     $1, %eax
        jmp     6f
3:      xor     %eax, %eax
6:      pop     %edi
        pop     %esi
        pop     %ebx
        ret

        .data
uart_settings:                                  # register, value
        .byte   LCR, 0x80, 0, 1, IER, 0, LCR, 0x03, FCR, 0x07, MCR, 0x0b, IER, 0x01
uart_settings_end:
rubout: .ascii  "\b \b"
ready:  .ascii  "ready\n"

        .bss
        .globl  irq3
irq3:   .skip   4
ring1:  .skip   8 + RING
ring2:  .skip   8 + RING
