package org.lkpk.itest;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import org.osgi.framework.wiring.BundleWiring;

/** The bundles of the CPU and of the UART get higher versions while tiny runs. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class UpdateIT {
    private static final String CPU = "org.lkpk.cpu", UART = "org.lkpk.card.uart";
    private static final int UPDATES = 200, WARM = 40;
    private static final long METASPACE_ALLOWED = 3 << 20;

    private static int version;

    @Inject
    private BundleContext context;
    private RunningGuest tiny;

    @Configuration
    public Option[] configuration() throws IOException {
        return Container.of("lkpk-run");
    }

    @Before
    public void boot() throws Exception {
        tiny = RunningGuest.tiny(context, "updated").boot();
    }

    @After
    public void stop() throws Exception {
        tiny.close();
    }

    @Test
    public void aGuestComputesOnWhileItsCpuIsUpdated() throws Exception {
        tiny.terminal.command("c 300");
        String sums = tiny.terminal.command("w");
        tiny.terminal.command("c 300");
        long ticks = tiny.atRest(() -> tiny.machine.board().ticks());
        for (int i = 0; i < 5; i++) {
            String now = update(CPU);
            assertEquals(now, tiny.atRest(() -> tiny.machine.cpus().get(0).version()));
            long later = tiny.atRest(() -> tiny.machine.board().ticks());
            assertTrue("the time stamp went from " + ticks + " to " + later, later > ticks);
            ticks = later;
        }
        assertEquals(sums, tiny.terminal.command("w"));
    }

    @Test
    public void theTimerTicksOnAfterAnUpdateOfTheCpu() throws Exception {
        int before = ticks();
        update(CPU);
        RunningGuest.await("ten more ticks", () -> ticks() > before + 10);
    }

    @Test
    public void aCharacterHalfSentWhenTheUartIsUpdatedArrivesOnce() throws Exception {
        Cable cable = new Cable();
        cable.hold(true);
        echoing(20, cable, "baud", bytes -> {
            tiny.machine.input("com2", "serial", bytes);
            // 16 wait in the transmitter, one is on its way out: the guest's own view of a line that stands.
            Thread.sleep(100);
            String now = update(UART);
            assertEquals(now, slot("com2").version());
            assertEquals(0, cable.arrived().length);
            cable.hold(false);
        });
    }

    @Test
    public void bytesAreNeitherLostNorDoubledWhileUartAndCpuAreUpdated() throws Exception {
        echoing(3000, new Cable(), "baud", bytes -> {
            for (int i = 0; i < 10; i++) {
                tiny.machine.input("com2", "serial", Arrays.copyOfRange(bytes, i * 300, (i + 1) * 300));
                update(i % 2 == 0 ? UART : CPU);
            }
        });
    }

    @Test
    public void classLoadersOfTwoHundredUpdatesAreCollected() throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        long warm = 0;
        for (int i = 1; i <= UPDATES; i++) {
            for (String name : List.of(CPU, UART)) {
                loaders.add(new WeakReference<>(Container.bundle(context, name).adapt(BundleWiring.class).getClassLoader()));
                update(name);
            }
            tiny.terminal.command("b");
            if (i == WARM) warm = metaspace();
        }
        RunningGuest.await("all but the last class loaders collected", () -> {
            System.gc();
            return loaders.stream().filter(loader -> loader.get() != null).count() == 0;
        });
        long grown = metaspace() - warm;
        assertTrue("metaspace grew by " + grown + " bytes in " + (UPDATES - WARM) + " updates", grown < METASPACE_ALLOWED);
    }

    /** Has the guest send back {@code count} bytes that {@code work} is to put on the line of com2. */
    private void echoing(int count, Cable cable, String pace, Work work) throws Exception {
        Bundle slot = context.installBundle("test:com2", Jar.named("com2")
                .header("LKPK-Slot", "com2;card=org.lkpk.card.uart;port=0x2f8;irq=3;pace=" + pace).stream());
        try {
            slot.start();
            tiny.machine.connect("com2", cable);
            byte[] bytes = new byte[count];
            new Random(count).nextBytes(bytes);
            tiny.terminal.type("e " + count + "\r");
            tiny.terminal.await("ready\r\n");
            work.on(bytes);
            tiny.terminal.prompt();
            assertEquals(0, tiny.terminal.status());
            RunningGuest.await("all bytes sent", () -> cable.arrived().length >= count);
            assertArrayEquals(bytes, cable.arrived());
        } finally {
            slot.uninstall();
        }
    }

    private interface Work {
        void on(byte[] bytes) throws Exception;
    }

    /** Updates a bundle to a version higher than all before; returns it. */
    private String update(String name) throws Exception {
        String now = "0.2." + ++version;
        Container.bundle(context, name).update(Jar.of(name).version(now).stream());
        assertEquals(Bundle.ACTIVE, Container.bundle(context, name).getState());
        return now;
    }

    private int ticks() throws Exception {
        return Integer.parseInt(tiny.terminal.command("t").split(" ")[0]);
    }

    private SlotView slot(String name) {
        return tiny.machine.slots().stream().filter(view -> view.slot().equals(name)).findFirst().orElseThrow();
    }

    private static long metaspace() {
        System.gc();
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans())
            if (pool.getName().equals("Metaspace")) return pool.getUsage().getUsed();
        throw new AssertionError("this JVM tells no metaspace");
    }
}
