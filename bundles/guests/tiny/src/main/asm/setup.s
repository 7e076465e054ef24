# The boot sector and real-mode part of the image (The Linux/x86 Boot Protocol, 2.10). A loader that knows the 32-bit
# entry takes the header from here and never runs the code; QEMU's -kernel runs it.
        .include "tiny.inc"

        .section .setup, "ax"
        .code16
        .org    0x1f1
        .byte   1                       # setup_sects: the one behind the boot sector
        .word   0                       # root_flags
        .long   syssize
        .word   0, 0xffff, 0            # ram_size, vid_mode, root_dev
        .word   0xaa55
        jmp     real                    # a short one: its operand tells the header's end
        .ascii  "HdrS"
        .word   0x020a
        .long   0                       # realmode_swtch
        .word   0x1000, 0               # start_sys_seg, kernel_version
        .byte   0, 1                    # type_of_loader, loadflags: LOADED_HIGH
        .word   0                       # setup_move_size
        .long   0x100000                # code32_start
        .long   0, 0, 0                 # ramdisk_image, ramdisk_size, bootsect_kludge
        .word   0                       # heap_end_ptr
        .byte   0, 0                    # ext_loader_ver, ext_loader_type
        .long   0                       # cmd_line_ptr
        .long   0x37ffffff              # initrd_addr_max
        .long   0x100000                # kernel_alignment
        .byte   0, 20                   # relocatable_kernel, min_alignment
        .word   0                       # xloadflags
        .long   255                     # cmdline_size
        .long   0, 0, 0                 # hardware_subarch, its data
        .long   0, 0                    # payload_offset, payload_length: nothing is packed
        .long   0, 0                    # setup_data
        .long   0x100000, 0             # pref_address
        .long   init_size

# DS is where the boot sector lies, CS is 0x20 above it.
real:   cli
        movb    $0x02, %al              # A20 on
        outb    %al, $0x92
        xorl    %esi, %esi
        movw    %ds, %si
        shll    $4, %esi                # the header lies where boot_params wants it
        leal    gdt(%esi), %eax
        movl    %eax, gdtr + 2
        lgdtl   gdtr
        movl    %cr0, %eax
        orb     $1, %al
        movl    %eax, %cr0
        jmp     1f
1:      movw    $KERNEL_DS, %ax
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        xorl    %ebx, %ebx
        xorl    %edi, %edi
        xorl    %ebp, %ebp
        ljmpl   $KERNEL_CS, $0x100000

        .p2align 3
gdt:    .quad   0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:   .word   gdtr - gdt - 1
        .long   0
        .org    0x400
