package org.lkpk.shell;

import java.util.HashMap;
import java.util.Map;
import org.lkpk.api.machine.Console;
import org.lkpk.api.machine.Consoles;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.Machines;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The consoles of all machines, each made when first asked for. */
@Component
public final class SerialConsoles implements Consoles {
    private final Machines machines;
    private final Map<Machine, SerialConsole> consoles = new HashMap<>();

    @Activate
    public SerialConsoles(@Reference Machines machines) {
        this.machines = machines;
    }

    @Override
    public synchronized Console of(Machine machine) {
        consoles.keySet().retainAll(machines.all());
        return consoles.computeIfAbsent(machine, SerialConsole::new);
    }

    @Deactivate
    synchronized void deactivate() {
        consoles.keySet().retainAll(machines.all());
        consoles.values().forEach(SerialConsole::disconnect);
    }
}
