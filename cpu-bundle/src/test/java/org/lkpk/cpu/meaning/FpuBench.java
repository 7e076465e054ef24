package org.lkpk.cpu.meaning;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.lkpk.cpu.engine.Meanings;
import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.protect.Bench;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** A processor with flat segments and no decoder: executes one x87 instruction by its row in x87.ops. */
final class FpuBench {
    static final int OPERAND = 0x5000;
    private static final Map<String, Method> MEANINGS = new Meanings().all();

    final Bench board = new Bench();
    /** RAM, from address 0 on. */
    final byte[] ram = board.bytes();
    final CpuState s = board.s;
    final Fpu fpu = s.fpu;
    private final Map<String, MethodHandle> rows = new HashMap<>();
    private final MethodHandle[] byModRm = new MethodHandle[8 << 8];
    final Insn insn = new Insn();

    FpuBench() {
        s.cr0 |= CpuState.CR0_NE;
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
                    rows.put(line.substring(0, 12).trim(), bind(columns[0]));
                }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle bind(String name) {
        try {
            return MethodHandles.lookup().unreflect(MEANINGS.get(name));
        } catch (IllegalAccessException e) {
            throw new AssertionError("x87.ops: " + name + " is not public", e);
        }
    }

    /** Executes the instruction with these two bytes; its operand in memory is at {@link #OPERAND}. */
    void execute(int opcode, int modRm) {
        insn.opcode = (short) opcode;
        insn.mod = (byte) (modRm >> 6);
        insn.reg = (byte) (modRm >> 3 & 7);
        insn.rm = (byte) (modRm & 7);
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
}
