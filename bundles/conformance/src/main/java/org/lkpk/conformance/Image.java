package org.lkpk.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The state of FPU, MMX and SSE as FXSAVE stores it (SDM vol. 1, table 10-2), without what is reserved behind it. */
final class Image {
    static final int SIZE = 288;
    private static final int CONTROL = 0, STATUS = 2, TAGS = 4, MXCSR = 24, ST = 32, XMM = 160, TOP = 11;

    final byte[] bytes;
    private final ByteBuffer b;

    Image() {
        this(new byte[SIZE]);
    }

    Image(byte[] bytes) {
        this.bytes = bytes;
        b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** After FINIT, with SSE's exceptions masked. */
    static Image initial() {
        Image image = new Image();
        image.control(0x37F);
        image.mxcsr(0x1F80);
        return image;
    }

    int control() {
        return b.getShort(CONTROL) & 0xFFFF;
    }

    void control(int v) {
        b.putShort(CONTROL, (short) v);
    }

    int status() {
        return b.getShort(STATUS) & 0xFFFF;
    }

    void status(int v) {
        b.putShort(STATUS, (short) v);
    }

    /** A bit for each register that is not empty, in the order of registers. */
    int tags() {
        return b.get(TAGS) & 0xFF;
    }

    void tags(int v) {
        b.put(TAGS, (byte) v);
    }

    int mxcsr() {
        return b.getInt(MXCSR);
    }

    void mxcsr(int v) {
        b.putInt(MXCSR, v);
    }

    /** The place of register n, not of ST(n). */
    private int register(int n) {
        return ST + 16 * (n - (status() >> TOP) & 7);
    }

    /** MMX register n, or the significand of the FPU's register n. */
    long significand(int n) {
        return b.getLong(register(n));
    }

    int exponent(int n) {
        return b.getShort(register(n) + 8) & 0xFFFF;
    }

    void register(int n, long significand, int exponent) {
        b.putLong(register(n), significand);
        b.putShort(register(n) + 8, (short) exponent);
    }

    /** Half n of the XMM registers. */
    long xmm(int n) {
        return b.getLong(XMM + 8 * n);
    }

    void xmm(int n, long v) {
        b.putLong(XMM + 8 * n, v);
    }

    /** Whether the same is in all that is kept: the pointers to instruction and operand are not. */
    boolean sameAs(Image other) {
        boolean same = control() == other.control() && status() == other.status() && tags() == other.tags() && mxcsr() == other.mxcsr();
        for (int n = 0; n < 8 && same; n++) same = significand(n) == other.significand(n) && exponent(n) == other.exponent(n);
        for (int n = 0; n < 16 && same; n++) same = xmm(n) == other.xmm(n);
        return same;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(String.format("cw %04X sw %04X tags %02X mxcsr %04X", control(), status(), tags(), mxcsr()));
        for (int n = 0; n < 8; n++) s.append(String.format(" r%d %04X.%016X", n, exponent(n), significand(n)));
        for (int n = 0; n < 8; n++) s.append(String.format(" xmm%d %016X%016X", n, xmm(2 * n + 1), xmm(2 * n)));
        return s.toString();
    }
}
