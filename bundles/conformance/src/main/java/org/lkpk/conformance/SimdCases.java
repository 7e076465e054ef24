package org.lkpk.conformance;

/** Makes cases of single MMX, SSE and SSE2 instructions. */
final class SimdCases {
    private static final int MASKS = 0x1F80, DAZ = 0x40, FTZ = 0x8000, TOP = 11, FXSAVE = 512, MMX = 0xFFFF;
    private static final String[] SIXTEEN_BYTES = {"Wdq", "Wps", "Wpd", "Mdq", "Mps", "Mpd"};
    private static final long[] EDGES = {0, 0x8000000080000000L, 0x7FFFFFFF7FFFFFFFL, 0x8000800080008000L, 0x7FFF7FFF7FFF7FFFL,
        0x8080808080808080L, 0x7F7F7F7F7F7F7F7FL, -1, 1, 0x0001000100010001L, 0x00FF00FF00FF00FFL, 0xFF7F80017F8000FFL};

    private final Form f;
    private final Case c;
    private final Dice d;
    private final Encoding e;

    private SimdCases(Case c, Dice d) {
        f = c.form;
        this.c = c;
        this.d = d;
        e = new Encoding(c, d);
    }

    static void make(Case c, Dice d) {
        new SimdCases(c, d).make();
    }

    private void make() {
        for (int i = 0; i < 8; i++) c.r[i] = d.value();
        c.r[Case.ESP] = Case.DATA + 0x8000;
        c.eip = Case.CODE + (d.below(0x3F) << 7);
        c.eflags = Case.IF | 2 | d.any32() & Case.ARITHMETIC;
        if (d.chance(24)) c.eflags |= Case.AC;
        c.at = d.place();
        if (!d.chance(24)) c.at &= wide(f) ? ~15 : ~3;
        int reg = f.digit() >= 0 ? f.digit() : d.below(8), rm = d.chance(8) ? reg : d.below(8);
        c.image = new Image();
        state(f, c.image, d, reg, rm);
        if (f.names("maskmovq", "maskmovdqu")) c.r[Case.EDI] = Case.DATA + c.at;
        instruction(e, f, reg, rm);
        c.place(e.code());
    }

    static void instruction(Encoding e, Form f, int reg, int rm) {
        if (f.prefix() != 0) e.put(f.prefix());
        e.opcode(f);
        if (f.modRm() && f.memory()) {
            operand(f, e.c, e.d);
            if (e.c.form.names(Form.SEQUENCE)) e.steady(reg, Case.DATA + e.c.at);
            else e.address(false, reg, Case.DATA + e.c.at);
        } else if (f.modRm()) e.registers(reg, f.has("-") ? 0 : rm);
        if (f.has("Ib")) e.put(count(f) && !e.d.chance(8) ? e.d.below(70) : e.d.any32());
    }

    /** Whether its operand in memory must lie at a multiple of 16. */
    static boolean wide(Form f) {
        for (String o : SIXTEEN_BYTES) if (f.has(o)) return true;
        return f.names("fxsave", "fxrstor");
    }

    private static boolean count(Form f) {
        return f.name().startsWith("psr") || f.name().startsWith("psl");
    }

    /** What the form's numbers are: s single, d double, i integers. */
    private static char kind(Form f) {
        boolean wide = f.prefix() == 0x66 || f.prefix() == 0xF2;
        if (f.name().startsWith("p") || f.first() == 0x2A || f.first() == 0xE6 && f.prefix() == 0xF3) return 'i';
        if (f.first() == 0x5B) return f.prefix() == 0 ? 'i' : 's';
        return wide ? 'd' : 's';
    }

    /** Numbers in the registers that it names, and control, status and tags. */
    static void state(Form f, Image image, Dice d, int reg, int rm) {
        char k = kind(f);
        boolean xmm = f.has("V") || f.has("W") || f.has("U");
        int control = xmm || d.chance(20) ? control(d) : MASKS;
        boolean invalid = d.chance(40);
        image.control(invalid ? 0x37E : 0x37F);
        image.status((d.chance(4) ? d.below(8) << TOP | d.any32() & 0x4700 : 0) | (invalid ? 0x8081 : 0));
        image.tags(d.chance(4) ? d.below(256) : 0xFF);
        image.mxcsr(control);
        for (int n = 0; n < 8; n++) image.register(n, Long.MIN_VALUE + n, d.chance(2) ? 0x4000 + n : MMX);
        for (int n = 0; n < 16; n++) image.xmm(n, EDGES[n % EDGES.length]);
        for (int n : new int[] {reg, rm}) {
            image.register(n, integers(d), image.exponent(n));
            image.xmm(2 * n, value(k, d));
            image.xmm(2 * n + 1, value(k, d));
        }
        if (xmm && k != 'i' && d.chance(3)) {
            int i = d.below(2);
            image.xmm(2 * rm + i, image.xmm(2 * reg + i) + d.below(3) - 1 ^ (d.chance(2) ? Long.MIN_VALUE : 0));
        }
        if (count(f) && !d.chance(8)) {
            image.xmm(2 * rm, d.below(70));
            image.register(rm, d.below(70), image.exponent(rm));
        }
    }

    private static void operand(Form f, Case c, Dice d) {
        if (f.names("ldmxcsr")) c.patch(c.at, control(d) | (d.chance(8) ? d.any32() & 0xFFFF0000 : 0), 4);
        else if (f.names("fxrstor")) {
            Image image = new Image();
            FpuCases.state(image, d);
            image.mxcsr(control(d) | (d.chance(16) ? d.any32() & 0xFFFF0000 : 0));
            for (int n = 0; n < 16; n++) image.xmm(n, integers(d));
            c.patch(c.at, java.util.Arrays.copyOf(image.bytes, FXSAVE));
        } else {
            if (count(f)) c.patch(c.at, d.chance(8) ? integers(d) : d.below(70), 8);
            else c.patch(c.at, value(kind(f), d), 8);
            if (wide(f)) c.patch(c.at + 8, value(kind(f), d), 8);
        }
    }

    private static int control(Dice d) {
        int v = d.chance(3) ? MASKS : d.chance(2) ? MASKS ^ 0x80 << d.below(6) : d.below(0x40) << 7;
        v |= d.below(4) << 13;
        if (d.chance(4)) v |= FTZ;
        if (d.chance(4)) v |= DAZ;
        if (d.chance(4)) v |= d.any32() & 0x3F;
        return v;
    }

    private static long value(char kind, Dice d) {
        char k = d.chance(24) ? 'i' : kind;
        if (k == 's') return number(23, 8, d) | number(23, 8, d) << 32;
        return k == 'd' ? number(52, 11, d) : integers(d);
    }

    static long integers(Dice d) {
        return switch (d.below(5)) {
            case 0 -> EDGES[d.below(12)];
            case 1 -> EDGES[d.below(12)] ^ 0xFFL << d.below(57);
            case 2 -> EDGES[d.below(12)] ^ EDGES[d.below(12)] << d.below(64);
            default -> d.any();
        };
    }

    /** A number of {@code fraction} bits with {@code exponents} bits, as programs and errors like them. */
    private static long number(int fraction, int exponents, Dice d) {
        long largest = (1L << exponents) - 1, one = 1L << fraction, bias = largest >> 1, e;
        boolean isDouble = fraction == 52;
        long f = switch (d.below(6)) {
            case 0 -> 0;
            case 1 -> one - 1 - d.below(3);
            case 2 -> 1L << d.below(fraction);
            case 3 -> d.below(3);
            default -> d.any() & one - 1;
        };
        int kind = d.below(14);
        e = switch (kind) {
            case 0, 8 -> 0;
            case 1 -> largest;
            case 2 -> 1 + d.below(3);
            case 3 -> largest - 1 - d.below(3);
            case 4 -> bias + 20 + d.below(14);
            case 5 -> bias / 2 + d.below(fraction);
            case 6 -> bias - 130 % (bias + 1) + d.below(8);
            case 7 -> d.any() & largest;
            case 9 -> bias + (isDouble ? 126 : 60) + d.below(6) & largest;
            case 10 -> bias - d.below(isDouble ? 160 : 60);
            default -> bias - 3 + d.below(7);
        };
        if (kind == 1) f = d.chance(2) ? 0 : d.chance(2) ? f | one / 2 : f;
        if (kind == 8) f = 0;
        return (d.chance(2) ? one << exponents : 0) | e << fraction | f & one - 1;
    }
}
