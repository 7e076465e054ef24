package org.lkpk.firmware;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Segment;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.BootRefused;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;
import org.osgi.service.component.annotations.Component;

/**
 * Loads a bzImage by the 32-bit entry of the Linux/x86 boot protocol, from protocol 2.02 on (Linux 2.4), and leaves the
 * PC as a BIOS and the kernel's own real-mode code would. Not implemented: BIOS calls, so nothing runs in real mode.
 */
@Component
public final class LinuxFirmware implements Firmware {
    private static final int GDT = 0x1000;
    private static final int STACK = 0x8000;
    private static final int BOOT_PARAMS = 0x10000;
    private static final int COMMAND_LINE = 0x20000;
    private static final int CODE = 0x100000;
    private static final int BOOT_CS = 0x10;
    private static final int BOOT_DS = 0x18;
    private static final int CR0_PE_ET = 0x11;
    /** Above this a kernel would have to move an initrd down before it can read it. */
    private static final long LOW_MEMORY = 0x37ffffff;
    private static final int PAGE = 0x1000;

    @Override
    public void load(Machine machine, Boot boot) throws BootRefused {
        KernelFile kernel = new KernelFile(boot.title(), boot.kernel());
        if (machine.cpus().isEmpty()) throw kernel.refused("the machine has no CPU");
        Cpu cpu = machine.cpus().get(0);
        checkFeatures(kernel, machine, cpu);
        byte[] commandLine = commandLine(kernel, boot.append());
        checkMemory(kernel, machine.memory().size());
        Initrd.check(boot.title(), boot.initrd());
        int initrd = placeInitrd(kernel, machine.memory().size(), boot.initrd().length);

        BiosData bios = new BiosData(machine.board());
        new Chips(machine.board()).set(machine.memory().size(), bios.equipment());
        bios.write();
        write(machine.memory(), kernel, boot.initrd(), initrd, commandLine);
        enter(cpu);
    }

    private static void checkFeatures(KernelFile kernel, Machine machine, Cpu cpu) throws BootRefused {
        List<String> missing = RequiredFeatures.missing(kernel.setup(), cpu);
        if (!missing.isEmpty())
            throw kernel.refused("needs CPU features that model %s lacks: %s",
                    machine.specification().profile().title(), String.join(", ", missing));
    }

    private static byte[] commandLine(KernelFile kernel, String append) throws BootRefused {
        byte[] line = (append + '\0').getBytes(StandardCharsets.ISO_8859_1);
        if (line.length - 1 > kernel.commandLineSize())
            throw kernel.refused("takes a command line of %d bytes, not of %d", kernel.commandLineSize(), line.length - 1);
        return line;
    }

    private static void checkMemory(KernelFile kernel, int memory) throws BootRefused {
        if (kernel.end(CODE) > memory)
            throw kernel.refused("needs %d MB of memory, the machine has %d MB", megabytes(kernel.end(CODE)), memory >> 20);
    }

    /** As high as kernel and memory allow, for the kernel unpacks itself upwards. */
    private static int placeInitrd(KernelFile kernel, int memory, int size) throws BootRefused {
        if (size == 0) return 0;
        long lowest = (kernel.end(CODE) + PAGE - 1) / PAGE * PAGE;
        long limit = Math.min(kernel.initrdLimit(), LOW_MEMORY) + 1;
        long address = (Math.min(limit, memory) - size) / PAGE * PAGE;
        if (address >= lowest) return (int) address;
        if (lowest + size > limit)
            throw kernel.refused("its initrd of %d bytes does not fit below 0x%x", size, limit);
        throw kernel.refused("needs %d MB of memory with its initrd of %d bytes, the machine has %d MB",
                megabytes(lowest + size + PAGE - 1), size, memory >> 20);
    }

    private static long megabytes(long bytes) {
        return (bytes + 0xfffff) >> 20;
    }

    private static void write(Memory memory, KernelFile kernel, byte[] initrd, int initrdAddress, byte[] commandLine) {
        BootParams params = new BootParams(kernel.header());
        params.memory(memory.size());
        params.code(CODE);
        params.commandLine(COMMAND_LINE);
        params.initrd(initrdAddress, initrd.length);
        write(memory, BOOT_PARAMS, params.bytes());
        write(memory, COMMAND_LINE, commandLine);
        write(memory, CODE, kernel.code());
        write(memory, initrdAddress, initrd);
        memory.store(GDT + BOOT_CS, 4, 0x0000ffff);
        memory.store(GDT + BOOT_CS + 4, 4, 0x00cf9b00);
        memory.store(GDT + BOOT_DS, 4, 0x0000ffff);
        memory.store(GDT + BOOT_DS + 4, 4, 0x00cf9300);
    }

    private static void write(Memory memory, int address, byte[] bytes) {
        memory.write(address, bytes, 0, bytes.length);
    }

    private static void enter(Cpu cpu) {
        cpu.register("gdtr.base", GDT);
        cpu.register("gdtr.limit", BOOT_DS + 7);
        cpu.register("idtr.base", 0);
        cpu.register("idtr.limit", 0);
        cpu.register("cr0", CR0_PE_ET);
        cpu.register("eflags", 0x02);
        cpu.segment("cs", new Segment(BOOT_CS, 0, -1, 0xc09b));
        for (String name : List.of("ds", "es", "fs", "gs", "ss")) cpu.segment(name, new Segment(BOOT_DS, 0, -1, 0xc093));
        for (String name : List.of("eax", "ebx", "ecx", "edx", "ebp", "edi")) cpu.register(name, 0);
        cpu.register("esi", BOOT_PARAMS);
        cpu.register("esp", STACK);
        cpu.register("eip", CODE);
    }
}
