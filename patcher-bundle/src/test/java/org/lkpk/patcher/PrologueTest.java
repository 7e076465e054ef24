package org.lkpk.patcher;

import static org.junit.Assert.assertEquals;

import java.util.HexFormat;
import org.junit.Test;

public class PrologueTest {
    private static int length(String hex) {
        return Prologue.length(HexFormat.of().parseHex(hex), 5);
    }

    @Test
    public void aFramesSetUpIsMovedWhole() {
        assertEquals(6, length("5589e583ec1090"));
    }

    @Test
    public void anImmediateIsNotTorn() {
        assertEquals(7, length("89c1b8c00bd7c63d00000000"));
    }

    @Test
    public void memoryOperandsAreMeasured() {
        assertEquals(7, length("8b8424800000009090"));
        assertEquals(6, length("8b0d0012340090"));
    }

    @Test
    public void aCallIsNotMoved() {
        assertEquals(0, length("55e800000000"));
    }
}
