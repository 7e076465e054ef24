package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.EBX;
import static org.lkpk.cpu.state.CpuState.ECX;
import static org.lkpk.cpu.state.CpuState.EDX;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/** Data movement, exchange, conversion and complement. */
public final class Moves {
    private Moves() { }

    @Same
    public static int mov(CpuState s, int b) {
        return b;
    }

    public static int not(CpuState s, int a) {
        return ~a;
    }

    @Same
    public static int lea(CpuState s, int address) {
        return address;
    }

    @Same
    public static int movzx(CpuState s, int b) {
        return b;
    }

    public static int movsx_b(CpuState s, int b) {
        return (byte) b;
    }

    public static int movsx_w(CpuState s, int b) {
        return (short) b;
    }

    /** The operand is decoded, and not read. */
    @Changes(operands = false)
    public static void nop(CpuState s, Insn i) { }

    /** With a 16-bit operand size, which is undefined, the register becomes 0, as P6 and later do it. */
    @Changes
    public static void bswap(CpuState s, Insn i) {
        if (i.operandSize == 32) s.r[i.rm] = Integer.reverseBytes(s.r[i.rm]);
        else s.r16(i.rm, 0);
    }

    @Changes(registers = EAX, operands = false)
    public static void cbw(CpuState s, Insn i) {
        if (i.operandSize == 32) s.r[EAX] = (short) s.r[EAX];
        else s.r16(EAX, (byte) s.r[EAX]);
    }

    @Changes(registers = EDX, operands = false)
    public static void cwd(CpuState s, Insn i) {
        if (i.operandSize == 32) s.r[EDX] = s.r[EAX] >> 31;
        else s.r16(EDX, (short) s.r[EAX] >> 15);
    }

    @Changes(registers = EAX, operands = false)
    public static void xlat(CpuState s, Insn i) {
        int a = s.r[EBX] + (s.r[EAX] & 0xFF);
        if (i.addressSize == 16) a &= 0xFFFF;
        s.r8(0, s.tlb.load8(s.linear(i.segment, a, 1, CpuState.READ)));
    }

    @Changes(registers = EAX)
    public static void xchg_a(CpuState s, Insn i) {
        int a = s.r[EAX], b = s.r[i.rm];
        Operands.register(s, EAX, i.operandSize, b);
        Operands.register(s, i.rm, i.operandSize, a);
    }

    @Changes
    public static void xchg_b(CpuState s, Insn i) {
        exchange(s, i, 8);
    }

    @Changes
    public static void xchg_v(CpuState s, Insn i) {
        exchange(s, i, i.operandSize);
    }

    private static void exchange(CpuState s, Insn i, int bits) {
        int b = Operands.register(s, i.reg, bits);
        if (i.memory()) {
            int at = Operands.modified(s, i, bits);
            int a = Operands.modify(s, at, bits);
            Operands.store(s, at, bits, b);
            Operands.register(s, i.reg, bits, a);
        } else {
            int a = Operands.register(s, i.rm, bits);
            Operands.register(s, i.rm, bits, b);
            Operands.register(s, i.reg, bits, a);
        }
    }

    @Changes
    public static void xadd_b(CpuState s, Insn i) {
        exchangeAdd(s, i, 8);
    }

    @Changes
    public static void xadd_v(CpuState s, Insn i) {
        exchangeAdd(s, i, i.operandSize);
    }

    private static void exchangeAdd(CpuState s, Insn i, int bits) {
        int b = Operands.register(s, i.reg, bits), at = 0;
        if (i.memory()) at = Operands.modified(s, i, bits);
        int a = i.memory() ? Operands.modify(s, at, bits) : Operands.register(s, i.rm, bits);
        int sum = bits == 32 ? Arithmetic.add32(s, a, b) : bits == 16 ? Arithmetic.add16(s, a, b) : Arithmetic.add8(s, a, b);
        Operands.register(s, i.reg, bits, a);
        if (i.memory()) Operands.store(s, at, bits, sum);
        else Operands.register(s, i.rm, bits, sum);
    }

    @Changes(registers = EAX)
    public static void cmpxchg_b(CpuState s, Insn i) {
        compareExchange(s, i, 8);
    }

    @Changes(registers = EAX)
    public static void cmpxchg_v(CpuState s, Insn i) {
        compareExchange(s, i, i.operandSize);
    }

    /** The destination is written in any case: with what it held, where the comparison fails. */
    private static void compareExchange(CpuState s, Insn i, int bits) {
        int at = 0;
        if (i.memory()) at = Operands.modified(s, i, bits);
        int old = i.memory() ? Operands.modify(s, at, bits) : Operands.register(s, i.rm, bits);
        int a = Operands.register(s, EAX, bits);
        if (bits == 32) Arithmetic.cmp32(s, a, old);
        else if (bits == 16) Arithmetic.cmp16(s, a, old);
        else Arithmetic.cmp8(s, a, old);
        boolean equal = a == old;
        int now = equal ? Operands.register(s, i.reg, bits) : old;
        if (i.memory()) Operands.store(s, at, bits, now);
        else if (equal) Operands.register(s, i.rm, bits, now);
        if (!equal) Operands.register(s, EAX, bits, old);
    }

    public static void cmpxchg8b(CpuState s, Insn i) {
        int at = i.linear(s, 8, CpuState.READ | CpuState.WRITE);
        s.tlb.writable(at, 8, 8);
        int low = s.tlb.load32(at), high = s.tlb.load32(at + 4);
        boolean equal = low == s.r[EAX] && high == s.r[EDX];
        s.tlb.store64(at, equal ? s.r[EBX] & 0xFFFFFFFFL | (long) s.r[ECX] << 32 : low & 0xFFFFFFFFL | (long) high << 32);
        int flags = s.eflags() & CpuState.ARITHMETIC & ~CpuState.ZF;
        s.arithmetic(equal ? flags | CpuState.ZF : flags);
        if (!equal) {
            s.r[EAX] = low;
            s.r[EDX] = high;
        }
    }

    @Changes(operands = false)
    public static void sahf(CpuState s, Insn i) {
        s.arithmetic(s.r[EAX] >> 8 & 0xFF | (s.overflow() ? CpuState.OF : 0));
    }

    @Changes(registers = EAX, operands = false)
    public static void lahf(CpuState s, Insn i) {
        s.r8(4, s.eflags());
    }

    @Changes(operands = false)
    public static void cmc(CpuState s, Insn i) {
        s.carry(!s.carry());
    }

    @Changes(operands = false)
    public static void clc(CpuState s, Insn i) {
        s.carry(false);
    }

    @Changes(operands = false)
    public static void stc(CpuState s, Insn i) {
        s.carry(true);
    }

    @Changes(operands = false)
    public static void cld(CpuState s, Insn i) {
        s.system &= ~CpuState.DF;
    }

    @Changes(operands = false)
    public static void std(CpuState s, Insn i) {
        s.system |= CpuState.DF;
    }

    @Changes(registers = EAX, operands = false)
    public static void salc(CpuState s, Insn i) {
        s.r8(0, s.carry() ? 0xFF : 0);
    }
}
