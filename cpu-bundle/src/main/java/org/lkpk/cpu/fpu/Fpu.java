package org.lkpk.cpu.fpu;

/**
 * The x87 floating-point unit (Intel SDM vol. 1, chapter 8): eight registers of 80 bits as a stack, control, status and
 * tag words, the last instruction's opcode, address and operand's address.
 *
 * <p>An instruction computes into {@link #result}; {@link #deliver}, {@link #push} and {@link #stored} then make it
 * visible, or do not, as the control word's masks say. Numbers are {@code (long significand, int signExponent)}, see {@link Encoding}.
 *
 * <p>As on the P6 the opcode is kept for every instruction, not only for those that raise an unmasked exception.
 * Transcendental functions are rounded from some 120 bits; their C1 is exact where a real unit's may not be.
 * Not implemented: FERR# and its IRQ 13 (with CR0.NE clear an unmasked exception shows in the status word only);
 * FISTTP, which came with SSE3.
 */
public final class Fpu extends Registers {
    /** Operations, numbered as D8's reg field is. */
    public static final int ADD = 0, MULTIPLY = 1, SUBTRACT = 4, SUBTRACT_REVERSED = 5, DIVIDE = 6, DIVIDE_REVERSED = 7;

    /** Operations of two registers that pop one. */
    public static final int ARCTANGENT = 0, LOGARITHM = 1, LOGARITHM_PLUS_1 = 2;

    /** What {@link #normalReal} answers where it cannot. */
    public static final long NO_REAL = Normals.NO_REAL;
    /** What {@link #normalInteger} answers where it cannot. */
    public static final long NO_INTEGER = Normals.NO_INTEGER;

    public final Result result = new Result(this);
    /** For translated code. */
    public final Quick quick = new Quick(this, significands, words);
    private final Arithmetic arithmetic = new Arithmetic(this);
    public final Conversion conversion = new Conversion(this);
    private final Comparison comparison = new Comparison(this);
    private final Remainder remainder = new Remainder(this);
    private final Scaling scaling = new Scaling(this);
    private final Transcendental transcendental = new Transcendental(this);

    // Exceptions and delivery

    /** Notes exceptions; tells whether the instruction may deliver its result, since none that stops it is unmasked. */
    private boolean raise() {
        up = result.up ? 1 : 0;
        status |= result.raised;
        summarize();
        return !result.stopped();
    }

    /** Puts {@link #result} into ST(i) unless an unmasked exception forbids it; tells whether it did. */
    public boolean deliver(int i) {
        if (!raise()) return false;
        set(i, result.significand, result.signExponent);
        return true;
    }

    /** Notes what a conversion for memory raised; tells whether the value was stored, see {@link #storable}. */
    public boolean stored() {
        boolean storable = storable();
        if (!storable) {
            // What was not rounded is neither inexact nor rounded up.
            result.raised &= ~PE;
            result.up = false;
        }
        raise();
        return storable;
    }

    /** Whether what a conversion for memory gave may be stored: overflow and underflow must be masked too. */
    public boolean storable() {
        return (result.raised & ~control & (IE | OE | UE)) == 0;
    }

    /** A register that should hold a number is empty: the indefinite comes out. */
    public void underflow() {
        result.begin();
        result.invalid();
        result.raised |= SF;
    }

    /** A push finds the stack full. */
    private void overflow() {
        underflow();
        result.up = true;
    }

    /** Pushes {@link #result}, or on a full stack the indefinite. */
    public void push() {
        if (result.raised == 0 && empty(7)) {
            pushNormal(result.significand, result.signExponent);
            return;
        }
        if (!empty(7) && (result.raised & SF) == 0) overflow();
        raise();
        // A denormal in memory is loaded even when its exception is unmasked.
        if ((result.raised & ~control & IE) != 0) return;
        top = top - 1 & 7;
        set(0, result.significand, result.signExponent);
    }

    // Moves

    /** FLD from memory: pushes a number as it is. */
    public void load(long s, int e) {
        result.begin();
        result.set(s, e);
        push();
    }

    /** FILD. */
    public void loadInteger(long value) {
        conversion.integer(value);
        push();
    }

    /** FLD of a single. */
    public void loadSingle(int bits) {
        if (Normals.single(bits) && empty(7)) pushNormal(Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.single(bits);
            conversion.quiet();
            push();
        }
    }

    /** FLD of a double. */
    public void loadReal(long bits) {
        if (Normals.real(bits) && empty(7)) pushNormal(Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.real(bits);
            conversion.quiet();
            push();
        }
    }

    private void pushNormal(long s, int e) {
        clearC1();
        top = top - 1 & 7;
        set(0, s, e);
    }

    /** Pushes constant 0..6: 1, log2 10, log2 e, π, log10 2, ln 2, 0, the inexact ones rounded as the control word says. */
    public void constant(int n) {
        result.begin();
        Constants.put(result, n, control >> 10 & 3);
        push();
    }

    /** FLD ST(i). */
    public void duplicate(int i) {
        if (empty(i)) underflow();
        else fetch(i);
        push();
    }

    /** FST ST(i). */
    public boolean copy(int i) {
        extended();
        return deliver(i);
    }

    /** FCMOVcc; leaves C1 alone unless the stack underflows. */
    public void copyIf(boolean condition, int i) {
        if (empty(0) || empty(i)) {
            underflow();
            deliver(0);
        } else if (condition) set(0, significand(i), signExponent(i));
    }

    /** FSTPNCE: an empty ST(0) is popped and not copied, and is no exception. */
    public void copyUnchecked(int i) {
        clearC1();
        if (!empty(0)) set(i, significand(0), signExponent(0));
        pop();
    }

    /** FXCH; an empty register is filled with the indefinite first. */
    public void exchange(int i) {
        if (empty(0) || empty(i)) {
            underflow();
            if (!raise()) return;
            if (empty(0)) set(0, result.significand, result.signExponent);
            if (empty(i)) set(i, result.significand, result.signExponent);
        }
        clearC1();
        long s = significand(0);
        int e = signExponent(0);
        set(0, significand(i), signExponent(i));
        set(i, s, e);
    }

    /** FCHS, or FABS. */
    public void changeSign(boolean invert) {
        if (empty(0)) {
            underflow();
            deliver(0);
            return;
        }
        clearC1();
        int e = signExponent(0);
        replace(0, significand(0), invert ? e ^ Encoding.SIGN : e & ~Encoding.SIGN);
    }

    private void fetch(int i) {
        result.begin();
        result.set(significand(i), signExponent(i));
    }

    // ST(0) for memory: the value to store; exceptions wait in the result for stored()

    /** ST(0) as it is, in {@link #result}. */
    public void extended() {
        if (empty(0)) underflow();
        else fetch(0);
    }

    /** The double for a store that can only be inexact, see {@link #normalStored}; {@link #NO_REAL} if it is not such a one. */
    public long normalReal() {
        return Normals.real(this, significand(0), word(0));
    }

    /** The integer of {@code bits} bits likewise, or {@link #NO_INTEGER}. */
    public long normalInteger(int bits) {
        return Normals.integer(this, significand(0), word(0), bits);
    }

    /** Notes what {@link #normalReal} or {@link #normalInteger} made of C1 and PE. */
    public void normalStored() {
        inexact |= rest;
        up = roundedUp;
    }

    public int single() {
        if (!empty(0)) return conversion.toSingle(significand(0), signExponent(0));
        underflow();
        return 0xFFC00000;
    }

    public long real() {
        if (!empty(0)) return conversion.toReal(significand(0), signExponent(0));
        underflow();
        return 0xFFF8000000000000L;
    }

    public long integer(int bits) {
        if (!empty(0)) return conversion.toInteger(significand(0), signExponent(0), bits);
        underflow();
        return -1L << bits - 1;
    }

    /** Into the conversion's decimal. */
    public void decimal() {
        if (!empty(0)) conversion.toDecimal(significand(0), signExponent(0));
        else {
            underflow();
            conversion.indefiniteDecimal();
        }
    }

    // Instructions' bodies by value, for translated code, all exceptions being masked; the result goes to register {@code to}

    void sum(int to, long a, int ae, long b, int be) {
        long s = Normals.sum(this, a, ae, b, be);
        if (s != 0) put(to, s);
        else outcome(ADD, to, a, ae, b, be);
    }

    void difference(int to, long a, int ae, long b, int be) {
        long s = Normals.sum(this, a, ae, b, be ^ Encoding.SIGN);
        if (s != 0) put(to, s);
        else outcome(SUBTRACT, to, a, ae, b, be);
    }

    void product(int to, long a, int ae, long b, int be) {
        long s = Normals.product(this, a, ae, b, be);
        if (s != 0) put(to, s);
        else outcome(MULTIPLY, to, a, ae, b, be);
    }

    void quotient(int to, long a, int ae, long b, int be) {
        long s = Normals.quotient(this, a, ae, b, be);
        if (s != 0) put(to, s);
        else outcome(DIVIDE, to, a, ae, b, be);
    }

    private void put(int n, long s) {
        significands[n & 7] = s;
        words[n & 7] = exponent;
    }

    void root(int to, long a, int ae) {
        long s = Normals.squareRoot(this, a, ae);
        if (s != 0) {
            put(to, s);
            return;
        }
        if (ae >= EMPTY) underflow();
        else arithmetic.squareRoot(a, ae);
        settle(to);
    }

    private void outcome(int operation, int to, long a, int ae, long b, int be) {
        long s = Normals.operate(this, operation, a, ae, b, be);
        if (s != 0) {
            put(to, s);
            return;
        }
        if (Normals.withZero(this, operation, a, ae, b, be)) {
            put(to, rest);
            return;
        }
        if ((ae | be) >= EMPTY) underflow();
        else arithmetic.operate(operation, a, ae, b, be, 0);
        settle(to);
    }

    private void settle(int to) {
        raise();
        exponent = result.signExponent;
        put(to, result.significand);
    }

    private void outcome(int operation, int to, long a, int ae) {
        if (result.raised == 0) {
            outcome(operation, to, a, ae, result.significand, result.signExponent);
            return;
        }
        if (ae >= EMPTY) underflow();
        else arithmetic.operate(operation, a, ae, result.significand, result.signExponent, result.raised & DE);
        settle(to);
    }

    void sumReal(int to, long a, int ae, long bits) {
        if (Normals.real(bits)) sum(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.real(bits);
            outcome(ADD, to, a, ae);
        }
    }

    void differenceReal(int to, long a, int ae, long bits) {
        if (Normals.real(bits)) difference(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.real(bits);
            outcome(SUBTRACT, to, a, ae);
        }
    }

    void differenceFromReal(int to, long a, int ae, long bits) {
        if (Normals.real(bits)) difference(to, Normals.significand(bits), Normals.signExponent(bits), a, ae);
        else {
            conversion.real(bits);
            outcome(SUBTRACT_REVERSED, to, a, ae);
        }
    }

    void productReal(int to, long a, int ae, long bits) {
        if (Normals.real(bits)) product(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.real(bits);
            outcome(MULTIPLY, to, a, ae);
        }
    }

    void quotientReal(int to, long a, int ae, long bits) {
        if (Normals.real(bits)) quotient(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.real(bits);
            outcome(DIVIDE, to, a, ae);
        }
    }

    void quotientOfReal(int to, long a, int ae, long bits) {
        if (Normals.real(bits)) quotient(to, Normals.significand(bits), Normals.signExponent(bits), a, ae);
        else {
            conversion.real(bits);
            outcome(DIVIDE_REVERSED, to, a, ae);
        }
    }

    void sumSingle(int to, long a, int ae, int bits) {
        if (Normals.single(bits)) sum(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.single(bits);
            outcome(ADD, to, a, ae);
        }
    }

    void differenceSingle(int to, long a, int ae, int bits) {
        if (Normals.single(bits)) difference(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.single(bits);
            outcome(SUBTRACT, to, a, ae);
        }
    }

    void differenceFromSingle(int to, long a, int ae, int bits) {
        if (Normals.single(bits)) difference(to, Normals.significand(bits), Normals.signExponent(bits), a, ae);
        else {
            conversion.single(bits);
            outcome(SUBTRACT_REVERSED, to, a, ae);
        }
    }

    void productSingle(int to, long a, int ae, int bits) {
        if (Normals.single(bits)) product(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.single(bits);
            outcome(MULTIPLY, to, a, ae);
        }
    }

    void quotientSingle(int to, long a, int ae, int bits) {
        if (Normals.single(bits)) quotient(to, a, ae, Normals.significand(bits), Normals.signExponent(bits));
        else {
            conversion.single(bits);
            outcome(DIVIDE, to, a, ae);
        }
    }

    void quotientOfSingle(int to, long a, int ae, int bits) {
        if (Normals.single(bits)) quotient(to, Normals.significand(bits), Normals.signExponent(bits), a, ae);
        else {
            conversion.single(bits);
            outcome(DIVIDE_REVERSED, to, a, ae);
        }
    }

    /** The order as condition codes; {@code quiet}: quiet NaNs are no invalid operands. */
    int order(long a, int ae, long b, int be, boolean quiet) {
        int order = Normals.order(a, ae, b, be);
        if (order >= 0) {
            up = 0;
            return order;
        }
        if ((ae | be) < EMPTY) return settled(comparison.compare(a, ae, b, be, 0, quiet));
        underflow();
        return settled(Comparison.UNORDERED);
    }

    int orderReal(long a, int ae, long bits) {
        if (Normals.real(bits)) return order(a, ae, Normals.significand(bits), Normals.signExponent(bits), false);
        conversion.real(bits);
        return order(a, ae);
    }

    int orderSingle(long a, int ae, int bits) {
        if (Normals.single(bits)) return order(a, ae, Normals.significand(bits), Normals.signExponent(bits), false);
        conversion.single(bits);
        return order(a, ae);
    }

    private int order(long a, int ae) {
        if (ae < EMPTY) return settled(comparison.compare(a, ae, result.significand, result.signExponent, result.raised & DE, false));
        underflow();
        return settled(Comparison.UNORDERED);
    }

    private int settled(int order) {
        raise();
        return order;
    }

    /** An order into C3, C2, C0. */
    void compared(int order) {
        status = status & ~(C0 | C2 | C3) | order;
    }

    // Instructions' bodies; all tell whether they completed, so that a pop may follow

    /** ST(to) = ST(a) operation ST(b). */
    public boolean operate(int operation, int to, int a, int b) {
        long s = Normals.operate(this, operation, significand(a), word(a), significand(b), word(b));
        if (s != 0) {
            set(to, s, exponent);
            return true;
        }
        if (full(a, b)) arithmetic.operate(operation, significand(a), signExponent(a), significand(b), signExponent(b), 0);
        else underflow();
        return deliver(to);
    }

    /** ST(0) = ST(0) operation memory, which a conversion put into {@link #result}. */
    public void operate(int operation) {
        if (empty(0)) underflow();
        else
            arithmetic.operate(operation, significand(0), signExponent(0), result.significand, result.signExponent,
                    result.raised & DE);
        deliver(0);
    }

    /** The same with a single. */
    public void operateSingle(int operation, int bits) {
        if (Normals.single(bits) && operateNormal(operation, Normals.significand(bits), Normals.signExponent(bits))) return;
        conversion.single(bits);
        operate(operation);
    }

    /** The same with a double. */
    public void operateReal(int operation, long bits) {
        if (Normals.real(bits) && operateNormal(operation, Normals.significand(bits), Normals.signExponent(bits))) return;
        conversion.real(bits);
        operate(operation);
    }

    private boolean operateNormal(int operation, long t, int f) {
        long s = Normals.operate(this, operation, significand(0), word(0), t, f);
        if (s != 0) set(0, s, exponent);
        return s != 0;
    }

    /** Compares ST(0) with ST(i) into the condition codes; {@code quiet}: quiet NaNs are no invalid operands. */
    public boolean compare(int i, boolean quiet) {
        return answered(comparing(i, quiet));
    }

    /** Compares ST(0) with a number from memory in {@link #result}. */
    public boolean compareMemory() {
        int order;
        if (empty(0)) {
            underflow();
            order = Comparison.UNORDERED;
        } else
            order = comparison.compare(significand(0), signExponent(0), result.significand, result.signExponent,
                    result.raised & DE, false);
        return answered(order);
    }

    /** FTST: compares ST(0) with 0. */
    public void test() {
        result.begin();
        result.zero(0);
        compareMemory();
    }

    /** Compares and answers the flags ZF, PF, CF as FCOMI does; {@link #completed} then tells whether to pop. */
    public int compareFlags(int i, boolean quiet) {
        return Comparison.flags(comparing(i, quiet));
    }

    /** Notes what {@link #result} raised; tells whether the instruction may go on. */
    public boolean completed() {
        return raise();
    }

    private int comparing(int i, boolean quiet) {
        if (empty(0) || empty(i)) {
            underflow();
            return Comparison.UNORDERED;
        }
        return comparison.compare(significand(0), signExponent(0), significand(i), signExponent(i), 0, quiet);
    }

    /** The answer is given even when an unmasked exception keeps the operands on the stack. */
    private boolean answered(int order) {
        boolean completed = raise();
        compared(order);
        return completed;
    }

    /** FXAM. */
    public void examine() {
        conditions(comparison.examine(significand(0), signExponent(0), empty(0)));
    }

    /** FSQRT. */
    public void squareRoot() {
        long s = Normals.squareRoot(this, significand(0), word(0));
        if (s != 0) {
            set(0, s, exponent);
            return;
        }
        if (empty(0)) underflow();
        else arithmetic.squareRoot(significand(0), signExponent(0));
        deliver(0);
    }

    /** FRNDINT. */
    public void roundToInteger() {
        if (empty(0)) underflow();
        else scaling.roundToInteger(significand(0), signExponent(0));
        deliver(0);
    }

    /** FSCALE. */
    public void scale() {
        if (empty(0) || empty(1)) underflow();
        else scaling.scale(significand(0), signExponent(0), significand(1), signExponent(1));
        deliver(0);
    }

    /** FXTRACT: ST(0) becomes the exponent, then the significand is pushed. */
    public void extract() {
        if (empty(0)) underflow();
        else scaling.extract(significand(0), signExponent(0));
        deliverTwo(scaling.second, scaling.secondExponent);
    }

    /** FPREM or, {@code nearest}, FPREM1. */
    public void remainder(boolean nearest) {
        int quotient = Remainder.NONE;
        if (empty(0) || empty(1)) underflow();
        else quotient = remainder.remainder(significand(0), signExponent(0), significand(1), signExponent(1), nearest);
        if (!deliver(0) || quotient == Remainder.NONE) status &= ~C2;
        else conditions(quotient);
    }

    /** FSIN or FCOS; an operand too large only sets C2. */
    public void sine(boolean cosine) {
        status &= ~C2;
        if (empty(0)) underflow();
        else if (tooLarge()) return;
        else if (cosine) transcendental.cosine(significand(0), signExponent(0));
        else transcendental.sine(significand(0), signExponent(0));
        deliver(0);
    }

    /** FSINCOS: ST(0) becomes the sine, the cosine is pushed. */
    public void sineAndCosine() {
        status &= ~C2;
        if (empty(0)) underflow();
        else if (empty(7) && tooLarge()) return;
        else transcendental.sineAndCosine(significand(0), signExponent(0));
        deliverTwo(transcendental.second, transcendental.secondExponent);
    }

    /** FPTAN: ST(0) becomes the tangent, 1 is pushed. */
    public void tangent() {
        status &= ~C2;
        if (empty(0)) underflow();
        else if (empty(7) && tooLarge()) return;
        else transcendental.tangent(significand(0), signExponent(0));
        deliverTwo(transcendental.second, transcendental.secondExponent);
    }

    private boolean tooLarge() {
        int exponent = Encoding.exponent(signExponent(0));
        if (significand(0) >= 0 || exponent < Encoding.BIAS + 63 || exponent == Encoding.EXPONENT) return false;
        up = 0;
        status |= C2;
        return true;
    }

    /** F2XM1. */
    public void exponential() {
        if (empty(0)) underflow();
        else transcendental.exponential(significand(0), signExponent(0));
        deliver(0);
    }

    /** FPATAN, FYL2X, FYL2XP1: {@code operation} of ST(1) and ST(0) into ST(1), then pops. */
    public void transcendental(int operation) {
        if (empty(0) || empty(1)) underflow();
        else transcendental.ofTwo(operation, significand(1), signExponent(1), significand(0), signExponent(0));
        if (deliver(1)) pop();
    }

    /** {@link #result} into ST(0), then a push; a NaN or an indefinite goes to both. */
    private void deliverTwo(long second, int secondExponent) {
        boolean overflow = !empty(7) && (result.raised & SF) == 0;
        if (overflow) overflow();
        if (overflow || Encoding.nan(result.significand, result.signExponent)) {
            second = result.significand;
            secondExponent = result.signExponent;
        }
        if (!deliver(0)) return;
        top = top - 1 & 7;
        set(0, second, secondExponent);
    }
}
