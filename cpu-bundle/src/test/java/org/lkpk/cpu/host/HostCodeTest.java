package org.lkpk.cpu.host;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assume.assumeNotNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.lkpk.cpu.host.Assembler.Far;

public class HostCodeTest {
    private static final int SHORT = 200, LONG = 1 << 15;
    private HostCode host;

    @Before
    public void open() {
        host = HostCode.open(0x80000 + 2 * LONG);
        assumeNotNull(host);
    }

    @After
    public void close() {
        if (host != null) host.close();
    }

    private long install(int length) {
        return host.install(new byte[length], new Far[0], "code of " + length);
    }

    /** Installs pieces until there is no room; they are somewhere of their own. */
    private List<Long> fill() {
        List<Long> all = new ArrayList<>();
        for (long at = install(SHORT); at != 0; at = install(SHORT)) all.add(at);
        assertEquals(all.size(), all.stream().distinct().count());
        return all;
    }

    @Test
    public void anotherMachineHasRoomOfItsOwn() {
        HostCode other = HostCode.open();
        assertNotEquals(install(SHORT), other.install(new byte[SHORT], new Far[0], this));
        other.close();
    }

    @Test
    public void codeHasAnOwner() {
        Object owner = new Object();
        assertSame(owner, host.owner(host.install(new byte[SHORT], new Far[0], owner)));
    }

    @Test
    public void placesOfShortCodeBecomeOneForLongCode() {
        for (long at : fill()) host.remove(at, SHORT);
        assertNotEquals(0, install(LONG));
    }

    @Test
    public void thePlaceOfLongCodeIsForMuchShortCode() {
        long at = install(LONG);
        int before = fill().size();
        host.remove(at, LONG);
        assertEquals(LONG >> 8, fill().size());
        assertNotEquals(0, before);
    }

    @Test
    public void nothingIsInstalledWhereThereIsNoRoom() {
        assertEquals(0, install(8 * LONG));
        fill();
        assertEquals(0, install(1));
    }

    @Test
    public void whatIsClosedHasNoRoom() {
        host.close();
        assertEquals(0, install(SHORT));
        host.unlink(0);
    }
}
