package org.lkpk.shell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Finds the machine that a command is for. */
@Component(service = Rack.class)
public final class Rack {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Machines machines;

    @Activate
    public Rack(@Reference Machines machines) {
        this.machines = machines;
    }

    List<Machine> all() {
        return machines.all();
    }

    /** The machine of this name; the only one if the name is empty. */
    Machine machine(String name) {
        List<String> names = new ArrayList<>();
        for (Machine machine : machines.all()) {
            if (machine.name().equals(name)) return machine;
            names.add(machine.name());
        }
        if (names.isEmpty()) throw new IllegalArgumentException("there is no machine");
        if (!name.isEmpty()) throw new IllegalArgumentException("no machine " + name + "; there are " + names);
        if (names.size() > 1) throw new IllegalArgumentException("several machines, choose one by -n: " + names);
        return machines.all().get(0);
    }

    /** Does {@code work} between two instructions. */
    static <T> T atRest(Machine machine, Callable<T> work) throws Exception {
        return machine.atRest(Machine.When.ANY, DEADLINE, work);
    }

    /** The processor, for work at rest. */
    static Cpu cpu(Machine machine) {
        if (machine.cpus().isEmpty()) throw new IllegalStateException(machine.name() + ": no CPU bundle is active");
        return machine.cpus().get(0);
    }
}
