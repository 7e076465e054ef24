package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.protect.ControlRegisters;
import org.lkpk.cpu.protect.Flags;
import org.lkpk.cpu.protect.ModelSpecificRegisters;
import org.lkpk.cpu.protect.Ports;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;

/** Instructions on control and debug registers, flags, ports, time and the processor itself. */
public final class Control {
    private static final int CR0_LOW = CR0_PE | CR0_MP | CR0_EM | CR0_TS;

    private Control() { }

    /** MOV Rd,Cd: mod is ignored. */
    public static void mov_ofControl(CpuState s, Insn i) {
        s.r[i.rm] = ControlRegisters.read(s, i.reg);
    }

    public static void mov_control(CpuState s, Insn i) {
        ControlRegisters.write(s, i.reg, s.r[i.rm]);
    }

    public static void mov_ofDebug(CpuState s, Insn i) {
        s.r[i.rm] = ControlRegisters.readDebug(s, i.reg);
    }

    public static void mov_debug(CpuState s, Insn i) {
        ControlRegisters.writeDebug(s, i.reg, s.r[i.rm]);
    }

    public static void mov_ofTest(CpuState s, Insn i) {
        s.r[i.rm] = s.tr[test(s, i)];
    }

    public static void mov_test(CpuState s, Insn i) {
        s.tr[test(s, i)] = s.r[i.rm];
    }

    /** Number of the test register, if this model has it. What it tests, cache and TLB, is not there to be tested. */
    private static int test(CpuState s, Insn i) {
        if (i.reg < s.model.firstTestRegister()) throw s.fault(Fault.UD);
        s.onlyRing0();
        return i.reg;
    }

    public static void smsw(CpuState s, Insn i) {
        if (i.memory()) s.tlb.store16(i.linear(s, 2, WRITE), s.cr0 & 0xFFFF);
        else if (i.operandSize == 32) s.r[i.rm] = s.cr0;
        else s.r16(i.rm, s.cr0);
    }

    /** LMSW can set PE but not clear it. */
    public static void lmsw(CpuState s, Insn i) {
        s.onlyRing0();
        int word = Segmentation.word(s, i) & CR0_LOW;
        ControlRegisters.cr0(s, s.cr0 & ~(CR0_LOW & ~CR0_PE) | word);
    }

    public static void clts(CpuState s, Insn i) {
        s.onlyRing0();
        s.cr0 &= ~CR0_TS;
    }

    /** The address is not checked against the segment. */
    public static void invlpg(CpuState s, Insn i) {
        s.onlyRing0();
        s.tlb.flushPage(s.base[i.segment] + i.address(s));
    }

    /** INVD and WBINVD: there are no caches that could differ from memory. */
    public static void invd(CpuState s, Insn i) {
        s.onlyRing0();
    }

    public static void wbinvd(CpuState s, Insn i) {
        s.onlyRing0();
    }

    public static void hlt(CpuState s, Insn i) {
        s.onlyRing0();
        s.halted = true;
        s.attention |= STOPPED;
    }

    // Flags

    public static void cli(CpuState s, Insn i) {
        Flags.cli(s);
    }

    public static void sti(CpuState s, Insn i) {
        Flags.sti(s);
    }

    public static void pushf(CpuState s, Insn i) {
        int flags = Flags.pushed(s, i.operandSize >> 3);
        if (i.operandSize == 32) s.push32(flags);
        else s.push16(flags & 0xFFFF);
    }

    public static void popf(CpuState s, Insn i) {
        int bytes = i.operandSize >> 3;
        Flags.pop(s, s.peek(0, bytes), bytes);
        s.drop(bytes);
    }

    // Ports

    /** IN with the port as an immediate byte; an even opcode means AL. */
    public static void in_immediate(CpuState s, Insn i) {
        in(s, i, i.immediate & 0xFF);
    }

    public static void in_dx(CpuState s, Insn i) {
        in(s, i, s.r[EDX] & 0xFFFF);
    }

    public static void out_immediate(CpuState s, Insn i) {
        out(s, i, i.immediate & 0xFF);
    }

    public static void out_dx(CpuState s, Insn i) {
        out(s, i, s.r[EDX] & 0xFFFF);
    }

    private static int size(Insn i) {
        return (i.opcode & 1) == 0 ? 1 : i.operandSize >> 3;
    }

    private static void in(CpuState s, Insn i, int port) {
        int size = size(i);
        Ports.check(s, port, size);
        int value = s.board.in(port, size);
        if (size == 4) s.r[EAX] = value;
        else if (size == 2) s.r16(EAX, value);
        else s.r8(EAX, value);
    }

    private static void out(CpuState s, Insn i, int port) {
        int size = size(i);
        Ports.check(s, port, size);
        s.board.out(port, size, size == 4 ? s.r[EAX] : size == 2 ? s.r[EAX] & 0xFFFF : s.r[EAX] & 0xFF);
    }

    // Time and model

    public static void rdtsc(CpuState s, Insn i) {
        if ((s.cr4 & CR4_TSD) != 0 && s.cpl != 0) throw s.fault(Fault.GP, 0);
        answer(s, ModelSpecificRegisters.timeStamp(s));
    }

    public static void rdmsr(CpuState s, Insn i) {
        s.onlyRing0();
        answer(s, ModelSpecificRegisters.read(s, s.r[ECX]));
    }

    public static void wrmsr(CpuState s, Insn i) {
        s.onlyRing0();
        ModelSpecificRegisters.write(s, s.r[ECX], (long) s.r[EDX] << 32 | s.r[EAX] & 0xFFFFFFFFL);
    }

    /** Two counters that count nothing. */
    public static void rdpmc(CpuState s, Insn i) {
        if ((s.cr4 & CR4_PCE) == 0 && s.cpl != 0 || Integer.compareUnsigned(s.r[ECX], 1) > 0) throw s.fault(Fault.GP, 0);
        answer(s, 0);
    }

    private static void answer(CpuState s, long value) {
        s.r[EAX] = (int) value;
        s.r[EDX] = (int) (value >>> 32);
    }

    public static void cpuid(CpuState s, Insn i) {
        int[] answer = new int[4];
        s.model.cpuid(s.r[EAX], answer);
        s.r[EAX] = answer[0];
        s.r[EBX] = answer[1];
        s.r[ECX] = answer[2];
        s.r[EDX] = answer[3];
    }
}
