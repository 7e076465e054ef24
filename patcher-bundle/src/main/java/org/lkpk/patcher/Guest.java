package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
    private final List<Applied> coming = new ArrayList<>();
    private final List<Room> grown = new ArrayList<>();
    private GuestRuntime runtime;
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

    /** Whether a patch has been applied before. */
    boolean warm() {
        return warm;
    }

    /** A patch, not the patcher's own code, has been applied. */
    void warmed() {
        warm = true;
    }

    /** A patch is on its way: what patches share stays. */
    void awaits(Applied patch) {
        coming.add(patch);
    }

    void arrived(Applied patch) {
        coming.remove(patch);
        applied.add(patch);
    }

    void left(Applied patch) {
        coming.remove(patch);
        applied.remove(patch);
    }

    /**
     * The patcher's own code in the guest, put there now if it is not there yet; null if the kernel is not one that it
     * knows. Guarded by the patcher's lock.
     */
    GuestRuntime runtime(Kernel found, Duration patience) throws PatchRefused, GuestBusy {
        entries();
        if (runtime == null && GuestRuntime.fits(found)) runtime = GuestRuntime.start(this, found, patience);
        return runtime;
    }

    /** Takes the patcher's own code out when the last patch has left; a line for each thing that could not be undone. */
    List<String> leaveIfUnused() {
        entries();
        if (runtime == null || applied.size() + coming.size() > 1) return List.of();
        GuestRuntime last = runtime;
        runtime = null;
        List<String> remarks = new ArrayList<>();
        for (Room own : grown) if (own.empty()) remarks.addAll(last.free(own));
        grown.removeIf(Room::empty);
        remarks.addAll(last.leave());
        return remarks;
    }

    /** The loaded modules, by their names. */
    Map<String, Modules.Module> modules(Kernel found) throws PatchRefused {
        return resting(() -> new Modules(found, new LinearMemory(machine, found.pageOffset())).all());
    }

    /** Addresses of the loaded modules, by their names; empty if the guest does not rest. */
    Map<String, Integer> loaded(Kernel found) {
        return glance(found, memory -> new Modules(found, memory).live()).orElse(Map.of());
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
        grown.clear();
        entries = new Entries();
        occupants = null;
        applied.clear();
        coming.clear();
        runtime = null;
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

    /** Where the next text lies, and in which room; a room of the guest's own is made when the memory card is full. */
    record Place(Room room, Room.Block block) { }

    /**
     * Finds {@code size} bytes for text.
     *
     * @param helper the patcher's own code in the guest; null if there is none
     * @throws PatchRefused if there is no memory card, or it is full and the guest gives no memory of its own
     */
    synchronized Place place(Kernel found, int size, GuestRuntime helper) throws PatchRefused, GuestBusy {
        Room card = card(found);
        Room.Block block = card.take(size);
        if (block != null) return new Place(card, block);
        if (!card.atRest().isEmpty()) sweep(card, found);
        block = card.take(size);
        if (block != null) return new Place(card, block);
        for (Room room : grown) {
            block = room.take(size);
            if (block != null) return new Place(room, block);
        }
        if (helper == null)
            throw new PatchRefused("needs " + size + " bytes; the memory card's " + card.size() + " are in use");
        Room room = helper.room(size);
        grown.add(room);
        return new Place(room, room.take(size));
    }

    /** The memory card's room. What was in use stays known as long as the card stands where it stood. */
    private Room card(Kernel found) throws PatchRefused {
        forgetIfBooted();
        for (SlotView slot : machine.slots()) {
            if (!slot.card().equals(MEMORY_CARD) || !slot.refusal().isEmpty()) continue;
            for (SlotView.Claim claim : slot.claims()) {
                if (claim.kind() != SlotView.Kind.RAM) continue;
                int first = found.linear(claim.first()), last = found.linear(claim.last());
                if (room == null || !room.covers(first, last)) {
                    room = new Room(first, last + 1);
                    resting(() -> new LinearMemory(machine, found.pageOffset()).allowExecution(first, last));
                }
                return room;
            }
        }
        throw new PatchRefused("machine " + machine.name() + ": no memory card (" + MEMORY_CARD + ") to put new code in");
    }

    /** Gives text at rest that nothing refers to back to the card; the guest stands still for a look at all of its RAM. */
    private void sweep(Room full, Kernel found) throws PatchRefused {
        int offset = found.pageOffset();
        List<Room.Block> blocks = full.atRest().stream().map(b -> new Room.Block(b.start() - offset, b.end() - offset)).toList();
        List<Room.Block> kept = resting(() -> new Referrers(machine).referred(blocks, offset));
        full.keepAtRest(kept.stream().map(b -> new Room.Block(b.start() + offset, b.end() + offset)).toList());
    }

    /** Reads or writes memory between two instructions; on the machine's thread. */
    interface Glance<T> {
        T at(LinearMemory memory) throws Exception;
    }

    /** What {@code work} makes of the memory of {@code found}; empty if that is null or the guest does not come to rest. */
    <T> Optional<T> glance(Kernel found, Glance<T> work) {
        try {
            return Optional.ofNullable(machine.atRest(Machine.When.ANY, REST, () -> work.at(new LinearMemory(machine, found.pageOffset()))));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (Exception notNow) {
            return Optional.empty();
        }
    }

    private <T> T resting(Callable<T> work) throws PatchRefused {
        try {
            return machine.atRest(Machine.When.ANY, REST, work);
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
