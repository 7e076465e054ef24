package org.lkpk.bus;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.machine.Firmware;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.api.machine.Specification;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes machines and registers each as a service; immediate, since the machines live as long as it does. */
@Component(immediate = true)
public final class MachineFactory implements Machines {
    private static final Logger LOG = LoggerFactory.getLogger(MachineFactory.class);

    private final BundleContext context;
    private final Plugger plugger;
    private final SynchronousBundleListener shutdown;
    /** By name, oldest first; null while one is being made. */
    private final Map<String, Pc> machines = new LinkedHashMap<>();
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile Firmware firmware;

    @Activate
    public MachineFactory(BundleContext context) {
        this.context = context;
        plugger = new Plugger(context);
        shutdown = event -> {
            if (event.getBundle().getBundleId() == 0 && event.getType() == BundleEvent.STOPPING) frameworkStops();
        };
        context.addBundleListener(shutdown);
        plugger.open();
    }

    /** The guests go first, before their cards do. */
    private void frameworkStops() {
        plugger.frameworkStops();
        for (Pc pc : present()) {
            try {
                pc.off();
            } catch (IllegalStateException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(shutdown);
        boolean stopping = context.getBundle(0).getState() == Bundle.STOPPING;
        for (Pc pc : present()) pc.dispose(stopping ? "power off" : "power off: the bus is stopped");
        plugger.close();
    }

    @Override
    public Machine create(Specification specification) {
        reserve(specification.name());
        Pc pc;
        try {
            pc = new Pc(specification, () -> firmware);
        } catch (RuntimeException | Error e) {
            release(specification.name());
            throw e;
        }
        synchronized (machines) {
            machines.put(specification.name(), pc);
        }
        plugger.admit(pc);
        Dictionary<String, Object> properties = new Hashtable<>(Map.of("lkpk.machine", pc.name()));
        ServiceRegistration<Machine> registration = context.registerService(Machine.class, pc, properties);
        pc.onDisposal(() -> {
            registration.unregister();
            plugger.dismiss(pc);
            release(pc.name());
        });
        return pc;
    }

    private void reserve(String name) {
        synchronized (machines) {
            if (machines.containsKey(name)) throw new IllegalArgumentException("there is a machine " + name + " already");
            machines.put(name, null);
        }
    }

    private void release(String name) {
        synchronized (machines) {
            machines.remove(name);
        }
    }

    private List<Pc> present() {
        List<Pc> present = new ArrayList<>();
        synchronized (machines) {
            for (Pc pc : machines.values()) if (pc != null) present.add(pc);
        }
        return present;
    }

    @Override
    public List<Machine> all() {
        return List.copyOf(present());
    }
}
