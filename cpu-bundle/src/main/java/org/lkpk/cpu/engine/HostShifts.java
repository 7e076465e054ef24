package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.*;
import static org.lkpk.cpu.state.CpuState.ECX;

import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Operand;

/** Machine code for shifts and single bits: the instructions themselves, with the flags that {@link org.lkpk.cpu.meaning.Carries} makes of them. */
abstract class HostShifts extends HostArithmetic {
    /** EFLAGS' bits that rotates set. */
    private static final int ROTATED = CpuState.CF | CpuState.OF;

    HostShifts(Meanings meanings, Plan plan) {
        super(meanings, plan);
    }

    boolean shift(int how) {
        Operand by = operand(1);
        int bits = bits();
        if (by == Operand.CL) return bits == 32 && how != ROL && how != ROR && !i.memory()
                && byRegister(how, host(i.rm), () -> a.op(32, 0xD3, how, host(i.rm)));
        int count = constantOf(by) & 31;
        if (count == 0) return !i.memory();
        boolean wanted = wanted(), rotates = how == ROL || how == ROR;
        if (wanted && (bits != 32 || i.memory())) return false;
        if (wanted && rotates) {
            rotate(how, host(i.rm), count);
            return true;
        }
        if (i.memory()) a.followed(bits, 0xC1, how, access(bits, true), 8, count);
        else {
            int r = register(operand(0));
            if (wanted) a.op(32, STORE, r, R9);
            a.followed(bits, 0xC1, how, r, 8, count);
            if (wanted) {
                if (count > 1) a.shift(how, R9, count - 1);
                shifted(how, r);
            }
        }
        if (!wanted) kept = UNKNOWN;
        lose();
        return true;
    }

    /** Keeps the flags of a shift to the register {@code r}; R9 has its operand shifted by one less. Those of Carries. */
    private void shifted(int how, int r) {
        a.op(32, STORE, r, result);
        if (how == SHL) a.constant(32, AND, R9, 0xC0000000);
        else if (how == SAR) {
            a.shift(SHL, R9, 31);
            a.shift(SAR, R9, 1);
        } else {
            a.op(32, LEA, R10, new Address(r, r, 0, 0));
            a.op(32, opcode(XOR), r, R10);
            a.shift(SHR, R10, 1);
            a.op(32, STORE, R9, R11);
            a.shift(SHL, R11, 30);
            a.op(32, opcode(XOR), R11, R10);
            a.constant(32, AND, R10, 0x40000000);
            a.shift(SHL, R9, 31);
            a.op(32, opcode(OR), R10, R9);
        }
        a.op(32, STORE, R9, carries);
        keep(IN_STATE);
    }

    /** Shifts by CL, as {@code itself} does; one by 0 leaves flags alone. */
    private boolean byRegister(int how, int to, Runnable itself) {
        if (to == ECX) return false;
        Label none = new Label();
        a.followed(8, 0xF7, 0, ECX, 8, 31);
        a.jump(E, none);
        a.op(32, STORE, to, R9);
        a.op(32, LEA, ECX, new Address(ECX, -1));
        a.op(32, 0xD3, how, R9);
        a.op(32, LEA, ECX, new Address(ECX, 1));
        itself.run();
        kept = UNKNOWN;
        shifted(how, to);
        a.label(none);
        kept = UNKNOWN;
        lose();
        return true;
    }

    /** CF and OF change, and are those of Carries. */
    private void rotate(int how, int r, int count) {
        allFlags();
        a.bytes(0x9C); // PUSHF
        a.pop(R10);
        a.constant(32, AND, R10, ~ROTATED);
        a.shift(how, r, count);
        a.op(32, STORE, r, R11);
        a.op(32, STORE, r, R9);
        if (how == ROR) {
            a.shift(SHR, R11, 31);
            a.shift(SHR, R9, 30);
        } else a.shift(SHR, R9, 31);
        a.constant(32, AND, R11, 1);
        a.constant(32, AND, R9, 1);
        a.op(32, opcode(OR), R11, R10);
        a.op(32, opcode(XOR), R11, R9);
        a.shift(SHL, R9, 11);
        a.op(32, opcode(OR), R9, R10);
        a.op(64, STORE, R10, frame(Frame.LEFT));
        keep(EFLAGS);
        lose();
    }

    boolean shiftDouble(int opcode, int how) {
        if (i.operandSize != 32 || i.memory()) return false;
        int to = host(i.rm), from = host(i.reg), count = i.immediate & 31;
        if (operand(2) == Operand.CL) return byRegister(how, to, () -> a.op(32, opcode + 1, from, to));
        if (count == 0) return true;
        boolean wanted = wanted();
        if (wanted) a.op(32, STORE, to, R9);
        a.followed(32, opcode, from, to, 8, count);
        if (wanted) {
            if (count > 1) a.shift(how, R9, count - 1);
            shifted(how, to);
        } else kept = UNKNOWN;
        lose();
        return true;
    }

    // Bits

    /** BT and its kin change CF alone. */
    boolean bit(int extension) {
        if (i.operandSize != 32) return false;
        boolean writes = extension != 4, constant = constant(operand(1));
        Address at = null;
        if (i.memory()) {
            offset();
            if (!constant) {
                a.op(32, STORE, host(i.reg), R10);
                a.shift(SAR, R10, 5);
                a.op(32, LEA, R9, new Address(R9, R10, 2, 0));
            }
            at = access(32, writes, writes ? CpuState.READ | CpuState.WRITE : CpuState.READ);
        }
        allFlags();
        a.bytes(0x9C); // PUSHF
        a.pop(R10);
        a.constant(32, AND, R10, ~CpuState.CF);
        if (constant) {
            if (at != null) a.followed(32, 0x0FBA, extension, at, 8, i.immediate & 31);
            else a.followed(32, 0x0FBA, extension, host(i.rm), 8, i.immediate & 31);
        } else if (at == null) a.op(32, 0x0F83 | extension << 3, host(i.reg), host(i.rm));
        else {
            a.op(32, STORE, host(i.reg), R11);
            a.constant(32, AND, R11, 31);
            a.op(32, 0x0F83 | extension << 3, R11, at);
        }
        a.op(32, 0x0F90 | B, 0, R11);
        a.op(32, 0x0FB6, R11, R11);
        a.op(32, LEA, R10, new Address(R10, R11, 0, 0));
        a.op(64, STORE, R10, frame(Frame.LEFT));
        keep(EFLAGS);
        hosts = false;
        hostsCarry = true;
        return true;
    }

    /** A source of 0 leaves the destination alone; the flags are those of a test of the source. */
    boolean scan(int opcode) {
        if (i.operandSize != 32) return false;
        Label none = new Label();
        if (i.memory()) a.op(32, LOAD, R10, access(32, false));
        else a.op(32, STORE, host(i.rm), R10);
        keepResult(R10);
        a.op(32, TEST, R10, R10);
        a.jump(E, none);
        a.op(32, opcode, host(i.reg), R10);
        a.label(none);
        lose();
        return true;
    }
}
