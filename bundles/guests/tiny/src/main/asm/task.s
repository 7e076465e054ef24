# Tasks, the timer and waiting.
        .include "tiny.inc"

        .set    TASK_ESP, 0                     # saved stack pointer
        .set    TASK_CR3, 4
        .set    TASK_ESP0, 8                    # top of its kernel stack
        .set    TASK_RUNNABLE, 12
        .set    TASK_SIZE, 16
        .set    TSS_ESP0, 4
        .set    TSS_SS0, 8
        .set    TSS_IO_MAP, 102

        .text

# Makes the frames from which the two tasks start.
        function task_init
        movl    $KERNEL_DS, tss + TSS_SS0
        movw    $104, tss + TSS_IO_MAP          # none
        mov     $shell, %eax
        mov     $shell_task, %edx
        call    task_frame
        mov     $worker, %eax
        mov     $worker_task, %edx

# eax: where it starts, edx: the task
task_frame:
        push    %edi
        mov     TASK_ESP0(%edx), %edi
        sub     $20 + 68, %edi
        mov     %edi, TASK_ESP(%edx)
        movl    $trap_return, 16(%edi)          # what switch_to returns to; then the frame of a trap
        movl    $USER_DS, 20(%edi)
        movl    $USER_DS, 24(%edi)
        mov     %eax, 68(%edi)                  # EIP
        movl    $USER_CS, 72(%edi)
        movl    $0x0202, 76(%edi)               # IF
        movl    $USER_STACK, 80(%edi)
        movl    $USER_DS, 84(%edi)
        pop     %edi
        ret

# The next task that can run, in turn; idle if there is none.
        traced  schedule
        mov     current, %eax
        mov     $2, %ecx
1:      add     $TASK_SIZE, %eax
        cmp     $tasks_end, %eax
        jb      2f
        mov     $shell_task, %eax
2:      cmpl    $0, TASK_RUNNABLE(%eax)
        jne     3f
        dec     %ecx
        jnz     1b
        mov     $idle_task, %eax
3:      cmp     current, %eax
        jne     switch_to
        ret

# eax: the task to go on with
        function switch_to
        push    %ebx
        push    %esi
        push    %edi
        push    %ebp
        incl    switches
        mov     current, %edx
        mov     %esp, TASK_ESP(%edx)
        mov     %eax, current
        mov     TASK_ESP(%eax), %esp
        mov     TASK_CR3(%eax), %ecx
        mov     %ecx, %cr3
        mov     TASK_ESP0(%eax), %ecx
        mov     %ecx, tss + TSS_ESP0
        pop     %ebp
        pop     %edi
        pop     %esi
        pop     %ebx
        ret

# Until the next interrupt; the caller looks whether what it waits for has come.
        traced  wait_event
        mov     current, %eax
        movl    $0, TASK_RUNNABLE(%eax)
        jmp     schedule

# An interrupt came: whoever waits may look again.
        function wake_all
        movl    $1, shell_task + TASK_RUNNABLE
        movl    $1, worker_task + TASK_RUNNABLE
        ret

# sleep(ticks)
        traced  sys_sleep
        push    %ebx
        mov     ticks, %ebx
        add     %eax, %ebx
1:      mov     ticks, %eax
        sub     %ebx, %eax
        jns     2f
        call    wait_event
        jmp     1b
2:      xor     %eax, %eax
        pop     %ebx
        ret

# post(rounds): work for the worker; waits until it has none.
        traced  sys_post
        push    %ebx
        mov     %eax, %ebx
1:      cmpl    $0, job
        je      2f
        call    wait_event
        jmp     1b
2:      mov     %ebx, job
        call    wake_all
        xor     %eax, %eax
        pop     %ebx
        ret

# job(): the rounds that were posted
        traced  sys_job
1:      mov     job, %eax
        test    %eax, %eax
        jnz     2f
        call    wait_event
        jmp     1b
2:      ret

# done(sum, low and high half of the FPU's)
        traced  sys_done
        mov     %eax, work_sum
        mov     %edx, work_fpu
        mov     %ecx, work_fpu + 4
        movl    $0, job
        call    wake_all
        xor     %eax, %eax
        ret

# wait(): until the worker has no work
        traced  sys_wait
1:      cmpl    $0, job
        je      2f
        call    wait_event
        jmp     1b
2:      xor     %eax, %eax
        ret

        .data
        .p2align 2
        .globl  current
idle_task:
        .long   0, idle_directory - PAGE_OFFSET, 0, 0
shell_task:
        .long   0, shell_directory - PAGE_OFFSET, shell_stack_top, 1
worker_task:
        .long   0, worker_directory - PAGE_OFFSET, worker_stack_top, 1
tasks_end:
current:
        .long   idle_task

        .bss
        .globl  ticks, switches, tss, work_sum, work_fpu
        .p2align 4
tss:            .skip 104
ticks:          .skip 4
switches:       .skip 4
job:            .skip 4
work_sum:       .skip 4
work_fpu:       .skip 8
                .skip 2048
shell_stack_top:
                .skip 2048
worker_stack_top:
