package org.lkpk.cpu.meaning;

import static org.lkpk.cpu.state.CpuState.DF;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.lkpk.api.cpu.Memory;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Insn;

/**
 * What string instructions do to many elements at once: those of one page, as bytes of RAM. A run counts in the direction
 * that DF says; {@code low} is the index of its lowest byte.
 */
final class Runs {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int PAGE = 0x1000;

    private Runs() { }

    static boolean down(CpuState s) {
        return (s.system & DF) != 0;
    }

    /**
     * How many of {@code most} elements from {@code offset} of a segment on lie in one page and may all be accessed as far
     * as segment, address size and alignment go; 0 if the first element must be looked at alone.
     */
    static int length(CpuState s, Insn i, int segment, int offset, int bytes, int most, int need) {
        if (most < 2 || s.checksAlignment()) return 0;
        int size = Integer.numberOfTrailingZeros(bytes), inPage = s.base[segment] + offset & PAGE - 1, n;
        boolean down = down(s);
        if (inPage + bytes > PAGE) return 0;
        n = Math.min(most, down ? (inPage >> size) + 1 : PAGE - inPage >> size);
        if (i.addressSize == 16) {
            if (offset + bytes > 0x10000) return 0;
            n = Math.min(n, down ? (offset >> size) + 1 : 0x10000 - offset >> size);
        }
        int first = down ? offset - (n - 1 << size) : offset;
        return s.reaches(segment, first, n << size, need) ? n : 0;
    }

    /** Index of the lowest byte of a run of {@code n} elements, the first of which is at {@code index}. */
    static int low(CpuState s, int index, int bytes, int n) {
        return down(s) ? index - (n - 1) * bytes : index;
    }

    /**
     * How many of {@code n} elements to be written, the first at {@code index}, may be written at once: those before the
     * granule of the first if there is code somewhere, 0 if there is code in that.
     */
    static int writable(CpuState s, int index, int bytes, int n) {
        if (!s.tlb.code(low(s, index, bytes, n), n * bytes)) return n;
        int inGranule = index & Memory.GRANULE - 1;
        int fewer = Math.min(n, (down(s) ? inGranule + bytes : Memory.GRANULE - inGranule) / bytes);
        return fewer == 0 || s.tlb.code(low(s, index, bytes, fewer), fewer * bytes) ? 0 : fewer;
    }

    /** Whether a copy element by element does the same as {@link #copy}: one that overlaps by less than an element does not. */
    static boolean copies(int source, int target, int bytes) {
        int distance = Math.abs(target - source);
        return distance == 0 || distance >= bytes;
    }

    /** Copies as an element by element copy does: where it overlaps what it has written, that repeats itself. */
    static void copy(byte[] ram, int source, int target, int length, boolean down) {
        int distance = down ? source - target : target - source;
        if (distance <= 0 || distance >= length) {
            System.arraycopy(ram, source, ram, target, length);
            return;
        }
        // All between the source's start and what is written repeats itself after the distance, and can be copied again.
        for (int done = 0, part; done < length; done += part) {
            part = Math.min(length - done, distance + done);
            if (down) System.arraycopy(ram, source + length - part, ram, target + length - done - part, part);
            else System.arraycopy(ram, source, ram, target + done, part);
        }
    }

    static void fill(byte[] ram, int low, int n, int bytes, int v) {
        int length = n * bytes;
        byte b = (byte) v;
        if (bytes == 1 || b == (byte) (v >> 8) && (bytes == 2 || v == (b & 0xFF) * 0x01010101)) {
            Arrays.fill(ram, low, low + length, b);
            return;
        }
        for (int k = 0; k < bytes; k++) ram[low + k] = (byte) (v >> 8 * k);
        copy(ram, low, low + bytes, length - bytes, false);
    }

    /** The element at an index, zero-extended. */
    static int element(byte[] ram, int index, int bytes) {
        return bytes == 1 ? ram[index] & 0xFF : bytes == 2 ? (short) SHORT.get(ram, index) & 0xFFFF : (int) INT.get(ram, index);
    }

    /** How many of {@code n} pairs of elements are {@code equal}, or are not, before the first that differs from that. */
    static int pairs(byte[] ram, int a, int b, int bytes, int n, boolean down, boolean equal) {
        if (equal && !down) {
            int at = Arrays.mismatch(ram, a, a + n * bytes, ram, b, b + n * bytes);
            return at < 0 ? n : at / bytes;
        }
        int step = down ? -bytes : bytes, k = 0;
        while (k < n && element(ram, a + k * step, bytes) == element(ram, b + k * step, bytes) == equal) k++;
        return k;
    }

    /** How many of {@code n} elements are {@code equal} to {@code v}, or are not, before the first that differs from that. */
    static int elements(byte[] ram, int v, int at, int bytes, int n, boolean down, boolean equal) {
        int k = 0;
        if (bytes == 1 && !down) while (k < n && (ram[at + k] & 0xFF) == v == equal) k++;
        else for (int step = down ? -bytes : bytes; k < n && element(ram, at + k * step, bytes) == v == equal; ) k++;
        return k;
    }
}
