package org.lkpk.cpu.protect;

import static org.lkpk.cpu.protect.Descriptors.*;
import static org.lkpk.cpu.state.CpuState.*;

import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Fault;

/** Loads of segment registers (SDM vol. 3, 5.6 and 5.7). */
public final class Segments {
    /** Access of all segments in virtual-8086 mode, and of the code segment that a real-mode transfer leaves. */
    static final int ACCESS_V86 = 0xF3, ACCESS_REAL = 0x93;

    private Segments() { }

    /** Loads ES, SS, DS, FS or GS as MOV does. */
    public static void load(CpuState s, int segment, int selector) {
        if (!s.descriptors()) paragraph(s, segment, selector);
        else if (segment == SS) set(s, SS, selector, stack(s, selector, s.cpl, Fault.GP, 0, 0));
        else loadData(s, segment, selector, s.cpl, Fault.GP);
    }

    /** Real and virtual-8086 mode: the selector is the base; limit and access stay as they were. */
    static void paragraph(CpuState s, int segment, int selector) {
        s.selector[segment] = selector;
        s.base[segment] = selector << 4;
        s.segmentChanged(segment);
    }

    /** Loads CS in real or virtual-8086 mode. */
    static void paragraphCode(CpuState s, int selector) {
        if (!s.virtual8086()) s.access[CS] = s.access[CS] & 0xF000 | ACCESS_REAL;
        paragraph(s, CS, selector);
    }

    /** Loads ES, DS, FS or GS at privilege {@code cpl}; {@code vector} is what a bad selector raises. */
    static void loadData(CpuState s, int segment, int selector, int cpl, int vector) {
        if ((selector & INDEX) == 0) {
            nullify(s, segment, selector);
            return;
        }
        long d = read(s, selector, vector, 0);
        if (!readable(d) || !(code(d) && conforming(d)) && ((selector & 3) > dpl(d) || cpl > dpl(d)))
            throw s.fault(vector, selector & INDEX);
        if (!present(d)) throw s.fault(Fault.NP, selector & INDEX);
        touch(s, selector, d);
        set(s, segment, selector, d);
    }

    static void nullify(CpuState s, int segment, int selector) {
        s.selector[segment] = selector;
        s.base[segment] = s.limit[segment] = s.access[segment] = 0;
        s.segmentChanged(segment);
    }

    /**
     * Reads the descriptor of a stack segment for privilege {@code level}; {@code vector} is what a bad selector raises,
     * a null one with {@code nullError}.
     */
    static long stack(CpuState s, int selector, int level, int vector, int nullError, int ext) {
        if ((selector & INDEX) == 0) throw s.fault(vector, nullError);
        long d = read(s, selector, vector, ext);
        if ((selector & 3) != level || !writableData(d) || dpl(d) != level) throw s.fault(vector, selector & INDEX | ext);
        if (!present(d)) throw s.fault(Fault.SS, selector & INDEX | ext);
        touch(s, selector, d);
        return d;
    }

    /** Takes over a checked descriptor. */
    static void set(CpuState s, int segment, int selector, long d) {
        s.selector[segment] = selector;
        s.base[segment] = base(d);
        s.limit[segment] = limit(d);
        s.access[segment] = access(d) | ACCESSED;
        s.segmentChanged(segment);
    }

    /** Sets a segment that no table describes. */
    static void set(CpuState s, int segment, int selector, int base, int limit, int access) {
        s.selector[segment] = selector;
        s.base[segment] = base;
        s.limit[segment] = limit;
        s.access[segment] = access;
        s.segmentChanged(segment);
    }

    /** A return to an outer level may not keep data segments that the level cannot load. */
    static void dropInner(CpuState s, int segment) {
        int a = s.access[segment];
        boolean conformingCode = (a & (CODE | CONFORMING)) == (CODE | CONFORMING);
        if (!conformingCode && (a >> 5 & 3) < s.cpl && s.selector[segment] != 0) nullify(s, segment, 0);
    }
}
