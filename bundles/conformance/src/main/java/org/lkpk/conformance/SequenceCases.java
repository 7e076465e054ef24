package org.lkpk.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes cases of two to eight instructions. EBP, ESI and EDI stay where they point, so that each finds its memory; of the
 * flags no more than AF is undefined after any, and none reads that.
 */
final class SequenceCases {
    static final String SELF_MODIFYING = "selfmodifying";
    private static final int MOST_STEPS = 24, LOCK = 0xF0, WIDE = 0x66, INT = 0xCD, ESCAPE = 0x0F;
    private static final String INTEGER = "add|or|adc|sbb|and|sub|xor|cmp|test|not|neg|inc|dec|xchg_[bva]|xadd_[bv]|cmpxchg_[bv]|mov|movzx"
            + "|movsx_[bw]|lea|bswap|cbw|cwd|sahf|cmc|clc|stc|push|pop|pop_e|set.*|cmov.*|j[^mc].*";
    private static final String SHIFTS = "shl|shr|sar|rol|ror|rcl|rcr";
    private static final String NOT_X87 = "f2xm1|fyl2x|fyl2xp1|fptan|fpatan|fsincos|fsin|fcos|fldenv|frstor|fnsave|fnstenv|fcomi|fcomip|fucomi|fucomip";
    private static final String NOT_SSE = "fxsave|fxrstor|rcp..|rsqrt..";

    private final List<Form> integer = new ArrayList<>(), x87 = new ArrayList<>(), sse = new ArrayList<>();
    private Case c;
    private Dice d;
    private Encoding e;
    /** Where the distance of the jump before stands, or -1; and those that leave out the next instruction: place, distance. */
    private int jump;
    private final List<int[]> jumps = new ArrayList<>();

    SequenceCases(List<Form> forms) {
        for (Form f : forms) {
            boolean shift = f.name().matches(SHIFTS) && f.operands().endsWith(",1"), jump = f.has("J");
            if (f.table().equals("integer") && (f.name().matches(INTEGER) || shift) && !(jump && !f.operands().equals("Jb"))
                    && !(jump && f.bits() == 16)) integer.add(f);
            if (f.table().equals("x87") && !f.name().matches(NOT_X87) && f.digit() >= 0 && f.bits() == 32) x87.add(f);
            if (f.table().equals("sse") && !f.name().matches(NOT_SSE)) sse.add(f);
        }
        for (List<Form> pool : List.of(integer, x87, sse)) pool.removeIf(f -> f.names(Form.SEQUENCE, SELF_MODIFYING));
    }

    void make(Case made, Dice dice) {
        c = made;
        d = dice;
        e = new Encoding(c, d);
        jump = -1;
        jumps.clear();
        boolean modifying = c.form.names(SELF_MODIFYING);
        c.layout = c.form.table().equals("integer") && !modifying ? d.below(3) : Case.FLAT;
        for (int i = 0; i < 8; i++) c.r[i] = d.value();
        c.at = 0x200 + d.below(Case.DATA_SIZE - 0x400);
        c.r[Case.ESP] = e.stackPlace(c.at & ~3);
        for (int i = Case.EBP; i <= Case.EDI; i++) c.r[i] = e.offset(0x200 + d.below(Case.DATA_SIZE - 0x400) & ~3, 0);
        c.eip = c.codeBase() + (d.below(0x3E) << 7) + (d.chance(4) ? d.below(0x40) : 0);
        c.eflags = Case.IF | 2 | d.any32() & Case.ARITHMETIC;
        c.how = Case.UNTIL_END;
        c.most = MOST_STEPS;
        if (modifying) {
            c.image = Image.initial(); // What comes of it may be anything.
            modify();
        }
        if (!modifying) several();
        byte[] code = e.code();
        for (int[] j : jumps) code[j[0]] = (byte) j[1];
        c.place(code);
    }

    private void several() {
        String table = c.form.table();
        if (!table.equals("integer")) {
            c.image = new Image();
            if (table.equals("x87")) FpuCases.state(c.image, d);
            else SimdCases.state(sse.get(d.below(sse.size())), c.image, d, d.below(8), d.below(8));
        }
        for (int n = 2 + d.below(7); n > 0; n--) {
            int from = e.length(), over = jump;
            jump = -1;
            c.at = 0x200 + d.below(Case.DATA_SIZE - 0x400) & (d.chance(8) ? -1 : ~15);
            if (table.equals("integer")) integer(integer.get(d.below(integer.size())));
            else if (table.equals("x87") || d.chance(5)) FpuCases.instruction(e, x87.get(d.below(x87.size())));
            else simd(sse.get(d.below(sse.size())));
            if (over >= 0 && d.chance(2)) jumps.add(new int[] {over, e.length() - from});
        }
    }

    private void integer(Form f) {
        boolean bytes = f.bits() == 8;
        int reg = f.digit() >= 0 ? f.digit() : d.below(bytes ? 8 : 4), rm = d.below(bytes ? 8 : 4);
        if (f.bits() == 16) e.put(WIDE);
        if (f.lock() && f.memory() && d.chance(8)) e.put(LOCK);
        if (f.escape()) e.put(0x0F);
        e.put(f.has("Z") && f.last() > f.first() ? f.first() + d.below(bytes ? 8 : 4) : f.first());
        if (f.modRm() && f.memory()) e.steady(reg, e.offset(c.at, 0));
        else if (f.modRm()) e.registers(reg, rm);
        if (f.has("O")) e.put(e.offset(c.at, 0), 32);
        if (f.has("Jb")) jump = e.length();
        if (f.has("Ib") || f.has("Jb")) e.put(f.has("Jb") ? 0 : d.value());
        if (f.has("Iz")) e.put(d.value(), f.bits());
    }

    private void simd(Form f) {
        boolean general = f.has("Gd") || f.has("Ed") || f.has("RdMw");
        int reg = f.digit() >= 0 ? f.digit() : d.below(general ? 4 : 8);
        SimdCases.instruction(e, f, reg, d.below(general ? 4 : 8));
    }

    /** Writes over one of the instructions that follow, over itself, or over one that was done. */
    private void modify() {
        for (int n = d.below(3); n > 0; n--) e.put(0x40 + d.below(4));
        int fillers = d.below(4), size = d.of(1, 2, 4), store = e.length();
        int length = (size == 2 ? 7 : 6) + size, target = store + length + fillers;
        int at = Case.CODE + c.codeOffset() + (d.chance(8) ? store + d.below(length) : d.chance(16) ? 0 : target + d.below(3));
        if (size == 2) e.put(WIDE);
        e.put(size == 1 ? 0xC6 : 0xC7);
        e.put(0x05);
        e.put(at, 32);
        for (int n = 0; n < size; n++) e.put(0x40 + d.below(16)); // INC and DEC, or what they are as an immediate.
        for (int n = 0; n < fillers; n++) e.put(0x48 + d.below(4));
        if (d.chance(2)) {
            e.put(0xB8 + d.below(4));
            for (int n = 0; n < 4; n++) e.put(harmless(d.value()));
        } else {
            e.put(0x83);
            e.put(0xC0 | d.below(8) << 3 | d.below(4));
            e.put(harmless(d.value()));
        }
        for (int n = d.below(3); n > 0; n--) e.put(0x40 + d.below(4));
    }

    /** Nothing that could become the begin of a system call. */
    private static int harmless(int value) {
        int b = value & 0xFF;
        return b == INT || b == ESCAPE ? b + 1 : b;
    }
}
