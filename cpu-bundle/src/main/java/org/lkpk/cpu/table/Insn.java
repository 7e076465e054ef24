package org.lkpk.cpu.table;

import org.lkpk.cpu.state.CpuState;

/** One decoded instruction. Belongs to a block and knows only its distance from the block's first byte. */
public final class Insn {
    public Form form;
    /** Bytes from the block's first byte to this instruction's. */
    public short offset;
    public byte length;
    /** Operand and address size in bits: 16 or 32. */
    public byte operandSize, addressSize;
    /** The last opcode byte, and the ModRM byte's parts; {@code mod} 3 is a register, -1 says that there is no ModRM. */
    public short opcode;
    public byte mod = -1, reg, rm;
    /** The memory operand: segment (override applied) and parts of the address, {@link CpuState#NONE} where missing. */
    public byte segment, base = CpuState.NONE, index = CpuState.NONE, scale;
    public int displacement;
    /** Immediate, branch distance or absolute offset, sign-extended to 32 bits; and ENTER's second or a far pointer's selector. */
    public int immediate;
    public char immediate2;
    public boolean lock;
    boolean hasImmediate;
    /** Repeat prefix: 0, 0xF2 or 0xF3. */
    public short repeat;

    /** The same instruction as one that lies {@code distance} bytes behind another place. */
    public Insn from(int distance) {
        Insn i = new Insn();
        i.form = form;
        i.offset = (short) distance;
        i.length = length;
        i.operandSize = operandSize;
        i.addressSize = addressSize;
        i.opcode = opcode;
        i.mod = mod;
        i.reg = reg;
        i.rm = rm;
        i.segment = segment;
        i.base = base;
        i.index = index;
        i.scale = scale;
        i.displacement = displacement;
        i.immediate = immediate;
        i.immediate2 = immediate2;
        i.lock = lock;
        i.hasImmediate = hasImmediate;
        i.repeat = repeat;
        return i;
    }

    public boolean memory() {
        return mod >= 0 && mod != 3;
    }

    /** The x87's name for its instruction: three bits of the opcode and the ModRM byte. */
    public int escape() {
        return (opcode & 7) << 8 | mod << 6 | reg << 3 | rm;
    }

    /** Distance from the block's first byte to the next instruction. */
    public int next() {
        return offset + length;
    }

    /** Offset of the memory operand in its segment. */
    public int address(CpuState s) {
        int a = s.r[base] + (s.r[index] << scale) + displacement;
        return addressSize == 16 ? a & 0xFFFF : a;
    }

    /** Linear address of the memory operand; checked for {@code size} bytes and the need {@link CpuState#READ}, {@link CpuState#WRITE}. */
    public int linear(CpuState s, int size, int need) {
        return s.linear(segment, address(s), size, need);
    }

    /** As {@link #linear(CpuState, int, int)}, for the operand's second part {@code bytes} behind its begin: a 16-bit address wraps. */
    public int linearBehind(CpuState s, int bytes, int size, int need) {
        int a = address(s) + bytes;
        return s.linear(segment, addressSize == 16 ? a & 0xFFFF : a, size, need);
    }
}
