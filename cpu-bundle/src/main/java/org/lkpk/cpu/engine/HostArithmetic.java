package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.*;
import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.EDX;

import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.table.Operand;

/** Machine code for sums, differences, logic, products and quotients: the instructions themselves. */
abstract class HostArithmetic extends HostOperands {
    HostArithmetic(Meanings meanings, Plan plan) {
        super(meanings, plan);
    }

    /** The eight of the opcode map's first rows. */
    boolean arithmetic(int what) {
        int bits = bits();
        boolean wanted = wanted(), carried = what == ADC || what == SBB, writes = what != CMP;
        Operand to = operand(0), from = operand(1);
        Address at = memory(to) ? access(bits, writes) : memory(from) ? access(bits, false) : null;
        if (carried) carry();
        if (wanted && bits == 32 && !carried) {
            lazy(what, to, from, at);
            return true;
        }
        if (wanted && bits == 8 && what == CMP) {
            if (memory(to)) a.op(32, 0x0FB6, R11, at);
            else widened(register(to));
            compared(from, at);
            return true;
        }
        if (wanted && (what == AND || what == OR || what == XOR)) {
            narrow(bits, what, to, from, at, true);
            return true;
        }
        if (at != null && memory(to)) {
            if (constant(from)) a.constant(bits, what, at, i.immediate);
            else beside(bits, opcode(what), register(from), at);
        } else if (at != null) beside(bits, opcode(what) + 2, register(to), at);
        else if (constant(from)) a.constant(bits, what, register(to), i.immediate);
        else a.op(bits, opcode(what), register(from), register(to));
        set(wanted);
        return true;
    }

    /** A register of 8 bits in R11. */
    private void widened(int register) {
        a.op(32, 0x0FB6, R11, low(8, register));
        back(8, register);
    }

    /** Compares 8 bits in R11 with an operand. */
    private void compared(Operand from, Address at) {
        a.op(32, STORE, R11, frame(Frame.LEFT));
        if (constant(from)) a.constant(8, SUB, R11, i.immediate);
        else if (memory(from)) a.op(8, opcode(SUB) + 2, R11, at);
        else {
            int r = register(from);
            a.op(8, opcode(SUB), low(8, r), R11);
            back(8, r);
        }
        keepDifference8();
    }

    /** Keeps the flags of the subtraction that R11 has the result of. */
    void keepDifference8() {
        a.op(32, 0x0FBE, R11, R11);
        a.op(32, STORE, R11, result);
        keep(DIFFERENCE8);
        hosts = hostsCarry = true;
    }

    /** A logical operation of 8 or 16 bits, whose result is kept. */
    private void narrow(int bits, int what, Operand to, Operand from, Address at, boolean writes) {
        if (memory(to)) a.op(bits, LOAD, R11, at);
        else a.op(bits, STORE, low(bits, register(to)), R11);
        if (!memory(to)) back(bits, register(to));
        if (constant(from)) a.constant(bits, what, R11, i.immediate);
        else if (memory(from)) a.op(bits, opcode(what) + 2, R11, at);
        else {
            int r = register(from);
            a.op(bits, opcode(what), low(bits, r), R11);
            back(bits, r);
        }
        if (writes && memory(to)) a.op(bits, STORE, R11, at);
        else if (writes) {
            int r = register(to);
            a.op(bits, STORE, R11, low(bits, r));
            back(bits, r);
        }
        a.op(32, bits == 8 ? 0x0FBE : 0x0FBF, R11, R11);
        keepResult(R11);
        hosts = hostsCarry = true;
    }

    private void beside(int bits, int opcode, int register, Address at) {
        a.op(bits, opcode, low(bits, register), at);
        back(bits, register);
    }

    /** Arithmetic of 32 bits of which operands are kept, for its flags to be made of. */
    private void lazy(int what, Operand to, Operand from, Address at) {
        boolean logical = what == AND || what == OR || what == XOR, inMemory = memory(to), writes = what != CMP;
        int r = inMemory || !writes ? R11 : register(to);
        if (inMemory) a.op(32, LOAD, R11, at);
        else if (!writes) a.op(32, STORE, register(to), R11);
        if (!logical) a.op(32, STORE, r, frame(Frame.LEFT));
        int how = what == CMP ? SUB : what;
        if (constant(from)) a.constant(32, how, r, i.immediate);
        else if (memory(from)) a.op(32, opcode(how) + 2, r, at);
        else a.op(32, opcode(how), register(from), r);
        if (inMemory && writes) a.op(32, STORE, r, at);
        a.op(32, STORE, r, result);
        keep(logical ? RESULT : what == ADD ? SUM : DIFFERENCE);
        hosts = hostsCarry = true;
    }

    boolean test() {
        int bits = bits();
        boolean wanted = wanted();
        Operand one = operand(0), other = operand(1);
        Address at = memory(one) ? access(bits, false) : null;
        if (wanted && bits == 32) {
            if (at != null) a.op(32, LOAD, R11, at);
            else a.op(32, STORE, register(one), R11);
            if (constant(other)) a.constant(32, AND, R11, i.immediate);
            else a.op(32, opcode(AND), register(other), R11);
            keepResult(R11);
            hosts = hostsCarry = true;
            return true;
        }
        if (wanted) {
            narrow(bits, AND, one, other, at, false);
            return true;
        }
        if (constant(other)) {
            if (at != null) a.followed(bits, 0xF7, 0, at, bits, i.immediate);
            else a.followed(bits, 0xF7, 0, register(one), bits, i.immediate);
        } else if (at != null) beside(bits, TEST, register(other), at);
        else a.op(bits, TEST, register(other), register(one));
        set(false);
        return true;
    }

    /** INC and DEC leave CF alone. */
    boolean step(int extension) {
        int bits = bits();
        boolean wanted = wanted();
        Address at = memory(operand(0)) ? access(bits, true) : null;
        if (wanted) carry();
        if (at != null) a.op(bits, 0xFF, extension, at);
        else a.op(bits, 0xFF, extension, register(operand(0)));
        set(wanted);
        if (!wanted) lose();
        return true;
    }

    /** NOT and NEG. */
    boolean unary(int extension) {
        int bits = bits();
        boolean negates = extension == 3, wanted = negates && wanted();
        if (memory(operand(0))) a.op(bits, 0xF7, extension, access(bits, true));
        else a.op(bits, 0xF7, extension, register(operand(0)));
        if (negates) set(wanted);
        return true;
    }

    // Products and quotients

    boolean product() {
        if (i.operandSize != 32) return false;
        boolean wanted = wanted(), three = i.form.operands().size() == 3;
        int to = host(i.reg);
        Address at = i.memory() ? access(32, false) : null;
        if (three) {
            if (at != null) a.followed(32, 0x69, to, at, 32, i.immediate);
            else a.followed(32, 0x69, to, host(i.rm), 32, i.immediate);
        } else if (at != null) a.op(32, 0x0FAF, to, at);
        else a.op(32, 0x0FAF, to, host(i.rm));
        multiplied(wanted, to);
        return true;
    }

    /** CF and OF say whether the product is wider than its lower half, whose the other flags are. */
    private void multiplied(boolean wanted, int low) {
        if (wanted) {
            a.op(32, 0x0F90 | B, 0, R11);
            a.op(32, 0x0FB6, R11, R11);
            a.shift(SHL, R11, 31);
            a.op(32, STORE, R11, carries);
            a.op(32, STORE, low, result);
            keep(IN_STATE);
        } else kept = UNKNOWN;
        lose();
    }

    boolean wide(int extension) {
        if (bits() != 32) return false;
        if (i.memory()) a.op(32, 0xF7, extension, access(32, false));
        else a.op(32, 0xF7, extension, host(i.rm));
        multiplied(true, EAX);
        return true;
    }

    /** The divisor in R9. */
    private boolean divisor() {
        if (bits() != 32) return false;
        if (i.memory()) a.op(32, LOAD, R9, access(32, false));
        else a.op(32, STORE, host(i.rm), R9);
        lose();
        return true;
    }

    boolean divide() {
        if (!divisor()) return false;
        a.op(32, opcode(CMP), R9, EDX);
        a.jump(AE, miss());
        a.op(32, 0xF7, 6, R9);
        return true;
    }

    /** Of a dividend that is one of 32 bits. */
    boolean divideSigned() {
        if (!divisor()) return false;
        a.op(32, STORE, EAX, R10);
        a.shift(SAR, R10, 31);
        a.op(32, opcode(CMP), R10, EDX);
        a.jump(NE, miss());
        a.op(32, LEA, R10, new Address(R9, 1)); // Divisors 0 and -1.
        a.constant(32, CMP, R10, 1);
        a.jump(6, miss());
        a.op(32, 0xF7, 7, R9);
        return true;
    }
}
