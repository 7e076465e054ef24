package org.lkpk.conformance;

import static org.junit.Assert.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.Test;

public class CpioTest {
    @Test
    public void entriesStandAtMultiplesOfFour() {
        byte[] archive = new Cpio().folder("t").program("t/abc", new byte[] {'x', 'y'}).end();
        String text = new String(archive, StandardCharsets.US_ASCII);
        assertEquals(0, archive.length % 4);
        assertEquals(0, text.indexOf("070701"));
        assertEquals("xy", text.substring(text.indexOf("t/abc\0") + 6).replace("\0", "").substring(0, 2));
        assertEquals(text.lastIndexOf("070701"), text.indexOf("TRAILER!!!") - 110);
        assertEquals(0, text.lastIndexOf("070701") % 4);
    }
}
