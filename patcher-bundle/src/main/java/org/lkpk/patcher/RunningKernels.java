package org.lkpk.patcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lkpk.api.kernel.KernelImage;
import org.lkpk.api.kernel.Kernels;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.lkpk.patcher.kernel.SystemMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Keeps one {@link Guest} for each machine. */
@Component(service = {Kernels.class, RunningKernels.class})
public final class RunningKernels implements Kernels {
    private final Machines machines;
    private final Map<Machine, Guest> guests = new IdentityHashMap<>();

    @Activate
    public RunningKernels(@Reference Machines machines) {
        this.machines = machines;
    }

    @Deactivate
    synchronized void deactivate() {
        guests.values().forEach(Guest::leave);
        guests.clear();
    }

    /** Guests of the machines that there are now, oldest first. */
    synchronized List<Guest> guests() {
        List<Machine> present = machines.all();
        forgetAllBut(present);
        List<Guest> found = new ArrayList<>();
        for (Machine machine : present) found.add(guests.computeIfAbsent(machine, Guest::new));
        return found;
    }

    private void forgetAllBut(List<Machine> present) {
        guests.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) entry.getValue().leave();
            return gone;
        });
    }

    private synchronized Guest guest(Machine machine) {
        // A machine that is gone would keep the class loaders of its CPU and cards.
        forgetAllBut(machines.all());
        return guests.computeIfAbsent(machine, Guest::new);
    }

    @Override
    public Optional<KernelImage> running(Machine machine) {
        return guest(machine).kernel().map(kernel -> kernel);
    }

    @Override
    public void systemMap(Machine machine, Path file) throws IOException {
        guest(machine).map(file == null ? null : SystemMap.read(file));
    }
}
