package org.lkpk.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.lkpk.api.bus.Card;
import org.lkpk.api.cpu.Cpu;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.BundleTrackerCustomizer;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings slot bundles, card services and CPU services to the machines. It runs on the framework's threads and holds no
 * lock while it calls the framework or waits for a machine: who is plugged where is decided on the machine's thread
 * alone, and whatever changed meanwhile is looked at once more afterwards.
 */
final class Plugger {
    private static final Logger LOG = LoggerFactory.getLogger(Plugger.class);

    private final Map<String, SlotSpecification> slots = new ConcurrentSkipListMap<>();
    private final List<Provider<Card>> cards = new CopyOnWriteArrayList<>();
    private final List<Provider<Cpu>> cpus = new CopyOnWriteArrayList<>();
    private final List<Pc> machines = new CopyOnWriteArrayList<>();
    private final BundleTracker<List<SlotSpecification>> slotTracker;
    private final ServiceTracker<Card, Provider<Card>> cardTracker;
    private final ServiceTracker<Cpu, Provider<Cpu>> cpuTracker;
    private volatile boolean stopping;

    Plugger(BundleContext context) {
        slotTracker = new BundleTracker<>(context, Bundle.ACTIVE, new SlotBundles());
        cardTracker = new ServiceTracker<>(context, Card.class, new Providers<>(context, this::cardCame, this::cardWent));
        cpuTracker = new ServiceTracker<>(context, Cpu.class, new Providers<>(context, this::cpuCame, this::cpuWent));
    }

    void open() {
        cpuTracker.open();
        cardTracker.open();
        slotTracker.open();
    }

    void close() {
        slotTracker.close();
        cardTracker.close();
        cpuTracker.close();
    }

    /** From now on nothing that goes is expected back. */
    void frameworkStops() {
        stopping = true;
    }

    /** A new machine: all slots and cards that there are, and a CPU. */
    void admit(Pc pc) {
        machines.add(pc);
        fitCpu(pc);
        for (SlotSpecification slot : slots.values()) {
            pc.add(slot);
            if (slots.get(slot.name()) != slot) pc.remove(slot.name(), false);
        }
        fill(pc);
    }

    /** The machine has been disposed of; its instances go back. */
    void dismiss(Pc pc) {
        machines.remove(pc);
        for (Fitting fitting : pc.fittings()) release(fitting);
        for (Provider<Cpu> provider : cpus) {
            if (!pc.hasCpuOf(provider)) continue;
            provider.release(pc.emptySocket());
            return;
        }
    }

    /** Tries every slot that stands empty, refused ones included. */
    private void fill(Pc pc) {
        for (SlotSpecification slot : slots.values()) fill(pc, slot);
    }

    private void fill(Pc pc, SlotSpecification slot) {
        if (pc.occupied(slot.name())) return;
        for (Provider<Card> provider : cards) {
            if (!provider.key().equals(slot.card())) continue;
            Card card = provider.instance();
            if (card == null) continue;
            boolean fitted = attempt(pc, () -> pc.fit(
                    new Fitting(slot.name(), provider, provider.key(), provider.version(), card)));
            if (!fitted) provider.release(card);
            else if (!cards.contains(provider)) release(pc.leave(provider, provider.key(), false));
            return;
        }
    }

    private void fitCpu(Pc pc) {
        for (Provider<Cpu> provider : cpus) {
            if (pc.cpu() != null) return;
            Cpu cpu = provider.instance();
            if (cpu == null) continue;
            if (!attempt(pc, () -> pc.fit(cpu, provider))) provider.release(cpu);
            else if (!cpus.contains(provider)) takeCpu(pc, provider);
        }
    }

    private void takeCpu(Pc pc, Provider<Cpu> provider) {
        Cpu cpu = pc.leave(provider);
        if (cpu != null) provider.release(cpu);
    }

    private static boolean attempt(Pc pc, BooleanSupplier work) {
        try {
            return work.getAsBoolean();
        } catch (IllegalStateException e) {
            LOG.warn("{}", e.getMessage());
            return false;
        }
    }

    private void eachMachine(Consumer<Pc> work) {
        for (Pc pc : machines) {
            attempt(pc, () -> {
                work.accept(pc);
                return true;
            });
        }
    }

    private void cardCame(Provider<Card> provider) {
        cards.add(provider);
        eachMachine(this::fill);
    }

    private void cardWent(Provider<Card> provider) {
        boolean comesBack = comesBack(provider.reference().getBundle());
        cards.remove(provider);
        eachMachine(pc -> {
            release(pc.leave(provider, provider.key(), comesBack));
            if (!comesBack) fill(pc);
        });
    }

    private void cpuCame(Provider<Cpu> provider) {
        cpus.add(provider);
        eachMachine(this::fitCpu);
    }

    private void cpuWent(Provider<Cpu> provider) {
        cpus.remove(provider);
        eachMachine(pc -> {
            takeCpu(pc, provider);
            fitCpu(pc);
        });
    }

    private static void release(List<Fitting> fittings) {
        for (Fitting fitting : fittings) release(fitting);
    }

    @SuppressWarnings("unchecked")
    private static void release(Fitting fitting) {
        ((Provider<Card>) fitting.provider()).release(fitting.card());
    }

    /** Whether a bundle that goes is being updated or refreshed rather than stopped for good. */
    private boolean comesBack(Bundle bundle) {
        if (stopping || bundle == null || bundle.getState() == Bundle.UNINSTALLED) return false;
        BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
        return level != null && level.isPersistentlyStarted();
    }

    /** Follows the bundles with a slot header while they are active. */
    private final class SlotBundles implements BundleTrackerCustomizer<List<SlotSpecification>> {
        @Override
        public List<SlotSpecification> addingBundle(Bundle bundle, BundleEvent event) {
            String header = bundle.getHeaders("").get(SlotSpecification.HEADER);
            if (header == null) return null;
            List<SlotSpecification> mine = new ArrayList<>();
            try {
                for (SlotSpecification slot : SlotSpecification.parse(header)) {
                    if (slots.putIfAbsent(slot.name(), slot) == null) mine.add(slot);
                    else LOG.error("{}: there is a slot {} already", bundle.getSymbolicName(), slot.name());
                }
            } catch (IllegalArgumentException e) {
                LOG.error("{}: {}", bundle.getSymbolicName(), e.getMessage());
            }
            for (SlotSpecification slot : mine)
                eachMachine(pc -> {
                    pc.add(slot);
                    fill(pc, slot);
                });
            return mine;
        }

        @Override
        public void modifiedBundle(Bundle bundle, BundleEvent event, List<SlotSpecification> mine) {
            // Headers do not change while a bundle is active.
        }

        @Override
        public void removedBundle(Bundle bundle, BundleEvent event, List<SlotSpecification> mine) {
            boolean comesBack = comesBack(bundle);
            for (SlotSpecification slot : mine) {
                slots.remove(slot.name());
                eachMachine(pc -> {
                    release(pc.remove(slot.name(), comesBack));
                    if (!comesBack) fill(pc);
                });
            }
        }
    }

    /** Makes a provider of each service without taking an instance. */
    private record Providers<T>(BundleContext context, Consumer<Provider<T>> came,
            Consumer<Provider<T>> went) implements ServiceTrackerCustomizer<T, Provider<T>> {
        @Override
        public Provider<T> addingService(ServiceReference<T> reference) {
            Provider<T> provider = Provider.of(context, reference);
            if (provider != null) came.accept(provider);
            return provider;
        }

        @Override
        public void modifiedService(ServiceReference<T> reference, Provider<T> provider) {
            // No property of theirs matters here.
        }

        @Override
        public void removedService(ServiceReference<T> reference, Provider<T> provider) {
            went.accept(provider);
        }
    }
}
