package org.lkpk.conformance;

/** Makes cases of single x87 instructions. */
final class FpuCases {
    private static final int MASKED = 0x3F, STATUS = 0x4700, TOP = 11, ONE = 0x3FFF;

    private final Form f;
    private final Case c;
    private final Dice d;
    private final Encoding e;

    private FpuCases(Case c, Dice d) {
        f = c.form;
        this.c = c;
        this.d = d;
        e = new Encoding(c, d);
    }

    static void make(Case c, Dice d) {
        new FpuCases(c, d).make();
    }

    private void make() {
        for (int i = 0; i < 8; i++) c.r[i] = d.value();
        c.r[Case.ESP] = Case.DATA + 0x8000;
        c.eip = Case.CODE + (d.below(0x3F) << 7);
        c.eflags = Case.IF | 2 | d.any32() & Case.ARITHMETIC;
        if (d.chance(24)) c.eflags |= Case.AC;
        c.at = d.place();
        c.image = new Image();
        state(c.image, d);
        top(f.name());
        e.prefixes(f.bits() == 16 ? 0x66 : 0);
        instruction(e, f);
        c.place(e.code());
    }

    /** One of {@code f}, whose operand in memory is at the case's. */
    static void instruction(Encoding e, Form f) {
        Dice d = e.d;
        e.opcode(f);
        if (f.digit() < 0) return;
        if (f.memory()) {
            operand(f, e.c, d);
            if (e.c.form.names(Form.SEQUENCE)) e.steady(f.digit(), Case.DATA + e.c.at);
            else e.address(false, f.digit(), Case.DATA + e.c.at);
        } else e.registers(f.digit(), f.rm() >= 0 ? f.rm() : d.chance(4) ? d.below(8) : d.below(3));
    }

    /** Control, status, tags and numbers. */
    static void state(Image image, Dice d) {
        int masks = d.below(3) != 0 ? MASKED : d.below(64), precision = d.chance(2) ? d.of(0, 2) : 3, top = d.below(8);
        image.control(0x40 | masks | precision << 8 | d.below(4) << 10);
        image.status(top << TOP | d.any32() & STATUS | (d.below(4) != 0 ? 0 : d.any32() & masks));
        int tags = d.below(3) != 0 ? 0x1F : d.any32() & 0xFF, physical = 0;
        for (int n = 0; n < 8; n++) physical |= (tags >> n & 1) << (top + n & 7);
        image.tags(physical);
        image.mxcsr(0x1F80);
        long first = number(image, top, d);
        near(image, top + 1 & 7, first, image.exponent(top), d);
        near(image, top + 2 & 7, first, image.exponent(top), d);
        for (int n = 3; n < 8; n++) image.register(top + n & 7, Long.MIN_VALUE | n, ONE + n);
    }

    private static long pattern(Dice d) {
        long s = switch (d.below(8)) {
            case 0 -> 0;
            case 1 -> -1L << d.below(64);
            case 2 -> -1L >>> d.below(64);
            case 3 -> 1L << d.below(64);
            case 4 -> 1L << d.below(64) | 1L << d.below(64);
            case 5 -> d.any() << d.below(64);
            case 6 -> (d.any() << 41) + (1L << 39) + d.below(3) - 1;
            default -> d.any();
        };
        return s + (d.below(4) != 0 ? 0 : d.below(5) - 2);
    }

    /** Puts a number into register n; returns its significand. */
    private static long number(Image image, int n, Dice d) {
        long s = pattern(d) | Long.MIN_VALUE;
        int e = 0;
        switch (d.below(16)) {
            case 0 -> s = 0;
            case 1 -> s &= Long.MAX_VALUE;
            case 2 -> e = d.chance(2) ? 0 : 1 + d.below(3);
            case 3 -> {
                e = 0x7FFF;
                if (d.chance(2)) s = Long.MIN_VALUE;
            }
            case 4 -> e = 0x7FFF - d.below(4);
            case 5 -> {
                e = d.below(0x7FFF);
                if (d.chance(4)) s &= Long.MAX_VALUE;
            }
            case 6 -> e = ONE - 127 + d.below(5) * (d.chance(2) ? 52 : 1) - 24;
            case 7 -> e = ONE - 1023 - 53 + d.below(60);
            case 8 -> e = ONE + (d.chance(2) ? 124 : 1020) + d.below(8);
            case 9 -> {
                s = 1 + d.below(20);
                e = ONE + 63 - Long.numberOfLeadingZeros(s);
                s <<= Long.numberOfLeadingZeros(s);
            }
            case 10 -> e = ONE + d.below(70);
            default -> e = ONE - 4 + d.below(9);
        }
        image.register(n, s, e | (d.chance(2) ? 0x8000 : 0));
        return s;
    }

    /** Now and then a number close to another. */
    private static void near(Image image, int n, long significand, int exponent, Dice d) {
        number(image, n, d);
        if (d.below(3) != 0) return;
        int e = image.exponent(n) & 0x8000 | exponent + (d.chance(2) ? d.below(140) - 70 : 0) & 0x7FFF;
        long s = d.chance(2) ? significand + d.below(5) - 2 : image.significand(n);
        if ((e & 0x7FFF) != 0 && !d.chance(16)) s |= Long.MIN_VALUE;
        image.register(n, s, e);
    }

    /** Where the manual leaves a function undefined there is nothing to compare. */
    private void top(String name) {
        int n = c.image.status() >> TOP & 7, x = c.image.exponent(n), sign = x & 0x8000, e = x & 0x7FFF;
        switch (name) {
            case "f2xm1" -> {
                if (e >= ONE && e < 0x7FFF) e = d.chance(2) ? ONE - d.below(80) : ONE - 1;
                if (e == ONE) c.image.register(n, Long.MIN_VALUE, sign | e);
            }
            case "fyl2xp1" -> {
                if (e >= ONE - 2 && e < 0x7FFF) e = ONE - 3 - d.below(d.chance(2) ? 3 : 80);
            }
            case "fptan", "fsincos", "fsin", "fcos" -> {
                if (e != 0x7FFF && d.chance(2)) e = ONE - 40 + d.below(106);
            }
            default -> { }
        }
        c.image.register(n, c.image.significand(n), sign | e);
    }

    /** What the operand in memory holds. */
    private static void operand(Form f, Case c, Dice d) {
        byte[] ten = new byte[10];
        Image one = new Image();
        switch (f.name()) {
            case "fbld" -> {
                for (int n = 0; n < 9; n++) ten[n] = (byte) (d.below(4) != 0 ? d.below(10) << 4 | d.below(10) : 0);
                ten[9] = (byte) (d.chance(2) ? 0x80 : 0);
                c.patch(c.at, ten);
            }
            case "fld_m80" -> {
                c.patch(c.at, number(one, 0, d), 8);
                c.patch(c.at + 8, one.exponent(0), 2);
            }
            case "fldcw" -> c.patch(c.at, d.any32() & 0x1F7F & (d.chance(2) ? -1 : ~0x1000), 2);
            case "fldenv", "frstor" -> environment(f, c, d);
            default -> plain(f, c, d);
        }
    }

    private static void plain(Form f, Case c, Dice d) {
        long p = pattern(d), sign = d.chance(2) ? 1 : 0;
        int kind = d.below(8);
        if (f.first() == 0xD8 || f.first() == 0xD9 && f.names("fld_m32")) {
            long e = kind == 0 ? 0 : kind == 1 ? 255 : kind == 2 ? d.below(256) : 124 + d.below(8);
            c.patch(c.at, sign << 31 | e << 23 | p >>> 41, 4);
        } else if (f.first() == 0xDC || f.names("fld_m64")) {
            long e = kind == 0 ? 0 : kind == 1 ? 2047 : kind == 2 ? d.below(2048) : 1020 + d.below(8);
            c.patch(c.at, sign << 63 | e << 52 | p >>> 12, 8);
        } else if (f.name().startsWith("fi")) c.patch(c.at, d.chance(2) ? p : d.any() >> d.below(64), f.has("Mw") ? 2 : f.has("Md") ? 4 : 8);
    }

    /** Control, status and tags, and what else FRSTOR loads. */
    private static void environment(Form f, Case c, Dice d) {
        int size = f.bits() / 8;
        Image image = new Image();
        state(image, d);
        int status = image.status() | (d.chance(4) ? d.any32() & 0x3F : 0);
        c.patch(c.at, image.control(), size);
        c.patch(c.at + size, status, size);
        c.patch(c.at + 2 * size, d.any32() & 0xFFFF, size);
        c.patch(c.at + 3 * size, new byte[4 * size]);
        if (f.names("fldenv")) return;
        for (int n = 0; n < 8; n++) {
            c.patch(c.at + 7 * size + 10 * n, image.significand(n), 8);
            c.patch(c.at + 7 * size + 10 * n + 8, image.exponent(n), 2);
        }
    }
}
