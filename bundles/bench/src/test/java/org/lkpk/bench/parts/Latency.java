package org.lkpk.bench.parts;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.lkpk.api.cpu.Stop;

/**
 * How long an interrupt waits: from the moment at which another thread asks the processor to come back, as the board does
 * for input and alarms, to the first instruction of the guest's handler. It is told in CPU time of the machine's thread,
 * which is the host's time where that has a core to itself.
 */
final class Latency {
    private static final int GDT = 0x7000, IDT = 0x8000, HANDLER = Rig.CODE - 0x100, VECTOR = 0x20, DONE = 0x10;
    private static final int CODE_SEGMENT = 0x08, CS_HIGH = 0x00CF9B00, SS_HIGH = 0x00CF9300, FLAT_LOW = 0xFFFF, GATE = 0x8E00, IF = 0x202;
    /** So many runs of so many instructions make the loop hot: a translation is taken up at the start of a run. */
    private static final int RUNS = 100, INSTRUCTIONS = 500_000;
    private static final int PAUSE_MICROS = 200;
    /** The first interrupts find the host's JVM cold. */
    private static final int FIRST = 300;
    private static final long DOUBT = 10_000;

    private static final int PER_CENT = 100;
    private static final double MICRO = 1e3;

    private final long[] waits;
    private volatile int taken;
    private long machine, waited;
    private volatile long asked;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    private final Rig rig = new Rig() {
        @Override
        public int acknowledge() {
            cpu.interrupt(false);
            return VECTOR;
        }

        @Override
        public void out(int port, int size, int value) {
            if (port != DONE) return;
            waited = threads.getCurrentThreadCpuTime() - asked;
            asked = 0;
        }
    };

    /** @param loop code that never ends */
    Latency(String loop, int samples) {
        waits = new long[samples];
        rig.store(GDT + CODE_SEGMENT, 4, FLAT_LOW);
        rig.store(GDT + CODE_SEGMENT + 4, 4, CS_HIGH);
        rig.store(GDT + 0x10, 4, FLAT_LOW);
        rig.store(GDT + 0x14, 4, SS_HIGH);
        rig.store(IDT + 8 * VECTOR, 4, CODE_SEGMENT << 16 | HANDLER & 0xFFFF);
        rig.store(IDT + 8 * VECTOR + 4, 4, HANDLER & 0xFFFF0000 | GATE);
        rig.cpu.register("gdtr.base", GDT);
        rig.cpu.register("gdtr.limit", 0x17);
        rig.cpu.register("idtr.base", IDT);
        rig.cpu.register("idtr.limit", 8 * VECTOR + 7);
        rig.code(HANDLER, String.format("E6%02X CF", DONE)); // out DONE, al; iret
        rig.code(Rig.CODE, loop);
        rig.cpu.register("eip", Rig.CODE);
        rig.cpu.register("eflags", IF);
    }

    /** Endless loops that are translated in one piece, and leave it in different ways. */
    static Map<String, String> loops() {
        Map<String, String> loops = new LinkedHashMap<>();
        // add eax,ebx; add ecx,edx; xor ebx,ecx; add edx,eax; jmp
        loops.put("registers", "01D8 01D1 31CB 01C2 EBF6");
        // mov eax,[esi+400000h]; add esi,1000h; and esi,3FFFFFh; jmp
        loops.put("memory", "8B8600004000 81C600100000 81E6FFFF3F00 EBEC");
        // call +2; jmp -7; ret
        loops.put("calls", "E802000000 EBF9 C3");
        // fld1; fldpi; fmul st,st(1); fadd st,st(1); fstp st(1); fstp qword [400000h]; jmp
        loops.put("x87", "D9E8 D9EB D8C9 D8C1 DDD9 DD1D00004000 EBEE");
        // fldpi; fsin; fstp st(0); jmp
        loops.put("fsin", "D9EB D9FE DDD8 EBF8");
        // cld; mov esi,400000h; mov edi,800000h; mov ecx,100000h; rep movsd; jmp
        loops.put("rep movs", "FC BE00004000 BF00008000 B900001000 F3A5 EBED");
        // mov edi,400000h; mov ecx,400000h; mov al,1; repne scasb; jmp
        loops.put("repne scas", "BF00004000 B900004000 B001 F2AE EBF0");
        // mov eax,cr3; mov cr3,eax; mov ebx,[400000h]; jmp
        loops.put("CR3", "0F20D8 0F22D8 8B1D00004000 EBF2");
        return loops;
    }

    /** A table of the waits in each of the loops, in microseconds. */
    static String report(int samples) throws InterruptedException {
        StringBuilder text = new StringBuilder(String.format("%nInterrupts, µs to the handler     median      99 %%     worst%n"));
        for (Map.Entry<String, String> loop : loops().entrySet()) {
            long[] waits = new Latency(loop.getValue(), samples).measure();
            text.append(String.format(Locale.ROOT, "  in %-24s %9.1f %9.1f %9.1f%n", loop.getKey(), waits[samples / 2] / MICRO,
                    waits[samples * (PER_CENT - 1) / PER_CENT] / MICRO, waits[samples - 1] / MICRO));
        }
        return text.toString();
    }

    /** Nanoseconds that each of the interrupts waited, the shortest first. */
    long[] measure() throws InterruptedException {
        for (int n = 0; n < RUNS; n++) rig.run(INSTRUCTIONS);
        machine = Thread.currentThread().getId();
        Thread asker = new Thread(this::ask, "asker");
        asker.setDaemon(true);
        asker.start();
        while (taken < waits.length)
            if (rig.cpu.run(Long.MAX_VALUE) == Stop.INTERJECTED) rig.cpu.interrupt(true);
        asker.join();
        Arrays.sort(waits);
        return waits;
    }

    /** Asks until there are enough samples, at moments that have nothing to do with the guest's. */
    private void ask() {
        Random dice = new Random(1);
        int unheeded = FIRST;
        while (taken < waits.length) {
            LockSupport.parkNanos(1000L * (PAUSE_MICROS + dice.nextInt(PAUSE_MICROS)));
            long before = threads.getThreadCpuTime(machine);
            asked = before;
            rig.cpu.interject();
            // Where the host has kept this thread from asking meanwhile, it is not known when it asked.
            boolean known = threads.getThreadCpuTime(machine) - before < DOUBT;
            while (asked != 0) LockSupport.parkNanos(1000L * PAUSE_MICROS);
            if (unheeded > 0) unheeded--;
            else if (known) waits[taken++] = waited;
        }
        rig.cpu.interject(); // Nothing else ends the last run.
    }
}
