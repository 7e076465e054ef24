package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.machine.Boot;

/** Uses the network once; runs where {@code -Dlkpk.guest=required} asks for the guest. */
public class DebianGuestTest {
    @Test
    public void kernelComesOnceAndThenFromTheCache() throws Exception {
        assumeTrue("-Dlkpk.guest=required", "required".equals(System.getProperty("lkpk.guest")));
        Boot first = new DebianGuest().fetch(System.out::println).boot();
        List<String> lines = new ArrayList<>();
        Boot second = new DebianGuest().fetch(lines::add).boot();
        assertTrue(first.title(), first.title().matches("vmlinuz-6\\.1\\..*-686"));
        assertTrue(lines.toString(), lines.isEmpty());
        assertArrayEquals(first.kernel(), second.kernel());
        assertArrayEquals(first.initrd(), second.initrd());
    }
}
