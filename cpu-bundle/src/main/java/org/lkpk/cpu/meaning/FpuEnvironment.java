package org.lkpk.cpu.meaning;

import org.lkpk.cpu.fpu.Fpu;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** The x87 environment in memory: four layouts, by operand size and mode (SDM vol. 1, figures 8-9 to 8-12). */
final class FpuEnvironment {
    private FpuEnvironment() { }

    static int size(Insn i) {
        return i.operandSize == 32 ? 28 : 14;
    }

    static void store(CpuState s, Insn i, Fpu f, int a) {
        int step = i.operandSize / 8;
        word(s, i, a, f.control());
        word(s, i, a + step, f.status());
        word(s, i, a + 2 * step, f.tags());
        if (s.descriptors()) {
            pointer(s, i, a + 3 * step, f.instructionOffset, f.instructionSelector | f.opcode << 16);
            pointer(s, i, a + 5 * step, f.dataOffset, f.dataSelector | 0xFFFF0000);
        } else {
            int instruction = f.instructionOffset + (f.instructionSelector << 4);
            int data = f.dataOffset + (f.dataSelector << 4);
            if (i.operandSize == 32) {
                pointer(s, i, a + 12, instruction & 0xFFFF | 0xFFFF0000, instruction >>> 16 << 12 | f.opcode);
                pointer(s, i, a + 20, data & 0xFFFF | 0xFFFF0000, data >>> 16 << 12);
            } else {
                pointer(s, i, a + 6, instruction, instruction >>> 16 << 12 | f.opcode);
                pointer(s, i, a + 10, data, data >>> 16 << 12);
            }
        }
    }

    /** A word in the low half of its place, whose upper half, if any, is all ones. */
    private static void word(CpuState s, Insn i, int a, int value) {
        if (i.operandSize == 32) s.tlb.store32(a, value | 0xFFFF0000);
        else s.tlb.store16(a, value);
    }

    private static void pointer(CpuState s, Insn i, int a, int first, int second) {
        if (i.operandSize == 32) {
            s.tlb.store32(a, first);
            s.tlb.store32(a + 4, second);
        } else {
            s.tlb.store16(a, first);
            s.tlb.store16(a + 2, second);
        }
    }

    /** Loads the environment, which must be readable. */
    static void load(CpuState s, Insn i, Fpu f, int a) {
        int step = i.operandSize / 8;
        int status = s.tlb.load16(a + step), tags = s.tlb.load16(a + 2 * step), control = s.tlb.load16(a);
        int offset = place(s, i, a + 3 * step), selector = place(s, i, a + 4 * step);
        int dataOffset = place(s, i, a + 5 * step), dataSelector = place(s, i, a + 6 * step);
        f.control(control);
        f.status(status);
        f.tags(tags);
        if (s.descriptors()) {
            f.instructionOffset = offset;
            f.instructionSelector = selector & 0xFFFF;
            // The 16-bit layout has no room for it.
            f.opcode = i.operandSize == 32 ? selector >>> 16 & 0x7FF : 0;
            f.dataOffset = dataOffset;
            f.dataSelector = dataSelector & 0xFFFF;
        } else {
            f.instructionOffset = linear(offset, selector);
            f.opcode = selector & 0x7FF;
            f.dataOffset = linear(dataOffset, dataSelector);
            f.instructionSelector = f.dataSelector = 0;
        }
    }

    private static int place(CpuState s, Insn i, int a) {
        return i.operandSize == 32 ? s.tlb.load32(a) : s.tlb.load16(a);
    }

    private static int linear(int low, int high) {
        return low & 0xFFFF | high >>> 12 << 16;
    }
}
