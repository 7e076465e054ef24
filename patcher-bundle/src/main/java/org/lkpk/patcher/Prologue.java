package org.lkpk.patcher;

/**
 * The instructions that functions begin with, as far as their lengths must be known to move them elsewhere. Not
 * implemented: whatever is relative to its own address, and what compilers do not begin functions with.
 */
final class Prologue {
    private static final int LONGEST = 19;

    private Prologue() { }

    /** Length of the first whole instructions that take at least {@code least} bytes; 0 if one of them is not known. */
    static int length(byte[] code, int least) {
        int at = 0;
        while (at < least) {
            int length = instruction(code, at);
            if (length == 0 || at + length > Math.min(code.length, LONGEST)) return 0;
            at += length;
        }
        return at;
    }

    private static int instruction(byte[] code, int at) {
        if (at >= code.length) return 0;
        int op = code[at] & 0xFF;
        if (op >= 0x40 && op <= 0x5F || op == 0x90) return 1; // INC, DEC, PUSH, POP, NOP
        if (op >= 0xB8 && op <= 0xBF || op == 0x68 || op == 0x3D || op == 0x05 || op == 0x2D || op == 0x25 || op == 0xA9 || op == 0xA1 || op == 0xA3)
            return 5;
        if (op == 0x6A || op >= 0xB0 && op <= 0xB7 || op == 0x3C || op == 0xA8) return 2;
        if (op == 0x83 || op == 0x80 || op == 0xC6) return modRm(code, at + 1, 1);
        if (op == 0x81 || op == 0xC7) return modRm(code, at + 1, 4);
        if (op == 0x0F && at + 1 < code.length && ((code[at + 1] & 0xFE) == 0xB6 || (code[at + 1] & 0xFE) == 0xBE)) {
            int rest = modRm(code, at + 2, 0);
            return rest == 0 ? 0 : 1 + rest;
        }
        boolean plain = (op & 0xC4) == 0 || op >= 0x84 && op <= 0x8B || op == 0x8D; // arithmetic, TEST, XCHG, MOV, LEA
        return plain ? modRm(code, at + 1, 0) : 0;
    }

    /** One byte of opcode before it, what it addresses, and {@code immediate} bytes. */
    private static int modRm(byte[] code, int at, int immediate) {
        if (at >= code.length) return 0;
        int mod = code[at] >> 6 & 3;
        int rm = code[at] & 7;
        int length = 2 + immediate;
        if (mod == 3) return length;
        if (rm == 4) {
            if (at + 1 >= code.length) return 0;
            length++;
            if (mod == 0 && (code[at + 1] & 7) == 5) length += 4;
        } else if (mod == 0 && rm == 5) length += 4;
        return length + (mod == 1 ? 1 : mod == 2 ? 4 : 0);
    }
}
