package org.lkpk.cpu.fpu;

import static org.lkpk.cpu.fpu.Encoding.BIAS;
import static org.lkpk.cpu.fpu.Encoding.INTEGER_BIT;
import static org.lkpk.cpu.fpu.Encoding.SIGN;

/**
 * The FPU as translated code sees it while all exceptions are masked, with the arrays as components of a record, whose
 * values HotSpot takes for constants. Registers are named by their physical numbers, of which the lowest three bits count.
 *
 * <p>No method looks at what comes before an instruction, such as #NM, nor notes its address.
 */
public record Quick(Fpu fpu, long[] significands, int[] words) {
    // Arithmetic

    /** R(to) = R(a) + R(b). */
    public void add(int to, int a, int b) {
        fpu.sum(to, significands[a & 7], words[a & 7], significands[b & 7], words[b & 7]);
    }

    public void subtract(int to, int a, int b) {
        fpu.difference(to, significands[a & 7], words[a & 7], significands[b & 7], words[b & 7]);
    }

    public void multiply(int to, int a, int b) {
        fpu.product(to, significands[a & 7], words[a & 7], significands[b & 7], words[b & 7]);
    }

    public void divide(int to, int a, int b) {
        fpu.quotient(to, significands[a & 7], words[a & 7], significands[b & 7], words[b & 7]);
    }

    public void squareRoot(int n) {
        fpu.root(n, significands[n & 7], words[n & 7]);
    }

    // Arithmetic with a double

    public void addReal(int n, long bits) {
        fpu.sumReal(n, significands[n & 7], words[n & 7], bits);
    }

    public void subtractReal(int n, long bits) {
        fpu.differenceReal(n, significands[n & 7], words[n & 7], bits);
    }

    public void subtractFromReal(int n, long bits) {
        fpu.differenceFromReal(n, significands[n & 7], words[n & 7], bits);
    }

    public void multiplyReal(int n, long bits) {
        fpu.productReal(n, significands[n & 7], words[n & 7], bits);
    }

    public void divideByReal(int n, long bits) {
        fpu.quotientReal(n, significands[n & 7], words[n & 7], bits);
    }

    public void divideReal(int n, long bits) {
        fpu.quotientOfReal(n, significands[n & 7], words[n & 7], bits);
    }

    // Arithmetic with a single

    public void addSingle(int n, int bits) {
        fpu.sumSingle(n, significands[n & 7], words[n & 7], bits);
    }

    public void subtractSingle(int n, int bits) {
        fpu.differenceSingle(n, significands[n & 7], words[n & 7], bits);
    }

    public void subtractFromSingle(int n, int bits) {
        fpu.differenceFromSingle(n, significands[n & 7], words[n & 7], bits);
    }

    public void multiplySingle(int n, int bits) {
        fpu.productSingle(n, significands[n & 7], words[n & 7], bits);
    }

    public void divideBySingle(int n, int bits) {
        fpu.quotientSingle(n, significands[n & 7], words[n & 7], bits);
    }

    public void divideSingle(int n, int bits) {
        fpu.quotientOfSingle(n, significands[n & 7], words[n & 7], bits);
    }

    // Pushes: n is what becomes the top

    public void pushReal(int n, long bits) {
        if (Normals.real(bits) && vacant(n)) push(n, Normals.significand(bits), Normals.signExponent(bits));
        else if (bits << 1 == 0 && vacant(n)) push(n, 0, (int) (bits >>> 48));
        else fpu.loadReal(bits);
    }

    public void pushSingle(int n, int bits) {
        if (Normals.single(bits) && vacant(n)) push(n, Normals.significand(bits), Normals.signExponent(bits));
        else if (bits << 1 == 0 && vacant(n)) push(n, 0, bits >>> 16);
        else fpu.loadSingle(bits);
    }

    public void pushExtended(int n, long s, int signExponent) {
        if (vacant(n)) push(n, s, signExponent);
        else fpu.load(s, signExponent);
    }

    public void pushInteger(int n, long value) {
        if (!vacant(n)) fpu.loadInteger(value);
        else if (value == 0) push(n, 0, 0);
        else {
            long magnitude = Math.abs(value);
            int shift = Long.numberOfLeadingZeros(magnitude);
            push(n, magnitude << shift, (int) (value >>> 48) & SIGN | BIAS + 63 - shift);
        }
    }

    public void pushOne(int n) {
        if (vacant(n)) push(n, INTEGER_BIT, BIAS);
        else fpu.constant(0);
    }

    public void pushZero(int n) {
        if (vacant(n)) push(n, 0, 0);
        else fpu.constant(6);
    }

    /** Pushes a copy of R(from). */
    public void duplicate(int n, int from) {
        int w = words[from & 7];
        if ((w & Registers.EMPTY) == 0 && vacant(n)) push(n, significands[from & 7], w);
        else fpu.duplicate(from - n - 1 & 7);
    }

    /** Whether R(n) is empty. */
    public boolean vacant(int n) {
        return (words[n & 7] & Registers.EMPTY) != 0;
    }

    private void push(int n, long s, int signExponent) {
        significands[n & 7] = s;
        words[n & 7] = signExponent;
        fpu.top = n & 7;
        fpu.up = 0;
    }

    /** Pops R(n), which is the top. */
    public void pop(int n) {
        words[n & 7] |= Registers.EMPTY;
        fpu.vacant = true;
        fpu.top = n + 1 & 7;
    }

    // Moves; the top is R(n)

    public void copy(int to, int n) {
        int w = words[n & 7];
        if ((w & Registers.EMPTY) == 0) {
            significands[to & 7] = significands[n & 7];
            words[to & 7] = w;
            fpu.up = 0;
        } else fpu.copy(to - n & 7);
    }

    public void exchange(int n, int b) {
        long s = significands[n & 7];
        int w = words[n & 7], v = words[b & 7];
        if (((w | v) & Registers.EMPTY) == 0) {
            significands[n & 7] = significands[b & 7];
            words[n & 7] = v;
            significands[b & 7] = s;
            words[b & 7] = w;
            fpu.up = 0;
        } else fpu.exchange(b - n & 7);
    }

    public void negate(int n) {
        int w = words[n & 7];
        if ((w & Registers.EMPTY) == 0) {
            words[n & 7] = w ^ SIGN;
            fpu.up = 0;
        } else fpu.changeSign(true);
    }

    public void absolute(int n) {
        int w = words[n & 7];
        if ((w & Registers.EMPTY) == 0) {
            words[n & 7] = w & ~SIGN;
            fpu.up = 0;
        } else fpu.changeSign(false);
    }

    /** R(n) as a double, or {@link Fpu#NO_REAL}; {@link Fpu#normalStored} follows when it is in memory. */
    public long real(int n) {
        return Normals.real(fpu, significands[n & 7], words[n & 7]);
    }

    /** As an integer of {@code bits} bits, or {@link Fpu#NO_INTEGER}, likewise. */
    public long integer(int n, int bits) {
        return Normals.integer(fpu, significands[n & 7], words[n & 7], bits);
    }

    // Comparisons: into the condition codes, or ZF, PF, CF

    public void compare(int a, int b) {
        fpu.compared(fpu.order(significands[a & 7], words[a & 7], significands[b & 7], words[b & 7], false));
    }

    /** Quiet NaNs are no invalid operands. */
    public void compareQuietly(int a, int b) {
        fpu.compared(fpu.order(significands[a & 7], words[a & 7], significands[b & 7], words[b & 7], true));
    }

    public void compareZero(int n) {
        fpu.compared(fpu.order(significands[n & 7], words[n & 7], 0, 0, false));
    }

    public void compareReal(int n, long bits) {
        fpu.compared(fpu.orderReal(significands[n & 7], words[n & 7], bits));
    }

    public void compareSingle(int n, int bits) {
        fpu.compared(fpu.orderSingle(significands[n & 7], words[n & 7], bits));
    }

    public int flags(int a, int b) {
        return Comparison.flags(fpu.order(significands[a & 7], words[a & 7], significands[b & 7], words[b & 7], false));
    }

    public int flagsQuietly(int a, int b) {
        return Comparison.flags(fpu.order(significands[a & 7], words[a & 7], significands[b & 7], words[b & 7], true));
    }

    public int status() {
        return fpu.status();
    }

    // Where the instruction was

    public void note(int offset, int opcode) {
        fpu.instructionOffset = offset;
        fpu.opcode = opcode;
    }

    public void noteData(int offset) {
        fpu.dataOffset = offset;
    }
}
