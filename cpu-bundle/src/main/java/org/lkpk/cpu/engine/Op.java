package org.lkpk.cpu.engine;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * One operation of a decoded block: an instruction, or a comparison and the conditional branch after it. Its class is
 * made by {@link Forge} for its meaning and the kinds of its operands; what differs from instance to instance is data here.
 */
public abstract class Op {
    public Insn insn;
    /** All instructions of the block, for an operation that is a whole block. */
    public Insn[] insns;
    /** Register numbers of the ModRM byte's two parts; those of AH … BH count from 0 here. */
    public int reg, rm;
    /** The memory operand. */
    public int base, index, scale, displacement, segment;
    public int immediate, immediate2;
    /** From the block's first byte to the next instruction; and for a conditional branch, to its target. */
    public int next, target;
    /** From the block's first byte to this operation's first instruction, and that one's number in the block. */
    public int offset, number;
    /** Instructions done by it: 1 or 2. */
    public int weight = 1;

    /** Does it. */
    public abstract void run(CpuState s);

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
            case "immediate2" -> immediate2;
            case "next" -> next;
            case "target" -> target;
            default -> throw new IllegalArgumentException(field);
        };
    }

    /** Copies what the generated code wants of a decoded instruction. */
    void take(Insn i) {
        insn = i;
        reg = i.reg;
        rm = i.rm;
        base = i.base;
        index = i.index;
        scale = i.scale;
        displacement = i.displacement;
        segment = i.segment;
        immediate = i.immediate;
        immediate2 = i.immediate2;
        next = i.next();
        target = i.next() + i.immediate;
        offset = i.offset;
    }
}
