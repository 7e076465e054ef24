package org.lkpk.cpu.state;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assume.assumeTrue;

import java.util.Arrays;
import org.junit.Test;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.protect.Bench;

/** Both ways to an array's bytes do the same. */
public class RawTest {
    private final Raw checked = new Raw.Checked();

    @Test
    public void theBestWayIsNotTheCheckedOneWhereTheJvmHasAnother() {
        assumeTrue("a JVM of today", Runtime.version().feature() <= 25);
        assertNotEquals(Raw.Checked.class, Raw.BEST.getClass());
    }

    @Test
    public void bothWaysReadTheSame() {
        byte[] bytes = {1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11};
        for (int n = 0; n < 4; n++) {
            assertEquals(checked.getByte(bytes, n), Raw.BEST.getByte(bytes, n));
            assertEquals(checked.getShort(bytes, n), Raw.BEST.getShort(bytes, n));
            assertEquals(checked.getInt(bytes, n), Raw.BEST.getInt(bytes, n));
            assertEquals(checked.getLong(bytes, n), Raw.BEST.getLong(bytes, n));
        }
        assertEquals(0xFC03FE01, Raw.BEST.getInt(bytes, 0));
    }

    @Test
    public void bothWaysWriteTheSame() {
        byte[] one = new byte[32], other = new byte[32];
        Raw[] ways = {checked, Raw.BEST};
        for (int n = 0; n < 2; n++) {
            byte[] to = n == 0 ? one : other;
            ways[n].putByte(to, 1, (byte) 0x81);
            ways[n].putShort(to, 3, (short) 0x8283);
            ways[n].putInt(to, 6, 0x84858687);
            ways[n].putLong(to, 11, 0x88898A8B8C8D8E8FL);
        }
        assertArrayEquals(one, other);
        assertEquals((byte) 0x87, other[6]);
    }

    /** A board whose memory ends in the midst of its last page. */
    private static final class Short extends Bench {
        boolean cut;

        @Override
        public byte[] bytes() {
            return cut ? Arrays.copyOf(super.bytes(), super.bytes().length - 0x800) : super.bytes();
        }
    }

    @Test
    public void noPageIsAccessedOfWhichAPartIsMissing() {
        Short board = new Short();
        int end = board.bytes().length, page = end - 0x1000;
        board.cut = true;
        Tlb tlb = new CpuState(board, new Model(Profile.P6)).tlb;
        tlb.guard = board;
        assertThrows(IllegalStateException.class, () -> tlb.load32(page));
        assertThrows(IllegalStateException.class, () -> tlb.view(false).load32(end - 4, 0));
        assertThrows(IllegalStateException.class, () -> tlb.view(false).store32(page, 1, 0));
        assertEquals(0, tlb.view(false).load32(page - 4, 0));
    }
}
