package org.lkpk.shell;

import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.lkpk.api.bus.SerialEnd;
import org.lkpk.api.machine.Console;
import org.lkpk.api.machine.Machine;

/** The far end of a machine's first serial line. History and watchers change on the machine's thread alone. */
final class SerialConsole implements Console, SerialEnd {
    private static final String SLOT = "com1";
    private static final String INPUT = "serial";
    /** The machine comes to an instruction boundary at once; this is for one that hangs. */
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Machine machine;
    private final byte[] last = new byte[Ring.SIZE];
    private long count;
    private final CopyOnWriteArrayList<Ring> watches = new CopyOnWriteArrayList<>();

    SerialConsole(Machine machine) {
        this.machine = machine;
        machine.connect(SLOT, this);
    }

    /** Leaves the serial line with nothing at its far end. */
    void disconnect() {
        machine.connect(SLOT, null);
    }

    @Override
    public boolean ready() {
        for (Ring watch : watches) if (!watch.ready()) return false;
        return true;
    }

    @Override
    public void send(int value) {
        last[(int) count++ & Ring.SIZE - 1] = (byte) value;
        for (Ring watch : watches) watch.put((byte) value);
    }

    @Override
    public byte[] history() {
        return atRest(this::copy);
    }

    private byte[] copy() {
        int length = (int) Math.min(count, Ring.SIZE);
        byte[] copy = new byte[length];
        for (int i = 0; i < length; i++) copy[i] = last[(int) (count - length + i) & Ring.SIZE - 1];
        return copy;
    }

    @Override
    public Watch watch(OutputStream out, boolean replay) {
        Ring watch = atRest(() -> {
            Ring ring = new Ring(out, replay ? copy() : new byte[0], watches::remove);
            watches.add(ring);
            return ring;
        });
        watch.start();
        return watch;
    }

    @Override
    public void type(byte[] bytes) throws InterruptedException {
        machine.input(SLOT, INPUT, bytes);
    }

    private <T> T atRest(Callable<T> work) {
        try {
            return machine.atRest(Machine.When.ANY, DEADLINE, work);
        } catch (Exception failure) {
            throw new IllegalStateException("console of " + machine.name() + ": the machine does not come to rest", failure);
        }
    }
}
