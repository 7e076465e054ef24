package org.lkpk.cpu.fpu;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Random;
import org.junit.Test;

/** The short way of arithmetic against the long one, which the suites judge. */
public class NormalsTest {
    private static final int CASES = 60_000;
    private static final int[] OPERATIONS = {Fpu.ADD, Fpu.MULTIPLY, Fpu.SUBTRACT, Fpu.SUBTRACT_REVERSED, Fpu.DIVIDE, Fpu.DIVIDE_REVERSED};

    private static final int[] MEMORY = {Fpu.ADD, Fpu.SUBTRACT, Fpu.SUBTRACT_REVERSED, Fpu.MULTIPLY, Fpu.DIVIDE, Fpu.DIVIDE_REVERSED};

    private final Random random = new Random(1);
    private final Fpu quick = new Fpu(), slow = new Fpu();

    private long significand() {
        long s = random.nextLong();
        return switch (random.nextInt(5)) {
            case 0 -> 1L << 63 | s & s >>> random.nextInt(64);
            case 1 -> -1L << random.nextInt(64) | 1L << 63;
            case 2 -> 1L << 63 | 1L << random.nextInt(64);
            case 3 -> -1L ^ 1L << random.nextInt(63);
            default -> s | 1L << 63;
        };
    }

    private int signExponent(int near) {
        int e = switch (random.nextInt(8)) {
            case 0 -> random.nextInt(4);
            case 1 -> 0x7FFF - random.nextInt(4);
            case 2 -> 0x3FFF + 1023 - random.nextInt(2) * 2045 + random.nextInt(5) - 2;
            default -> near + random.nextInt(140) - 70;
        };
        return e & 0x7FFF | random.nextInt(2) << 15;
    }

    /** Both with these numbers, at one of the precisions; the status word is one of its usual ones. */
    private void prepare() {
        int control = 0x7F | new int[] {0, 2, 3}[random.nextInt(3)] << 8, status = random.nextInt(2) * 0x220, at = random.nextInt(0x8000);
        long s = significand(), t = random.nextInt(8) == 0 ? s : significand();
        int e = signExponent(at), f = random.nextInt(8) == 0 ? e ^ random.nextInt(2) << 15 : signExponent(at);
        for (Fpu fpu : new Fpu[] {quick, slow}) {
            fpu.initialize();
            fpu.control(control);
            fpu.set(1, t, f);
            fpu.set(0, s, e);
            fpu.status(status);
        }
        slow.nearestMasked = false;
        slow.unusual = true;
    }

    private void compare(String what) {
        assertEquals(what + " status", slow.status(), quick.status());
        assertEquals(what + " tags", slow.tags(), quick.tags());
        for (int i = 0; i < 8; i++) {
            assertEquals(what + " significand", Long.toHexString(slow.significand(i)), Long.toHexString(quick.significand(i)));
            assertEquals(what + " exponent", Integer.toHexString(slow.signExponent(i)), Integer.toHexString(quick.signExponent(i)));
        }
    }

    private String numbers() {
        return String.format("%X.%X %X.%X control %X", slow.signExponent(0), slow.significand(0), slow.signExponent(1), slow.significand(1),
                slow.control());
    }

    @Test
    public void arithmeticOfRegistersIsTheSame() {
        for (int n = 0; n < CASES; n++) {
            prepare();
            int operation = OPERATIONS[random.nextInt(OPERATIONS.length)], to = random.nextInt(2);
            String what = n + ": " + numbers() + " operation " + operation;
            quick.operate(operation, to, to, 1 - to);
            slow.operate(operation, to, to, 1 - to);
            compare(what);
        }
    }

    @Test
    public void arithmeticWithADoubleIsTheSame() {
        for (int n = 0; n < CASES; n++) {
            prepare();
            int operation = OPERATIONS[random.nextInt(OPERATIONS.length)];
            long bits = random.nextLong() & ~(random.nextInt(9) == 0 ? 0x7FFL << 52 : 0);
            String what = n + ": " + numbers() + " double " + Long.toHexString(bits);
            quick.operateReal(operation, bits);
            slow.conversion.real(bits);
            slow.operate(operation);
            compare(what);
        }
    }

    @Test
    public void arithmeticWithASingleIsTheSame() {
        for (int n = 0; n < CASES; n++) {
            prepare();
            int operation = OPERATIONS[random.nextInt(OPERATIONS.length)], bits = random.nextInt() & ~(random.nextInt(9) == 0 ? 0xFF << 23 : 0);
            String what = n + ": " + numbers() + " single " + Integer.toHexString(bits);
            quick.operateSingle(operation, bits);
            slow.conversion.single(bits);
            slow.operate(operation);
            compare(what);
        }
    }

    /** Numbers of all kinds, empty registers and full stacks too, with all exceptions masked. */
    private void prepareAny() {
        prepare();
        int rounding = random.nextInt(4) == 0 ? random.nextInt(4) << 10 : 0, full = random.nextInt(10) == 0 ? 8 : 2 + random.nextInt(2);
        for (int i = 0; i < full; i++)
            if (i > 1 || random.nextInt(3) == 0) {
                boolean zero = random.nextInt(3) == 0;
                long s = zero ? 0 : random.nextInt(3) == 0 ? 1L << 63 | random.nextLong() & random.nextLong() << 62 : random.nextLong();
                int e = zero ? random.nextInt(2) << 15 : random.nextInt(2) == 0 ? random.nextInt() & 0x8000 | 0x7FFF : signExponent(random.nextInt(0x8000));
                for (Fpu fpu : new Fpu[] {quick, slow}) fpu.set(i, s, e);
            }
        int free = random.nextInt(6);
        for (Fpu fpu : new Fpu[] {quick, slow}) {
            if (free < 2) fpu.free(free);
            fpu.control(fpu.control() | rounding);
        }
        slow.nearestMasked = false;
        slow.unusual = true;
    }

    /** {@link Quick} with its numbers of registers against what instructions call. */
    @Test
    public void translatedCodeDoesTheSame() {
        for (int n = 0; n < 10 * CASES; n++) {
            prepareAny();
            int kind = random.nextInt(33), top = quick.top(), i = random.nextInt(4);
            long bits = random.nextInt(3) == 0 ? random.nextLong() & random.nextLong() << 40 : random.nextLong();
            if (random.nextInt(8) == 0) bits &= 0x8000000080000000L;
            String what = n + ": " + numbers() + " kind " + kind + " ST" + i + " " + Long.toHexString(bits);
            kind(kind, quick.quick, top, i, bits);
            kind(kind, i, bits);
            compare(what);
        }
    }

    private static void kind(int kind, Quick q, int t, int i, long bits) {
        int single = (int) (bits >>> 32);
        switch (kind) {
            case 0 -> q.add(t, t, t + i);
            case 1 -> q.subtract(t + i, t + i, t);
            case 2 -> q.subtract(t + i, t, t + i);
            case 3 -> q.multiply(t, t, t + i);
            case 4 -> q.divide(t + i, t + i, t);
            case 5 -> q.divide(t + i, t, t + i);
            case 6 -> q.squareRoot(t);
            case 7 -> q.addReal(t, bits);
            case 8 -> q.subtractReal(t, bits);
            case 9 -> q.subtractFromReal(t, bits);
            case 10 -> q.multiplyReal(t, bits);
            case 11 -> q.divideByReal(t, bits);
            case 12 -> q.divideReal(t, bits);
            case 13 -> q.addSingle(t, single);
            case 14 -> q.subtractSingle(t, single);
            case 15 -> q.subtractFromSingle(t, single);
            case 16 -> q.multiplySingle(t, single);
            case 17 -> q.divideBySingle(t, single);
            case 18 -> q.divideSingle(t, single);
            case 19 -> q.pushReal(t - 1, bits);
            case 20 -> q.pushSingle(t - 1, single);
            case 21 -> q.pushInteger(t - 1, bits);
            case 22 -> q.pushExtended(t - 1, bits, single & 0xFFFF);
            case 23 -> q.pushZero(t - 1);
            case 24 -> q.duplicate(t - 1, t + i);
            case 25 -> q.copy(t + i, t);
            case 26 -> q.exchange(t, t + i);
            case 27 -> q.negate(t);
            case 28 -> q.absolute(t);
            case 29 -> q.compare(t, t + i);
            case 30 -> q.compareQuietly(t, t + i);
            case 31 -> q.compareReal(t, bits);
            default -> q.pushOne(t - 1);
        }
    }

    private void kind(int kind, int i, long bits) {
        int single = (int) (bits >>> 32);
        switch (kind) {
            case 0 -> slow.operate(Fpu.ADD, 0, 0, i);
            case 1 -> slow.operate(Fpu.SUBTRACT, i, i, 0);
            case 2 -> slow.operate(Fpu.SUBTRACT_REVERSED, i, i, 0);
            case 3 -> slow.operate(Fpu.MULTIPLY, 0, 0, i);
            case 4 -> slow.operate(Fpu.DIVIDE, i, i, 0);
            case 5 -> slow.operate(Fpu.DIVIDE_REVERSED, i, i, 0);
            case 6 -> slow.squareRoot();
            case 7, 8, 9, 10, 11, 12 -> {
                slow.conversion.real(bits);
                slow.operate(MEMORY[kind - 7]);
            }
            case 13, 14, 15, 16, 17, 18 -> {
                slow.conversion.single(single);
                slow.operate(MEMORY[kind - 13]);
            }
            case 19 -> {
                slow.conversion.real(bits);
                slow.conversion.quiet();
                slow.push();
            }
            case 20 -> {
                slow.conversion.single(single);
                slow.conversion.quiet();
                slow.push();
            }
            case 21 -> {
                slow.conversion.integer(bits);
                slow.push();
            }
            case 22 -> slow.load(bits, single & 0xFFFF);
            case 23 -> slow.constant(6);
            case 24 -> slow.duplicate(i);
            case 25 -> slow.copy(i);
            case 26 -> slow.exchange(i);
            case 27 -> slow.changeSign(true);
            case 28 -> slow.changeSign(false);
            case 29 -> slow.compare(i, false);
            case 30 -> slow.compare(i, true);
            case 31 -> {
                slow.conversion.real(bits);
                slow.compareMemory();
            }
            default -> slow.constant(0);
        }
    }

    @Test
    public void aRootIsTheSame() {
        for (int n = 0; n < CASES; n++) {
            prepare();
            String what = n + ": " + numbers();
            quick.squareRoot();
            slow.squareRoot();
            compare(what);
        }
    }

    @Test
    public void aStoredDoubleIsTheSame() {
        for (int n = 0; n < CASES; n++) {
            prepare();
            String what = n + ": " + numbers();
            long stored = quick.normalReal(), expected = slow.real();
            slow.stored();
            if (stored == Fpu.NO_REAL) continue;
            quick.normalStored();
            assertEquals(what, Long.toHexString(expected), Long.toHexString(stored));
            compare(what);
        }
    }

    @Test
    public void aStoredIntegerIsTheSame() {
        int said = 0;
        for (int n = 0; n < CASES; n++) {
            prepareAny();
            int exponent = 0x3FFF - 3 + random.nextInt(70) | random.nextInt(2) << 15, bits = 16 << random.nextInt(3);
            long s = random.nextInt(3) == 0 ? -1L << random.nextInt(64) : significand();
            if (random.nextInt(4) != 0) for (Fpu fpu : new Fpu[] {quick, slow}) fpu.set(0, s, exponent);
            String what = n + ": " + numbers() + " bits " + bits;
            long stored = quick.normalInteger(bits), expected = slow.integer(bits);
            slow.stored();
            if (stored == Fpu.NO_INTEGER) continue;
            said++;
            quick.normalStored();
            assertEquals(what, expected, stored);
            compare(what);
        }
        assertTrue("some were stored", said > CASES / 4);
    }
}
