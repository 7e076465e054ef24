package org.lkpk.cpu.meaning;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lkpk.api.cpu.Board;
import org.lkpk.api.cpu.Memory;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Model;
import org.lkpk.cpu.state.Tlb;
import org.lkpk.cpu.table.Insn;

/** A processor with 64 KB of RAM, flat segments and no decoder: executes one x87 instruction by its row in x87.ops. */
final class FpuBench {
    static final int OPERAND = 0x1000;
    private static final Class<?>[] MEANINGS = {FpuArithmetic.class, FpuComparisons.class,
        FpuControl.class, FpuFunctions.class, FpuMoves.class};

    final Ram ram = new Ram();
    final CpuState s = new CpuState(new BareBoard(ram), new Model(Profile.P6));
    final Fpu fpu = s.fpu;
    private final Map<String, MethodHandle> rows = new HashMap<>();
    private final Set<String> bound = new HashSet<>();
    private final MethodHandle[] byModRm = new MethodHandle[8 << 8];
    final Insn insn = new Insn();

    FpuBench() {
        s.tlb.guard = new NoGuard();
        s.cr0 |= CpuState.CR0_PE | CpuState.CR0_NE;
        Arrays.fill(s.limit, -1);
        Arrays.fill(s.base, 0);
        Arrays.fill(s.access, 0xC093);
        for (int n = 0; n < 6; n++) s.segmentChanged(n);
        insn.operandSize = 32;
        insn.segment = CpuState.DS;
        insn.displacement = OPERAND;
        readTable();
    }

    private void readTable() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                FpuBench.class.getResourceAsStream("/org/lkpk/cpu/table/x87.ops"), StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; )
                if (!line.isEmpty() && !line.startsWith("#")) {
                    String[] columns = line.substring(12).trim().split(" +");
                    bound.add(columns[0]);
                    rows.put(line.substring(0, 12).trim(), bind(columns[0]));
                }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle bind(String name) {
        for (Class<?> c : MEANINGS)
            try {
                return MethodHandles.lookup().findStatic(c, name, MethodType.methodType(void.class, CpuState.class, Insn.class));
            } catch (ReflectiveOperationException e) {
                continue;
            }
        throw new AssertionError("x87.ops: no meaning is called " + name);
    }

    /** Names of public meanings that no row uses. */
    List<String> unused() {
        List<String> names = new ArrayList<>();
        for (Class<?> c : MEANINGS)
            for (Method m : c.getDeclaredMethods())
                if (Modifier.isPublic(m.getModifiers()) && !bound.contains(m.getName())) names.add(m.getName());
        return names;
    }

    /** Executes the instruction with these two bytes; its operand in memory is at {@link #OPERAND}. */
    void execute(int opcode, int modRm) {
        insn.opcode = opcode;
        insn.mod = modRm >> 6;
        insn.reg = modRm >> 3 & 7;
        insn.rm = modRm & 7;
        insn.addressSize = 32;
        MethodHandle row = byModRm[(opcode & 7) << 8 | modRm];
        if (row == null) row = byModRm[(opcode & 7) << 8 | modRm] = find();
        try {
            row.invokeExact(s, insn);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private MethodHandle find() {
        String key = String.format("%02X/%d ", insn.opcode, insn.reg);
        if (insn.mod != 3) return rows.get(key + "m");
        return rows.getOrDefault(key + "r" + insn.rm, rows.get(key + "r"));
    }

    /** 16 bits of memory at an offset from {@link #OPERAND}. */
    int word(int offset) {
        return s.tlb.load16(OPERAND + offset);
    }

    void word(int offset, int value) {
        s.tlb.store16(OPERAND + offset, value);
    }

    /** 64 KB from 0. */
    static final class Ram implements Memory {
        final byte[] bytes = new byte[0x10000];

        @Override public byte[] bytes() {
            return bytes;
        }

        @Override public int size() {
            return bytes.length;
        }

        @Override public int index(int page) {
            return page >= 0 && page < 16 ? page << 12 : -1;
        }

        @Override public boolean writable(int page) {
            return index(page) >= 0;
        }

        @Override public int load(int address, int size) {
            return -1 >>> 32 - 8 * size;
        }

        @Override public void store(int address, int size, int value) {
            for (int n = 0; n < size; n++) bytes[address + n] = (byte) (value >>> 8 * n);
        }

        @Override public void read(int address, byte[] into, int from, int count) {
            System.arraycopy(bytes, address, into, from, count);
        }

        @Override public void write(int address, byte[] source, int from, int count) {
            System.arraycopy(source, from, bytes, address, count);
        }

        @Override public void watch(Watch watch) { }

        @Override public void unwatch(Watch watch) { }

        @Override public void mark(int index, int length) { }

        @Override public boolean marked(int index) {
            return false;
        }

        @Override public boolean marked(int index, int length) {
            return false;
        }

        @Override public boolean device(int page) {
            return false;
        }
    }

    private record BareBoard(Memory memory) implements Board {
        @Override public int in(int port, int size) {
            return -1;
        }

        @Override public void out(int port, int size, int value) { }

        @Override public int acknowledge() {
            return 0;
        }

        @Override public long ticks() {
            return 0;
        }

        @Override public boolean a20() {
            return true;
        }
    }

    private static final class NoGuard implements Tlb.Guard {
        @Override public void codeWrite(int index, int size) { }

        @Override public boolean trapped(int page) {
            return false;
        }

        @Override public void accessed(int linear, int size, boolean write) { }
    }
}
