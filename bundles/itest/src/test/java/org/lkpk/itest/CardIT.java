package org.lkpk.itest;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Random;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.lkpk.api.machine.SlotView;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Cards that come and go while tiny runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CardIT {
    @Inject
    private BundleContext context;
    private RunningGuest tiny;
    private Bundle com2;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Before
    public void boot() throws Exception {
        tiny = RunningGuest.tiny(context, "slots").boot();
        com2 = Container.bundle(context, "org.lkpk.slot.com2");
    }

    @After
    public void stopAll() throws Exception {
        com2.stop();
        tiny.close();
    }

    @Test
    public void aCardIsSeenAsSoonAsItsSlotBundleHasStarted() throws Exception {
        assertTrue(tiny.terminal.command("s").startsWith("com2 absent"));
        com2.start();
        assertTrue(tiny.terminal.command("s").startsWith("com2 16550A"));
        com2.stop();
        assertTrue(tiny.terminal.command("s").startsWith("com2 absent"));
        com2.start();
        assertTrue(tiny.terminal.command("s").startsWith("com2 16550A"));
    }

    @Test
    public void aHotAddedCardCarriesAThousandBytesEachWay() throws Exception {
        com2.start();
        byte[] sent = new byte[1000];
        new Random(1).nextBytes(sent);
        Cable cable = new Cable();
        tiny.machine.connect("com2", cable);
        tiny.terminal.type("e 1000\r");
        tiny.terminal.await("ready\r\n");
        tiny.machine.input("com2", "serial", sent);
        tiny.terminal.prompt();
        assertEquals(0, tiny.terminal.status());
        assertArrayEquals(sent, cable.arrived());
        assertTrue(tiny.terminal.command("s").matches("com2 16550A, irq3 [1-9][0-9]*\n"));
    }

    @Test
    public void aGuestWhoseCardIsPulledWhileItWaitsGoesOn() throws Exception {
        com2.start();
        tiny.terminal.type("e 10\r");
        tiny.terminal.await("ready\r\n");
        com2.stop();
        tiny.terminal.prompt();
        assertEquals(1, tiny.terminal.status());
        assertTrue(tiny.terminal.command("s").startsWith("com2 absent"));
    }

    @Test
    public void aCardWhosePortsAreTakenIsRefusedByNameAndHarmsNobody() throws Exception {
        Bundle rival = context.installBundle("test:rival", Jar.named("rival")
                .header("LKPK-Slot", "rival;card=org.lkpk.card.uart;port=0x3f8;irq=5").stream());
        try {
            rival.start();
            SlotView view = slot("rival");
            assertTrue(view.refusal(), view.refusal().contains("rival") && view.refusal().contains("3F8")
                    && view.refusal().contains("com1"));
            assertEquals("", view.version());
            assertTrue(view.claims().isEmpty());
            assertEquals("", slot("com1").refusal());
            assertEquals("console=ttyS0\n", tiny.terminal.command("b"));
        } finally {
            rival.uninstall();
        }
        assertTrue(tiny.machine.slots().stream().noneMatch(view -> view.slot().equals("rival")));
    }

    @Test
    public void aRefusedCardIsPluggedWhenTheOtherLeaves() throws Exception {
        com2.start();
        Bundle rival = context.installBundle("test:rival", Jar.named("rival")
                .header("LKPK-Slot", "rival;card=org.lkpk.card.uart;port=0x2f8;irq=3").stream());
        try {
            rival.start();
            assertTrue(slot("rival").refusal().contains("com2"));
            com2.stop();
            assertEquals("", slot("rival").refusal());
            assertTrue(tiny.terminal.command("s").startsWith("com2 16550A"));
        } finally {
            rival.uninstall();
        }
    }

    private SlotView slot(String name) {
        return tiny.machine.slots().stream().filter(view -> view.slot().equals(name)).findFirst().orElseThrow();
    }
}
