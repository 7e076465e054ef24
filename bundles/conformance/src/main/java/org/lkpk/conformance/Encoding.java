package org.lkpk.conformance;

import java.io.ByteArrayOutputStream;

/** Writes the bytes of a case's instructions, and sets registers so that an operand in memory is where it should be. */
final class Encoding {
    private static final int[] PREFIXES = {0x26, 0x36, 0x3E, 0x64, 0x65, 0x2E};
    private static final int CS = 0x2E, FS = 0x64, GS = 0x65;
    private static final int[] BASES = {Case.EBX, Case.EBX, Case.EBP, Case.EBP, Case.ESI, Case.EDI, Case.EBP, Case.EBX};
    private static final int[] INDEXES = {Case.ESI, Case.EDI, Case.ESI, Case.EDI, -1, -1, -1, -1};

    final Case c;
    final Dice d;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Encoding(Case c, Dice d) {
        this.c = c;
        this.d = d;
    }

    void put(int v) {
        bytes.write(v);
    }

    void put(int v, int bits) {
        for (int i = 0; i < bits; i += 8) bytes.write(v >> i);
    }

    int length() {
        return bytes.size();
    }

    byte[] code() {
        return bytes.toByteArray();
    }

    /** Some of these, the first of which is any. */
    void prefixes(int... list) {
        int from = d.below(list.length + 1);
        for (int i = 0; i < list.length; i++) {
            int p = list[(from + i) % list.length];
            if (p != 0) put(p);
        }
    }

    void opcode(Form f) {
        if (f.escape()) put(0x0F);
        put(f.first() + d.below(f.last() - f.first() + 1));
    }

    /** The offset that reaches {@code at} of the data through segment override {@code prefix} (or 0). */
    int offset(int at, int prefix) {
        if (prefix == CS && c.layout == Case.SMALL_CODE) return Case.CODE_SIZE + at; // A fault: data are out of reach.
        boolean flat = prefix == CS || prefix != FS && prefix != GS && c.layout == Case.FLAT;
        return flat ? Case.DATA + at : at;
    }

    /** A segment override or 0. */
    int override(boolean smallAddress) {
        if (smallAddress && c.layout == Case.FLAT) return FS + d.below(2);
        return d.chance(4) ? PREFIXES[d.below(smallAddress ? 5 : 6)] : 0;
    }

    int stackPlace(int at) {
        return c.layout == Case.FLAT ? Case.DATA + at : c.layout == Case.BASED ? at : d.value() & 0xFFFF0000 | at & 0xFFFF;
    }

    /** ModRM with a register in rm. */
    void registers(int reg, int rm) {
        put(0xC0 | reg << 3 | rm);
    }

    void address(boolean small, int reg, int at) {
        if (small) address16(reg, at);
        else address32(reg, at);
    }

    /** ModRM and what follows it, for an operand at offset {@code at}; sets a register so that it gets there. */
    private void address32(int reg, int at) {
        int mod = d.below(3), rm = d.below(8), base = rm, index = 4, scale = 0;
        if (rm == 4) {
            base = d.below(8);
            index = d.below(8);
            scale = d.below(4);
        }
        boolean none = mod == 0 && base == 5, solved = base == Case.ESP || base == index && index != 4;
        if (!none && solved) mod = 2;
        int indexed = index == 4 ? 0 : c.r[index] << scale;
        int disp = mod == 1 ? (byte) d.any() : mod == 2 ? d.value() : 0;
        if (none) disp = at - indexed;
        else if (solved) disp = at - indexed - c.r[base];
        else c.r[base] = at - indexed - disp;
        put(mod << 6 | reg << 3 | rm);
        if (rm == 4) put(scale << 6 | index << 3 | base);
        if (mod == 1) put(disp);
        else if (mod == 2 || none) put(disp, 32);
    }

    private void address16(int reg, int at) {
        int mod = d.below(3), rm = d.below(8);
        boolean none = mod == 0 && rm == 6;
        int disp = none ? at : mod == 1 ? (byte) d.any() : mod == 2 ? d.value() : 0;
        int sum = disp + (INDEXES[rm] < 0 ? 0 : c.r[INDEXES[rm]]);
        if (!none) c.r[BASES[rm]] = d.value() & 0xFFFF0000 | at - sum & 0xFFFF;
        put(mod << 6 | reg << 3 | rm);
        if (mod == 1) put(disp);
        else if (mod == 2 || none) put(disp, 16);
    }

    /** As {@link #address}, by a register that the case has set already, which is none that instructions of a sequence change. */
    void steady(int reg, int at) {
        int base = d.of(Case.EBP, Case.ESI, Case.EDI), disp = at - c.r[base];
        boolean absolute = d.chance(4), close = !absolute && disp == (byte) disp;
        put((absolute ? 0 : close ? 0x40 : 0x80) | reg << 3 | (absolute ? 5 : base));
        if (close) put(disp);
        else put(absolute ? at : disp, 32);
    }
}
