package org.lkpk.bus;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.lkpk.api.bus.Card;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Boot;
import org.lkpk.api.machine.Machine.Status;
import org.lkpk.api.machine.Specification;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

/** The bus in a real framework, with bundles that hold nothing but headers; their services are the test's. */
public class PluggerTest {
    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private final List<FakeCard> cards = new CopyOnWriteArrayList<>();
    private final FakeCpu.Program spin = (cpu, number) -> { };
    private Framework framework;
    private Plugger plugger;
    private Pc pc;
    private Bundle slot;
    private Bundle card;
    private Bundle cpu;

    @Before
    public void boot() throws Exception {
        framework = new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, folder.getRoot().getPath()));
        framework.start();
        slot = framework.getBundleContext().installBundle("slot", jar("slot", "com1; card=fake"));
        card = framework.getBundleContext().installBundle("card", jar("fake", null));
        cpu = framework.getBundleContext().installBundle("cpu", jar("cpu", null));
        plugger = new Plugger(framework.getBundleContext());
        plugger.open();
        pc = new Pc(Specification.named("pc").withMemory(16 << 20), () -> (machine, boot) -> { });
        plugger.admit(pc);
        startCpu();
        pc.boot(new Boot("test", new byte[0], new byte[0], ""));
    }

    @After
    public void stop() throws Exception {
        pc.dispose();
        plugger.dismiss(pc);
        plugger.close();
        framework.stop();
        framework.waitForStop(5000);
    }

    private static InputStream jar(String name, String slots) throws Exception {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
        headers.putValue(Constants.BUNDLE_VERSION, "1.2.3");
        if (slots != null) headers.putValue(SlotSpecification.HEADER, slots);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private void startCard() throws Exception {
        card.start();
        serve(card, Card.class, () -> {
            FakeCard made = new FakeCard();
            cards.add(made);
            return made;
        });
    }

    @Test
    public void theCpuOfAMachineThatIsGoneLetsGoOfIt() {
        FakeCpu cpu = (FakeCpu) pc.cpu();
        pc.dispose();
        plugger.dismiss(pc);
        assertNull(cpu.board);
    }

    private void startCpu() throws Exception {
        cpu.start();
        serve(cpu, Cpu.class, () -> new FakeCpu(spin));
    }

    private static <T> void serve(Bundle bundle, Class<T> type, Supplier<T> maker) {
        BundleContext context = bundle.getBundleContext();
        if (context == null) throw new IllegalStateException("stopped meanwhile");
        context.registerService(type, new PrototypeServiceFactory<T>() {
            @Override
            public T getService(Bundle user, ServiceRegistration<T> registration) {
                return maker.get();
            }

            @Override
            public void ungetService(Bundle user, ServiceRegistration<T> registration, T service) {
                if (service instanceof FakeCard given) given.seen.add("returned");
            }
        }, null);
    }

    @Test
    public void cardIsPluggedWhenSlotAndServiceAreThere() throws Exception {
        slot.start();
        assertFalse(pc.occupied("com1"));
        startCard();
        assertTrue(pc.occupied("com1"));
        assertEquals("1.2.3", pc.slots().get(0).version());
        slot.stop();
        assertEquals(List.of(), pc.slots());
        assertEquals(List.of("unplug", "returned"), cards.get(0).seen);
        slot.start();
        assertTrue(pc.occupied("com1"));
    }

    @Test
    public void stoppedCardStartsInPowerOnState() throws Exception {
        slot.start();
        startCard();
        cards.get(0).value = 5;
        card.stop();
        assertFalse(pc.occupied("com1"));
        assertEquals(0, pc.slots().get(0).claims().size());
        startCard();
        assertEquals(0, cards.get(1).value);
    }

    @Test
    public void updatedCardKeepsItsState() throws Exception {
        slot.start();
        startCard();
        cards.get(0).value = 5;
        card.update(jar("fake", null));
        assertFalse(pc.occupied("com1"));
        assertEquals("claims are kept", 2, pc.slots().get(0).claims().size());
        startCard();
        assertEquals(5, cards.get(1).value);
        assertEquals(List.of("unplug", "returned"), cards.get(0).seen);
    }

    @Test
    public void updatedSlotKeepsStateOfItsCard() throws Exception {
        slot.start();
        startCard();
        cards.get(0).value = 5;
        slot.update(jar("slot", "com1; card=fake; irq=6"));
        assertEquals(5, cards.get(1).value);
        assertEquals(6, pc.slots().get(0).claims().get(1).first());
    }

    @Test
    public void guestFreezesWhileCpuIsStopped() throws Exception {
        cpu.stop();
        assertNull(pc.cpu());
        assertEquals(Status.NO_CPU, pc.status());
        startCpu();
        assertEquals(Status.RUNNING, pc.status());
    }

    @Test
    public void refusedCardIsPluggedWhenTheOtherGoes() throws Exception {
        Bundle rival = framework.getBundleContext().installBundle("rival", jar("rival", "com0; card=fake"));
        slot.start();
        startCard();
        rival.start();
        assertFalse(pc.occupied("com0"));
        slot.stop();
        assertTrue(pc.occupied("com0"));
    }

    @Test
    public void everyMachineGetsItsOwnInstance() throws Exception {
        slot.start();
        startCard();
        Pc other = new Pc(Specification.named("other").withMemory(16 << 20), () -> null);
        plugger.admit(other);
        assertTrue(other.occupied("com1"));
        assertEquals(2, cards.size());
        other.dispose();
        plugger.dismiss(other);
        assertEquals(List.of("returned"), cards.get(1).seen);
    }

    @Test
    public void randomTogglingFromTwoThreadsEnds() throws Exception {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        Thread one = toggler(1, failures);
        Thread two = toggler(2, failures);
        one.join(20_000);
        two.join(20_000);
        assertEquals(List.of(), failures);
        assertFalse(one.isAlive() || two.isAlive());
        slot.stop();
        card.stop();
        cpu.stop();
        slot.start();
        startCard();
        startCpu();
        assertTrue(pc.occupied("com1"));
        assertEquals(Status.RUNNING, pc.status());
    }

    private Thread toggler(long seed, List<Throwable> failures) {
        Thread thread = new Thread(() -> {
            Random random = new Random(seed);
            for (int i = 0; i < 200; i++) {
                try {
                    toggle(random.nextInt(3));
                } catch (IllegalStateException e) {
                    // The other thread has just stopped the bundle whose service was to be registered.
                } catch (Throwable e) {
                    failures.add(e);
                }
            }
        });
        thread.start();
        return thread;
    }

    private void toggle(int which) throws Exception {
        Bundle bundle = which == 0 ? slot : which == 1 ? card : cpu;
        if (bundle.getState() == Bundle.ACTIVE) bundle.stop();
        else if (which == 0) slot.start();
        else if (which == 1) startCard();
        else startCpu();
    }
}
