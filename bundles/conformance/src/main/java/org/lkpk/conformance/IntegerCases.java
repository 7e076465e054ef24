package org.lkpk.conformance;

import static org.lkpk.conformance.Case.EAX;
import static org.lkpk.conformance.Case.EBP;
import static org.lkpk.conformance.Case.EBX;
import static org.lkpk.conformance.Case.ECX;
import static org.lkpk.conformance.Case.EDI;
import static org.lkpk.conformance.Case.EDX;
import static org.lkpk.conformance.Case.ESI;
import static org.lkpk.conformance.Case.ESP;

import java.util.Set;

/** Makes cases of single integer instructions and of those of {@code system.ops}. */
final class IntegerCases {
    private static final int NOP = 0x90, LOCK = 0xF0, MOST_ITERATIONS = 64, NT_TOO = 24;

    /** Those whose immediate is the number of a bit, or by how many bits they shift. */
    private static final Set<String> COUNTED = Set.of("rol", "ror", "rcl", "rcr", "shl", "shr", "sar", "shld", "shrd", "bt", "bts", "btr", "btc");

    private final Form f;
    private final Case c;
    private final Dice d;
    private final Encoding e;
    private final SystemOperands system;
    private int stackAt;

    private IntegerCases(Case c, Dice d) {
        f = c.form;
        this.c = c;
        this.d = d;
        e = new Encoding(c, d);
        system = new SystemOperands(c, d);
    }

    static void make(Case c, Dice d) {
        new IntegerCases(c, d).make();
    }

    private void make() {
        c.layout = d.chance(2) ? Case.FLAT : d.below(4);
        boolean string = string();
        boolean usesMemory = f.memory() || f.has("O") || f.names("xlat");
        boolean smallCode = c.layout == Case.SMALL_CODE;
        boolean small = (usesMemory || string || f.name().startsWith("loop") || f.names("jcxz")) && d.chance(5);
        if (smallCode) small = !d.chance(4);
        if (string && c.layout == Case.FLAT) small = false;
        int prefix = usesMemory || string ? e.override(small) : 0;
        int repeat = !string || d.chance(3) ? 0 : 0xF2 + d.below(2);
        int lock = f.lock() && f.memory() && d.chance(4) || d.chance(100) ? LOCK : 0;
        int reg = f.digit() >= 0 ? f.digit() : d.below(8), rm = d.below(8);
        c.at = d.place();
        inputs(reg, rm);
        if (string) strings(small, prefix);
        boolean otherSize = f.bits() != 8 && f.bits() != 64 && f.bits() == 16 != smallCode;
        e.prefixes(otherSize ? 0x66 : 0, small != smallCode ? 0x67 : 0, prefix, repeat, lock);
        e.opcode(f);
        operand(small, prefix, reg, rm);
        immediates(small, prefix);
        if (repeat != 0) {
            c.how = Case.WHILE_THERE;
            c.most = MOST_ITERATIONS;
        }
        if (system.loadsStack(reg)) e.put(NOP); // The trap comes behind it.
        c.traced = system.loadsStack(reg) || f.names("pushf", "popf", "iret");
        c.place(e.code());
    }

    private boolean string() {
        return f.names("movs_b", "movs_v", "cmps_b", "cmps_v", "stos_b", "stos_v", "lods_b", "lods_v", "scas_b", "scas_v", "ins_b", "ins_v",
                "outs_b", "outs_v");
    }

    private void inputs(int reg, int rm) {
        for (int i = 0; i < 8; i++) c.r[i] = d.value();
        stackAt = d.place();
        c.r[ESP] = e.stackPlace(stackAt);
        c.eflags = Case.IF | 2 | d.any32() & Case.ARITHMETIC;
        if (d.chance(4)) c.eflags |= Case.DF;
        if (d.chance(16) && !f.names("enter")) c.eflags |= Case.AC;
        if (d.chance(16)) c.eflags |= Case.ID;
        if (d.chance(NT_TOO) && !f.names("iret")) c.eflags |= Case.NT;
        implied();
        c.eip = c.codeBase() + place();
        system.stack(stackAt);
    }

    /** Mostly at the begin of a granule of code; at times at the end of a page, or of all. */
    private int place() {
        if (d.chance(64)) return (d.chance(2) ? 0x1000 : Case.CODE_SIZE) - 1 - d.below(8);
        return (d.below(0x3F) << 7) + (d.chance(4) ? d.below(0x40) : 0);
    }

    /** Registers that nothing in the encoding names. */
    private void implied() {
        int[] r = c.r;
        if (f.names("div", "idiv")) {
            if (f.bits() == 8) r[EAX] = d.small();
            r[EDX] = d.chance(3) ? r[EAX] >> 31 : d.chance(4) ? d.value() : d.small();
        } else if (f.name().startsWith("loop") || f.names("jcxz")) r[ECX] = d.chance(2) ? d.below(3) | (d.chance(3) ? d.value() << 16 : 0) : d.value();
        else if (f.has("CL")) r[ECX] = d.chance(2) ? d.below(34) : d.value();
        else if (f.names("leave", "enter")) r[EBP] = e.stackPlace(d.place());
    }

    /** SI, DI and counts. */
    private void strings(boolean small, int prefix) {
        int[] r = c.r;
        int from = c.at, to = d.place(), upper = small ? d.value() & 0xFFFF0000 : 0;
        r[ESI] = e.offset(from, prefix) | upper;
        r[EDI] = e.offset(to, 0) | upper;
        r[ECX] = (d.chance(20) ? d.value() : d.below(6)) | upper;
        if (f.name().startsWith("cmps") && d.chance(2)) {
            byte[] same = new byte[12];
            for (int i = 0; i < 12; i++) same[i] = c.byteAt(from + i & 0xFFFF);
            c.patch(to, same);
        }
        if (f.name().startsWith("scas") && d.chance(2)) r[EAX] = (int) c.load(to, 4);
        if (f.name().startsWith("stos") || f.name().startsWith("scas")) c.at = to;
    }

    private void operand(boolean small, int prefix, int reg, int rm) {
        if (f.names("xlat")) c.r[EBX] = e.offset(c.at, prefix) - (c.r[EAX] & 0xFF);
        if (f.names("bt_r", "bts_r", "btr_r", "btc_r") && f.memory()) c.r[reg] = d.chance(8) ? d.value() : d.below(0x4000) - 0x2000;
        if (f.modRm() && f.memory()) {
            memory();
            e.address(small, reg, e.offset(c.at, prefix));
            system.memory(reg);
        } else if (f.modRm()) {
            e.registers(reg, rm);
            if (f.name().startsWith("cmpxchg") && d.chance(2)) c.r[EAX] = c.r[rm];
            system.register(rm);
        }
    }

    /** What goes with the operand in memory. */
    private void memory() {
        if (!f.name().startsWith("cmpxchg") || c.at > Case.DATA_SIZE - 8 || c.at < 0 || d.chance(2)) return;
        c.r[EAX] = (int) c.load(c.at, 4);
        if (f.names("cmpxchg8b")) c.r[EDX] = (int) c.load(c.at + 4, 4);
    }

    private void immediates(boolean small, int prefix) {
        int word = f.bits() == 16 ? 16 : 32;
        if (f.has("O")) e.put(e.offset(c.at, prefix), small ? 16 : 32);
        if (f.has("Iw")) e.put(f.names("enter") || d.chance(2) ? d.below(0x40) : d.value(), 16);
        if (f.names("int_n")) e.put(system.vector());
        else if (f.names("enter")) e.put(d.chance(4) ? d.any32() : d.below(5));
        else if (f.names("aam", "aad")) e.put(d.chance(2) ? 10 : d.chance(6) ? 0 : d.any32());
        else if (f.has("Ib") && COUNTED.contains(f.name()) && d.chance(2)) e.put(d.below(34));
        else if (f.has("Ib")) e.put(d.value());
        if (f.has("Iz")) e.put(d.value(), word);
        if (f.has("Jb")) e.put(d.any32());
        if (f.has("Jz")) e.put(d.chance(2) ? d.below(0x1000) - 0x800 : d.value(), word);
        if (f.has("Ap")) {
            e.put(system.target(), word);
            e.put(system.codeSelector(), 16);
        }
    }
}
