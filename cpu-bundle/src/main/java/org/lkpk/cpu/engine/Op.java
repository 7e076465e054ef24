package org.lkpk.cpu.engine;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * One operation of a decoded block: an instruction, or a comparison and the conditional branch after it. Its class is
 * made by {@link Forge} for its meaning and the kinds of its operands; what differs from instance to instance is data here.
 * Fields are narrow: a boot's operations do not fit into the host's caches, and fewer bytes are fewer misses.
 */
public abstract class Op {
    public Insn insn;
    /** All instructions of the block, for an operation that is a whole block. */
    public Insn[] insns;
    /** Register numbers of the ModRM byte's two parts; those of AH … BH count from 0 here. */
    public byte reg, rm;
    /** The memory operand. */
    public byte base, index, scale, segment;
    public int displacement;
    public int immediate;
    /** From the block's first byte to the next instruction; and for a conditional branch, to its target. */
    public short next;
    public int target;
    /** From the block's first byte to this operation's first instruction, and that one's number in the block. */
    short offset;
    byte number;
    /** Instructions done by it: 1 or 2. */
    byte weight = 1;

    /** Does it. */
    public abstract void run(CpuState s);

    /** A new one of its class. */
    Op another() {
        throw new IllegalStateException(getClass() + " is made otherwise");
    }

    /** The descriptor of a field's type. */
    static String type(String field) {
        return switch (field) {
            case "reg", "rm", "base", "index", "scale", "segment" -> "B";
            case "next" -> "S";
            default -> "I";
        };
    }

    /** A field's value, for code that has it as a constant. */
    int value(String field) {
        return switch (field) {
            case "reg" -> reg;
            case "rm" -> rm;
            case "base" -> base;
            case "index" -> index;
            case "scale" -> scale;
            case "displacement" -> displacement;
            case "segment" -> segment;
            case "immediate" -> immediate;
            case "next" -> next;
            case "target" -> target;
            default -> throw new IllegalArgumentException(field);
        };
    }

    /** Copies what the generated code wants of a decoded instruction. */
    void take(Insn i) {
        insn = i;
        reg = (byte) i.reg;
        rm = (byte) i.rm;
        base = (byte) i.base;
        index = (byte) i.index;
        scale = (byte) i.scale;
        displacement = i.displacement;
        segment = (byte) i.segment;
        immediate = i.immediate;
        next = (short) i.next();
        target = i.next() + i.immediate;
        offset = (short) i.offset;
    }
}
