package org.lkpk.conformance;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.cpu.Engine;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.api.cpu.Segment;

/** Has our CPU make the steps of a {@link Moo}, each in real mode and up to HLT, and compares. */
final class MooReplayer implements Board {
    private static final int MEMORY = 16 << 20, REACHED = 0x10FFF0, REAL_LIMIT = 0xFFFF, REAL_ACCESS = 0x93;
    private static final int LONGEST = 1000;
    private static final int CR0 = 0, CS = 10, SS = 15, EFLAGS = 17;
    /** What an 80386 has of CR0 and EFLAGS; the chip reads ones where there is nothing. */
    private static final int CR0_BITS = 0x8000001F, EFLAGS_BITS = 0x37FD7;

    private final BenchMemory memory = new BenchMemory(MEMORY);
    private final byte[] expected = new byte[MEMORY];
    private final Cpu cpu;
    private final Differences differences = new Differences();
    private long cases;

    MooReplayer(Cpu cpu, Engine engine, Profile profile) {
        this.cpu = cpu;
        cpu.plug(this, profile, engine);
    }

    void run(Moo file) {
        for (Moo.Step step; (step = file.next()) != null; cases++) {
            prepare(step);
            cpu.run(cpu.instructions() + LONGEST);
            String wrong = compare(step);
            if (!wrong.isEmpty()) differences.add(step.name().split(" ")[0], describe(step) + " ->" + wrong);
            clear(step.before().memory());
            clear(step.after().memory());
        }
    }

    long cases() {
        return cases;
    }

    Differences differences() {
        return differences;
    }

    private void prepare(Moo.Step step) {
        cpu.reset();
        Moo.Side before = step.before();
        for (Moo.Cell c : before.memory()) put(c.address(), c.value());
        for (int i = 0; i < Moo.REGISTERS.size(); i++) {
            String name = Moo.REGISTERS.get(i);
            int value = before.registers()[i];
            if (i >= CS && i <= SS) cpu.segment(name, new Segment(value, value << 4, REAL_LIMIT, REAL_ACCESS));
            else cpu.register(name, value);
        }
    }

    private void put(int address, byte value) {
        memory.store(address, 1, value);
        if (Integer.compareUnsigned(address, MEMORY) < 0) expected[address] = value;
    }

    private String compare(Moo.Step step) {
        StringBuilder wrong = new StringBuilder();
        Moo.Side before = step.before(), after = step.after();
        for (int i = 0; i < Moo.REGISTERS.size(); i++) {
            int should = (after.mask() >> i & 1) != 0 ? after.registers()[i] : before.registers()[i];
            int bits = step.valid()[i] & (i == CR0 ? CR0_BITS : i == EFLAGS ? EFLAGS_BITS : -1);
            int is = (int) cpu.register(Moo.REGISTERS.get(i));
            if (((is ^ should) & bits) != 0) differ(wrong, Moo.REGISTERS.get(i), is & bits, should & bits);
        }
        for (Moo.Cell c : after.memory()) if (Integer.compareUnsigned(c.address(), MEMORY) < 0) expected[c.address()] = c.value();
        if (step.exception() >= 0) pushedFlags(step);
        memory(wrong);
        return wrong.toString();
    }

    /** Flags that the instruction leaves undefined are so in the FLAGS that its exception pushed, too. */
    private void pushedFlags(Moo.Step step) {
        int at = step.flagsAddress() & MEMORY - 1, valid = step.valid()[EFLAGS] & EFLAGS_BITS;
        for (int i = 0; i < 2; i++) {
            int ignored = ~valid >> 8 * i & 0xFF;
            expected[at + i] = (byte) (expected[at + i] & ~ignored | memory.load(at + i, 1) & ignored);
        }
    }

    /** Real mode does not reach further than 10FFEFh. */
    private void memory(StringBuilder wrong) {
        byte[] ours = memory.bytes();
        int at = Arrays.mismatch(ours, 0, REACHED, expected, 0, REACHED);
        if (at < 0) return;
        differ(wrong, String.format("memory at %06X", at), ours[at] & 0xFF, expected[at] & 0xFF);
        memory.write(0, expected, 0, REACHED);
    }

    private void clear(List<Moo.Cell> cells) {
        for (Moo.Cell c : cells) put(c.address(), (byte) 0);
    }

    private static void differ(StringBuilder wrong, String what, int is, int should) {
        wrong.append(String.format(" %s %X, not %X;", what, is, should));
    }

    private static String describe(Moo.Step step) {
        StringBuilder b = new StringBuilder().append(step.index()).append(' ').append(step.name()).append(" (")
                .append(HexFormat.of().formatHex(step.code())).append(')');
        for (int i = 0; i < Moo.REGISTERS.size(); i++)
            b.append(String.format(" %s=%X", Moo.REGISTERS.get(i), step.before().registers()[i]));
        return b.toString();
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public int in(int port, int size) {
        return -1 >>> 32 - 8 * size;
    }

    @Override
    public void out(int port, int size, int value) { }

    @Override
    public int acknowledge() {
        return 0xFF;
    }

    @Override
    public long ticks() {
        return cpu.instructions();
    }

    @Override
    public boolean a20() {
        return true;
    }
}
