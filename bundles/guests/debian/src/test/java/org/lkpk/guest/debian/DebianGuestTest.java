package org.lkpk.guest.debian;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.Test;
import org.lkpk.api.guest.GuestUnavailable;
import org.lkpk.api.machine.Boot;

public class DebianGuestTest {
    @Test
    public void aKernelThatDebianCannotHaveIsRefusedByName() {
        for (String name : List.of("", "6.1.0-50-amd64", "../686", "686-pae/..")) {
            GuestUnavailable e = assertThrows(GuestUnavailable.class, () -> new DebianGuest().fetch(name, line -> { }));
            assertTrue(e.getMessage(), e.getMessage().startsWith("debian: no kernel " + name + ";"));
        }
    }

    /** Uses the network once; runs where {@code -Dlkpk.guest=required} asks for the guest. */
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
