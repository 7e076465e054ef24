package org.lkpk.cpu.engine;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * One operation of a decoded block: an instruction, or a comparison and the conditional branch after it. Its class is
 * made by {@link Forge} for its meaning and the kinds of its operands; what differs from instance to instance is data here.
 * Fields are narrow: a boot's operations do not fit into the host's caches, and fewer bytes are fewer misses. With these it
 * takes 32.
 */
public abstract class Op {
    /** The memory operand. */
    public int displacement;
    public int immediate;
    /** From the block's first byte to the next instruction; and to the target of a conditional branch behind the instruction. */
    public short next, target;
    /** Register numbers of the ModRM byte's two parts; those of AH … BH count from 0 here. */
    public byte reg, rm;
    public byte base, index, scale, segment;
    /** Number of its first instruction in the block. */
    byte number;
    /** Instructions done by it: 1 or 2. */
    byte weight = 1;

    /** One whose meaning takes the decoded instruction. */
    public abstract static class OfInsn extends Op {
        public Insn insn;

        @Override
        final void take(Insn i) {
            super.take(i);
            insn = i;
        }
    }

    /** One that does all instructions of a block. */
    public abstract static class OfBlock extends Op {
        public Insn[] insns;
    }

    /** Does it. */
    public abstract void run(CpuState s);

    /** A new one of its class. */
    Op another() {
        throw new IllegalStateException(getClass() + " is made otherwise");
    }

    /** The descriptor of a field's type. */
    static String type(String field) {
        return switch (field) {
            case "displacement", "immediate" -> "I";
            case "next", "target" -> "S";
            default -> "B";
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
            default -> throw new IllegalArgumentException(field);
        };
    }

    /** Copies what the generated code wants of a decoded instruction. */
    void take(Insn i) {
        reg = i.reg;
        rm = i.rm;
        base = i.base;
        index = i.index;
        scale = i.scale;
        displacement = i.displacement;
        segment = i.segment;
        immediate = i.immediate;
        next = (short) i.next();
    }
}
