package org.lkpk.cpu.engine;

import static org.lkpk.cpu.host.Assembler.*;
import static org.lkpk.cpu.host.HostCode.*;
import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.EBP;
import static org.lkpk.cpu.state.CpuState.EDI;
import static org.lkpk.cpu.state.CpuState.ESI;

import org.lkpk.cpu.host.Assembler.Address;
import org.lkpk.cpu.host.Assembler.Label;
import org.lkpk.cpu.host.HostCode.Frame;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Operand;

/** Machine code for what moves values: loads and stores, the stack, strings, exchanges, and flags as a whole. */
abstract class HostMoves extends HostShifts {
    HostMoves(Meanings meanings, Plan plan) {
        super(meanings, plan);
    }

    boolean move() {
        Operand to = operand(0), from = operand(1);
        int bits = bits();
        if (memory(to)) {
            Address at = stored(bits);
            if (constant(from)) a.followed(bits, 0xC7, 0, at, bits, i.immediate);
            else {
                int r = register(from);
                a.op(bits, STORE, low(bits, r), at);
                back(bits, r);
            }
        } else if (memory(from)) {
            Address at = access(bits, false);
            int r = register(to);
            a.op(bits, LOAD, low(bits, r), at);
            back(bits, r);
        } else if (!constant(from)) a.op(bits, STORE, register(from), register(to));
        else if (bits == 32) a.move(register(to), i.immediate);
        else a.followed(bits, 0xC7, 0, register(to), bits, i.immediate);
        return true;
    }

    /** Where something is to be stored that was not read. */
    private Address stored(int bits) {
        offset();
        return access(bits, true, CpuState.WRITE);
    }

    boolean extend() {
        int opcode = 0x0F00 | i.opcode & 0xFF, bits = operand(1).bits(i.operandSize), to = host(i.reg);
        if (i.memory()) {
            a.op(i.operandSize, opcode, to, access(bits, false));
            return true;
        }
        int from = register(operand(1));
        if (to < 8) a.op(i.operandSize, opcode, to, from);
        else {
            a.op(i.operandSize, opcode, to, low(bits, from));
            back(bits, from);
        }
        return true;
    }

    boolean effectiveAddress() {
        if (i.addressSize == 32) a.op(i.operandSize, LEA, host(i.reg), address());
        else {
            a.op(32, LEA, R9, address());
            a.op(32, 0x0FB7, R9, R9);
            a.op(i.operandSize, STORE, R9, host(i.reg));
        }
        return true;
    }

    /** BSWAP; of 16 bits it makes 0. */
    boolean swap(int r) {
        if (i.operandSize == 16) a.followed(16, 0xC7, 0, r, 16, 0);
        else {
            if (r > 7) a.bytes(0x41);
            a.bytes(0x0F, 0xC8 | r & 7);
        }
        return true;
    }

    boolean conditional(boolean sets) {
        if (sets) {
            Address at = i.memory() ? stored(8) : null;
            condition();
            if (at != null) a.op(32, 0x0F90 | i.opcode & 15, 0, at);
            else a.op(32, 0x0F90 | i.opcode & 15, 0, i.rm);
        } else {
            Address at = i.memory() ? access(i.operandSize, false) : null;
            condition();
            if (at != null) a.op(i.operandSize, 0x0F40 | i.opcode & 15, host(i.reg), at);
            else a.op(i.operandSize, 0x0F40 | i.opcode & 15, host(i.reg), host(i.rm));
        }
        return true;
    }

    boolean push() {
        if (i.operandSize != 32) return false;
        Operand o = operand(0);
        if (memory(o)) {
            a.op(32, LOAD, R9, access(32, false));
            a.op(32, STORE, R9, frame(Frame.SPARE));
            top();
            a.op(32, LOAD, R10, frame(Frame.SPARE));
            pushed(R10);
        } else if (constant(o)) {
            top();
            a.move(R10, i.immediate);
            pushed(R10);
        } else {
            top();
            pushed(register(o));
        }
        return true;
    }

    boolean popped(int register) {
        if (i.operandSize == 32) pop(register);
        return i.operandSize == 32;
    }

    boolean leave() {
        if (i.operandSize != 32) return false;
        a.op(32, STORE, EBP, R9);
        a.op(32, LOAD, R10, look(32, false));
        a.op(32, LEA, STACK, new Address(EBP, 4));
        a.op(32, STORE, R10, EBP);
        return true;
    }

    // Strings

    /** Emits one string instruction that is not repeated; false if it cannot be done here. */
    boolean string() {
        String name = i.form.name();
        int cut = name.length() - 2, bits = name.endsWith("_b") ? 8 : i.operandSize;
        if (!name.endsWith("_b") && !name.endsWith("_v") || i.repeat != 0 || i.addressSize != 32) return false;
        switch (name.substring(0, cut)) {
            case "lods" -> {
                a.op(bits, LOAD, EAX, source(bits));
                forward(ESI, bits);
            }
            case "stos" -> {
                a.op(bits, STORE, EAX, destination(bits, true));
                forward(EDI, bits);
            }
            case "movs" -> {
                spare(source(bits), bits);
                Address to = destination(bits, true);
                a.op(32, LOAD, R10, frame(Frame.SPARE));
                a.op(bits, STORE, R10, to);
                forward(ESI, bits);
                forward(EDI, bits);
            }
            case "scas" -> {
                a.op(32, STORE, EAX, R11);
                a.op(32, STORE, R11, frame(Frame.SPARE));
                compare(bits);
            }
            case "cmps" -> {
                spare(source(bits), bits);
                compare(bits);
                forward(ESI, bits);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Where ESI points to; only forwards. */
    private Address source(int bits) {
        upwards();
        a.op(32, STORE, ESI, R9);
        return access(bits, false, CpuState.READ);
    }

    /** Where EDI does, which is always flat here. */
    private Address destination(int bits, boolean write) {
        upwards();
        a.op(32, STORE, EDI, R9);
        return look(bits, write);
    }

    private void upwards() {
        a.followed(32, 0xF7, 0, state(layout.system), 32, CpuState.DF);
        a.jump(NE, miss());
    }

    private void spare(Address from, int bits) {
        a.op(bits, LOAD, R10, from);
        a.op(32, STORE, R10, frame(Frame.SPARE));
    }

    private void forward(int register, int bits) {
        a.op(32, LEA, register, new Address(register, bits >> 3));
    }

    /** Compares what is spare with what EDI points to. */
    private void compare(int bits) {
        Address at = destination(bits, false);
        if (bits == 8) a.op(32, 0x0FB6, R11, frame(Frame.SPARE));
        else a.op(32, LOAD, R11, frame(Frame.SPARE));
        if (bits != 16) a.op(32, STORE, R11, frame(Frame.LEFT));
        a.op(bits, opcode(SUB) + 2, R11, at);
        if (bits == 8) keepDifference8();
        else if (bits == 16) keepImage();
        else {
            a.op(32, STORE, R11, result);
            keep(DIFFERENCE);
            hosts = hostsCarry = true;
        }
        forward(EDI, bits);
    }

    // The interrupt flag: nothing has come up, and nothing can but by another thread

    /** Emits CLI, STI or POPF; false if it cannot be done here. */
    boolean interrupts(int next) {
        switch (i.form.name()) {
            case "cli" -> {
                supervisor();
                a.constant(32, AND, state(layout.system), ~CpuState.IF);
            }
            case "sti" -> {
                // Whoever leaves right behind it must tell of its shadow.
                if (plan.at(next) == null) return false;
                Label done = new Label();
                supervisor(); // Others fault, though it be set.
                a.followed(32, 0xF7, 0, state(layout.system), 32, CpuState.IF);
                a.jump(NE, done);
                unless(layout.intr);
                a.constant(32, OR, state(layout.system), CpuState.IF);
                a.label(done);
            }
            case "popf" -> {
                if (i.operandSize != 32) return false;
                popFlags();
            }
            default -> {
                return false;
            }
        }
        lose();
        return true;
    }

    /** Where only IF and the arithmetic flags change. */
    private void popFlags() {
        Label same = new Label(), clears = new Label();
        a.op(32, STORE, STACK, R9);
        a.op(32, LOAD, R9, look(32, false));
        a.constant(32, AND, R9, ~CpuState.RF); // It is cleared whatever was popped.
        a.op(32, LOAD, R10, state(layout.system));
        a.op(32, opcode(XOR), R9, R10);
        a.followed(32, 0xF7, 0, R10, 32, ~(CpuState.ARITHMETIC | CpuState.IF | 2));
        a.jump(NE, miss());
        a.followed(32, 0xF7, 0, R10, 32, CpuState.IF);
        a.jump(E, same);
        supervisor();
        a.followed(32, 0xF7, 0, R9, 32, CpuState.IF);
        a.jump(E, clears);
        unless(layout.intr);
        a.label(clears);
        a.constant(32, XOR, state(layout.system), CpuState.IF);
        a.label(same);
        a.constant(32, AND, R9, CpuState.ARITHMETIC);
        a.op(64, STORE, R9, frame(Frame.LEFT));
        keep(EFLAGS);
        a.op(32, LEA, STACK, new Address(STACK, 4));
    }

    // Exchanges

    /** CMPXCHG8B changes ZF alone. */
    boolean exchangeEight() {
        Address at = access(64, true);
        allFlags();
        a.op(32, 0x0FC7, 1, at);
        keepImage();
        return true;
    }

    boolean pushFlags() {
        if (i.operandSize != 32) return false;
        top();
        allFlags();
        a.bytes(0x9C); // PUSHF
        a.pop(R10);
        a.constant(32, AND, R10, CpuState.ARITHMETIC);
        a.op(32, LOAD, R11, state(layout.system));
        a.constant(32, AND, R11, ~(CpuState.RF | CpuState.VM));
        a.op(32, opcode(OR), R11, R10);
        a.constant(32, OR, R10, 2);
        pushed(R10);
        lose();
        return true;
    }

    boolean exchange() {
        int bits = bits(), r = register(operand(1));
        if (!i.memory()) {
            a.op(bits, XCHG, r, register(operand(0)));
            return true;
        }
        Address at = access(bits, true);
        a.op(bits, LOAD, R10, at);
        int low = low(bits, r);
        a.op(bits, STORE, low, at);
        a.op(bits, STORE, R10, low);
        back(bits, r);
        return true;
    }

    /** XADD and CMPXCHG. */
    boolean exchanging(int opcode) {
        if (i.operandSize != 32) return false;
        if (i.memory()) a.op(32, opcode, host(i.reg), access(32, true));
        else a.op(32, opcode, host(i.reg), host(i.rm));
        set(true);
        return true;
    }
}
