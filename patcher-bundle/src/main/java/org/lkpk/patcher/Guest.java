package org.lkpk.patcher;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.lkpk.api.cpu.Cpu;
import org.lkpk.api.kernel.Symbol;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.machine.SlotView;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.elf.LinkedText;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.kernel.KernelFinder;
import org.lkpk.patcher.kernel.PhysicalMemory;
import org.lkpk.patcher.kernel.SystemMap;

/**
 * One machine as the patcher sees it: the kernel that runs on it and the room for new text. All that is known is void
 * when the machine boots; a boot is told on the machine's thread, which does no more than count it.
 */
final class Guest implements Machine.Listener, PhysicalMemory {
    private static final Duration REST = Duration.ofSeconds(5);
    private static final String MEMORY_CARD = "org.lkpk.card.memory";
    /** A search that found nothing is repeated after this many times its own duration, so that waiting costs little. */
    private static final int PATIENCE = 10;

    private final Machine machine;
    private final AtomicInteger boots = new AtomicInteger();
    private Kernel kernel;
    private SystemMap map;
    private Room room;
    private Entries entries = new Entries();
    private Occupants occupants;
    private final List<Applied> applied = new CopyOnWriteArrayList<>();
    private boolean warm;
    private int knownBoot;
    private long nextSearch = System.nanoTime();

    Guest(Machine machine) {
        this.machine = machine;
        machine.listen(this);
    }

    void leave() {
        machine.unlisten(this);
    }

    Machine machine() {
        return machine;
    }

    @Override
    public void booted() {
        boots.incrementAndGet();
    }

    /** Number of boots seen; what was found under another number is void. */
    int boot() {
        return boots.get();
    }

    synchronized void map(SystemMap symbols) {
        map = symbols;
        kernel = null;
        nextSearch = System.nanoTime();
    }

    /** The kernel, searched for now if it is not known. */
    synchronized Optional<Kernel> kernel() {
        forgetIfBooted();
        if (kernel == null && machine.status() != Machine.Status.OFF) search();
        return Optional.ofNullable(kernel);
    }

    /** The kernel if it is known or if it is time to search again. */
    synchronized Optional<Kernel> kernelInTime() {
        forgetIfBooted();
        return kernel == null && System.nanoTime() < nextSearch ? Optional.empty() : kernel();
    }

    /** Who stands at each replaced function. */
    synchronized Entries entries() {
        forgetIfBooted();
        return entries;
    }

    /** Who is inside of what code of {@code found}. */
    synchronized Occupants occupants(Kernel found) {
        forgetIfBooted();
        if (occupants == null || !occupants.of(found)) occupants = new Occupants(machine, found);
        return occupants;
    }

    /** Whether a change has been made before. */
    boolean warm() {
        return warm;
    }

    void arrived(Applied patch) {
        warm = true;
        applied.add(patch);
    }

    void left(Applied patch) {
        applied.remove(patch);
    }

    /** {@code name+0x1f} for code of the kernel or of a patch; {@code name [patch]} is the latter. */
    String named(Kernel found, int address) {
        for (Applied one : applied)
            for (LinkedText.Function function : one.text().functions()) {
                int offset = address - function.address();
                if (Integer.compareUnsigned(offset, function.size()) < 0)
                    return function.name() + "+0x" + Integer.toHexString(offset) + " [" + one.patch().name() + "]";
            }
        return Occupants.named(found.symbols(), address);
    }

    private void forgetIfBooted() {
        if (knownBoot == boots.get()) return;
        knownBoot = boots.get();
        kernel = null;
        room = null;
        entries = new Entries();
        occupants = null;
        applied.clear();
        nextSearch = System.nanoTime();
    }

    private void search() {
        long begin = System.nanoTime();
        try {
            Optional<Kernel> found = new KernelFinder(this).find();
            if (found.isEmpty() && map != null) found = map.kernel(this, pageOffset());
            if (boots.get() == knownBoot) kernel = found.orElse(null);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception notNow) {
            // Not at rest in time, or just switched off: not known yet.
            kernel = null;
        }
        nextSearch = System.nanoTime() + PATIENCE * (System.nanoTime() - begin);
    }

    /** The processor knows best; as long as it does not map the kernel, the usual split holds. */
    private int pageOffset() throws Exception {
        return machine.atRest(Machine.When.ANY, REST, () -> {
            for (Cpu cpu : machine.cpus()) {
                long physical = cpu.physical(map.base());
                if (physical >= 0 && physical < size()) return map.base() - (int) physical;
            }
            return map.usualPageOffset();
        });
    }

    /** Why {@code found} cannot be patched yet, for people; empty if it can. */
    String obstacle(Kernel found) {
        Symbol state = found.systemState().orElse(null);
        if (state == null) return "";
        try {
            byte[] word = new byte[4];
            read(found.physical(state.address()), word, word.length);
            // The upper bytes are zero in any state there is.
            return (word[0] & 0xFF) < found.running() ? "kernel " + found.title() + " is still starting" : "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted";
        } catch (Exception notNow) {
            return "the guest does not come to rest";
        }
    }

    /**
     * The memory card's room for text. What was in use stays known as long as the card stands where it stood.
     *
     * @throws PatchRefused if there is no such card
     */
    synchronized Room room() throws PatchRefused {
        forgetIfBooted();
        for (SlotView slot : machine.slots()) {
            if (!slot.card().equals(MEMORY_CARD) || !slot.refusal().isEmpty()) continue;
            for (SlotView.Claim claim : slot.claims()) {
                if (claim.kind() != SlotView.Kind.RAM) continue;
                if (room == null || !room.covers(claim.first(), claim.last())) room = new Room(claim.first(), claim.last() + 1);
                return room;
            }
        }
        throw new PatchRefused("machine " + machine.name() + ": no memory card (" + MEMORY_CARD + ") to put new code in");
    }

    /** Gives text at rest that nothing refers to back to {@code room}; the guest stands still for a look at all of its RAM. */
    void sweep(Room full, Kernel found) throws PatchRefused {
        try {
            full.keepAtRest(machine.atRest(Machine.When.ANY, REST,
                    () -> new Referrers(machine).referred(full.atRest(), found.pageOffset())));
        } catch (TimeoutException busy) {
            throw new PatchRefused("machine " + machine.name() + ": did not come to rest within " + REST.toSeconds() + " s");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new PatchRefused("machine " + machine.name() + ": interrupted");
        } catch (Exception failed) {
            throw new PatchRefused("machine " + machine.name() + ": " + failed.getMessage());
        }
    }

    @Override
    public int size() {
        return (int) Math.min(Integer.MAX_VALUE, machine.specification().memory());
    }

    @Override
    public void read(int address, byte[] into, int count) throws Exception {
        machine.atRest(Machine.When.ANY, REST, () -> {
            machine.memory().read(address, into, 0, count);
            return null;
        });
    }
}
