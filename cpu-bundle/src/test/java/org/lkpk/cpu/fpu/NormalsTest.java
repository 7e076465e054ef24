package org.lkpk.cpu.fpu;

import static org.junit.Assert.assertEquals;

import java.util.Random;
import org.junit.Test;

/** The short way of arithmetic against the long one, which the suites judge. */
public class NormalsTest {
    private static final int CASES = 60_000;
    private static final int[] OPERATIONS = {Fpu.ADD, Fpu.MULTIPLY, Fpu.SUBTRACT, Fpu.SUBTRACT_REVERSED, Fpu.DIVIDE, Fpu.DIVIDE_REVERSED};

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
            if (stored == 0) continue;
            assertEquals(what, Long.toHexString(expected), Long.toHexString(stored));
            compare(what);
        }
    }
}
