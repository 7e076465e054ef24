# witness: a program that watches what must not go wrong while the machine is changed under it.
#
#   witness FILE MARK  reads FILE again and again: each read must give its first content (old) or MARK and that (new)
#   witness            steps x = 48271 x mod 2^31-1 from 1 in an FPU register and reads the time stamp at every step
#
# Whenever a line is typed it prints its counts since the line before and goes on; a line that begins with q ends it:
#   lines OLD NEW OTHER CHANGES   reads by what they gave, and how often one gave something else than the one before
#   steps N X BACK                all steps so far, x, and how often the time stamp was below the one before
#
# The exit status is 0 or the errno of the call that failed; 22 (EINVAL) for other arguments.
# A static i386 Linux program without a C library; see build.sh.

        .set    SYS_EXIT, 1
        .set    SYS_READ, 3
        .set    SYS_WRITE, 4
        .set    SYS_OPEN, 5
        .set    SYS_POLL, 168
        .set    SYS_PREAD64, 180
        .set    POLLIN, 1
        .set    EINVAL, 22
        .set    SIZE, 4096

        .text
        .globl  _start
_start: pop     %eax                    # argc
        pop     %ecx                    # argv[0]
        cmp     $1, %eax
        je      steps
        cmp     $3, %eax
        je      lines
        mov     $-EINVAL, %eax

# Exits with -eax.
quit:   mov     %eax, %ebx
        neg     %ebx
        mov     $SYS_EXIT, %eax
        int     $0x80

# A system call that ends the program when it fails.
system: int     $0x80
        test    %eax, %eax
        js      quit
        ret

# The mark goes to "new", the first content to "old" and behind the mark; ebp: the class of the read before.
lines:  pop     %ebx                    # FILE
        pop     %esi                    # MARK
        xor     %ecx, %ecx
        mov     $SYS_OPEN, %eax
        call    system
        mov     %eax, file
        mov     $new, %edi
1:      lodsb
        test    %al, %al
        jz      2f
        stosb
        jmp     1b
2:      call    look
        mov     %eax, old_size
        mov     %eax, %ecx
        mov     $seen, %esi
        rep movsb
        sub     $new, %edi
        mov     %edi, new_size
        mov     %eax, %ecx
        mov     $seen, %esi
        mov     $old, %edi
        rep movsb
        xor     %ebp, %ebp

next:   call    look
        xor     %edx, %edx              # 0: old
        mov     $old, %edi
        cmp     old_size, %eax
        call    same
        je      1f
        inc     %edx                    # 1: new
        mov     $new, %edi
        cmp     new_size, %eax
        call    same
        je      1f
        inc     %edx                    # 2: neither
1:      incl    counts(,%edx,4)
        cmp     %edx, %ebp
        je      2f
        incl    counts + 12
        mov     %edx, %ebp
2:      call    asked
        jz      next
        mov     $lines_text, %esi
        call    word
        mov     $counts, %esi
        mov     $4, %edi
3:      lodsl
        movl    $0, -4(%esi)
        call    number
        dec     %edi
        jnz     3b
        call    answer
        jmp     next

# Reads the file from its start; eax: how many bytes it gave.
look:   mov     file, %ebx
        mov     $seen, %ecx
        mov     $SIZE, %edx
        push    %esi
        push    %edi
        xor     %esi, %esi
        xor     %edi, %edi
        mov     $SYS_PREAD64, %eax
        call    system
        pop     %edi
        pop     %esi
        ret

# ZF: as the flags tell, eax bytes at edi equal those read.
same:   jne     1f
        mov     %eax, %ecx
        mov     $seen, %esi
        repe cmpsb
1:      ret

# st(2)..st(0): a, m, x; edi:esi: the time stamp before, ebp: how often it went back.
steps:  fninit
        fildl   factor
        fildl   modulus
        fld1
        xor     %ebp, %ebp
        rdtsc
        mov     %eax, %esi
        mov     %edx, %edi
step:   mov     $256, %ebx              # steps between two looks at the keyboard
1:      fmul    %st(2), %st
2:      fprem
        fnstsw  %ax
        test    $4, %ah                 # C2: not done yet
        jnz     2b
        rdtsc
        cmp     %esi, %eax
        mov     %edx, %ecx
        sbb     %edi, %ecx
        adc     $0, %ebp
        mov     %eax, %esi
        mov     %edx, %edi
        dec     %ebx
        jnz     1b
        addl    $256, counts
        call    asked
        jz      step
        push    %esi
        mov     $steps_text, %esi
        call    word
        mov     counts, %eax
        call    number
        fistl   counts + 4
        mov     counts + 4, %eax
        call    number
        mov     %ebp, %eax
        call    number
        pop     %esi
        call    answer
        jmp     step

# ZF: nothing has been typed; a line that begins with q, and the end of input, end the program.
asked:  mov     $poll, %ebx
        mov     $1, %ecx
        xor     %edx, %edx
        mov     $SYS_POLL, %eax
        call    system
        test    %eax, %eax
        jz      1f
        xor     %ebx, %ebx
        mov     $text, %ecx
        mov     $SIZE, %edx
        mov     $SYS_READ, %eax
        call    system
        test    %eax, %eax
        jz      quit
        cmpb    $'q', text
        jne     1f
        xor     %eax, %eax
        jmp     quit
1:      ret

# The answer is put together in "text" and ends at "end". esi: a word
word:   mov     $text, %ecx
1:      lodsb
        test    %al, %al
        jz      2f
        mov     %al, (%ecx)
        inc     %ecx
        jmp     1b
2:      mov     %ecx, end
        ret

# eax: a number, which follows after a space
number: push    %esi
        mov     end, %ecx
        movb    $' ', (%ecx)
        inc     %ecx
        mov     %esp, %esi
1:      xor     %edx, %edx
        divl    ten
        add     $'0', %edx
        push    %edx
        test    %eax, %eax
        jnz     1b
2:      pop     %eax
        mov     %al, (%ecx)
        inc     %ecx
        cmp     %esi, %esp
        jne     2b
        mov     %ecx, end
        pop     %esi
        ret

answer: mov     end, %edx
        movb    $'\n', (%edx)
        mov     $text, %ecx
        inc     %edx
        sub     %ecx, %edx
        mov     $1, %ebx
        mov     $SYS_WRITE, %eax
        jmp     system

        .data
        .p2align 2
ten:    .long   10
factor: .long   48271
modulus:
        .long   0x7fffffff
poll:   .long   0                       # struct pollfd: standard input
        .short  POLLIN, 0
lines_text:
        .asciz  "lines"
steps_text:
        .asciz  "steps"

        .bss
        .p2align 2
file:   .skip   4
end:    .skip   4
old_size:
        .skip   4
new_size:
        .skip   4
counts: .skip   16
seen:   .skip   SIZE
old:    .skip   SIZE
new:    .skip   2 * SIZE
text:   .skip   SIZE + 256

        .section .note.GNU-stack, "", @progbits
