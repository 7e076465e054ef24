package org.lkpk.cpu.host;

import static org.junit.Assert.assertNotNull;
import static org.junit.Assume.assumeTrue;

import org.junit.Test;

/** Other tests of machine code do nothing where there is none: here is said where there must be. */
public class LinkTest {
    @Test
    public void java17OnLinuxOfX8664HasMachineCode() throws ReflectiveOperationException {
        String host = System.getProperty("os.name") + ' ' + System.getProperty("os.arch");
        assumeTrue("machine code is for Java 17 on Linux amd64, and this is " + Runtime.version().feature() + " on " + host,
                Runtime.version().feature() == 17 && host.equals("Linux amd64"));
        assumeTrue("this JVM has no compiler interface", ModuleLayer.boot().findModule("jdk.internal.vm.ci").isPresent());
        new Link(); // Throws what keeps it from that.
        assertNotNull(HostCode.layout());
    }
}
