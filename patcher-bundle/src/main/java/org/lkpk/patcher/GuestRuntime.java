package org.lkpk.patcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.patcher.elf.LinkedText;
import org.lkpk.patcher.kernel.Kernel;

/**
 * The patcher's own code in one guest (runtime.c): it tells the kernel of the code of patches, so that their faults, WARNs
 * and call chains are the kernel's own affair, calls functions of theirs in a kernel thread, and keeps shadow variables.
 * It comes with the first patch and leaves with the last. For Linux 6.1, whose functions it stands in for.
 */
final class GuestRuntime {
    /** What patches may call. */
    static final String SHADOWS = "lkpk_shadow_";
    private static final String NAME = "lkpk";
    private static final String RELEASES = "6.1.*";
    private static final List<String> HOOKS = List.of("search_module_extables", "find_bug", "is_module_text_address",
            "module_address_lookup", "update_process_times");
    private static final List<String> OFFERED = List.of("lkpk_patches", "lkpk_call", "lkpk_leave", "lkpk_shadow_get", "lkpk_shadow_alloc",
            "lkpk_shadow_get_or_alloc", "lkpk_shadow_free", "lkpk_shadow_free_all", "lkpk_room", "lkpk_room_take", "lkpk_room_free");
    private static final Duration REST = Duration.ofSeconds(5);
    /** Of {@code struct patch} in runtime.c. */
    private static final int SLOT = 36, SLOTS = 128;
    /** Of {@code struct call}: offsets, and the values of its state. */
    private static final int CALL_STATE = 0, CALL_FUNCTION = 4, CALL_ANSWER = 8, CALL_ARGUMENTS = 12, CALL_ROOM = 20, CALL_WANTED = 1, CALL_DONE = 3;
    /** The kernel's functions by which loadable modules enter their pr_debug sites into its list, and take them out. */
    private static final String SITES_COME = "ddebug_add_module", SITES_GO = "ddebug_remove_module";
    /** Of {@code struct room}. */
    private static final int ROOM_PAGES = 4;
    private static final int PAGE = 0x1000, LEAST_PAGES = 16;
    private static final long POLL_MS = 2;

    private final Guest guest;
    private final Kernel kernel;
    private final Applied code;
    /** Code that the guest knows of, by slot; null where there is none. */
    private final LinkedText[] slots = new LinkedText[SLOTS];
    private final boolean[] left = new boolean[SLOTS];
    private boolean shadowed;

    private GuestRuntime(Guest guest, Kernel kernel, Applied code) {
        this.guest = guest;
        this.kernel = kernel;
        this.code = code;
    }

    /** Whether {@code kernel} is one that it knows. */
    static boolean fits(Kernel kernel) {
        if (!Glob.matches(RELEASES, kernel.release())) return false;
        for (String hook : HOOKS) if (kernel.symbols().only(hook).isEmpty()) return false;
        return true;
    }

    static GuestRuntime start(Guest guest, Kernel kernel, Duration patience) throws PatchRefused, GuestBusy {
        List<Patch.Function> functions = new ArrayList<>();
        for (String hook : HOOKS) {
            byte[] entry = Planner.entryNow(guest, kernel, hook);
            functions.add(new Patch.Function(hook, 0, entry));
        }
        Patch patch = new Patch(NAME, "", List.of(new Patch.ObjectFile("runtime.o", RELEASES, object())), functions);
        return new GuestRuntime(guest, kernel, Applied.applyRuntime(patch, guest, kernel, OFFERED, patience));
    }

    private static byte[] object() {
        try (InputStream in = GuestRuntime.class.getResourceAsStream("runtime.o")) {
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Symbols for patches. */
    Map<String, Integer> offered() {
        return code.text().exported();
    }

    Applied code() {
        return code;
    }

    /** A patch keeps shadow variables. */
    void shadowed() {
        shadowed = true;
    }

    /** What tells the guest of {@code text}. */
    Plan.Write arrival(LinkedText text) throws PatchRefused {
        int slot = -1;
        for (int i = SLOTS - 1; i >= 0; i--) {
            if (slots[i] == null && slot < 0 || left[i] && overlap(slots[i], text)) slot = i;
            if (slots[i] == null && !(slot >= 0 && left[slot])) slot = i;
        }
        if (slot < 0) throw new PatchRefused("more than " + SLOTS + " patches at once");
        slots[slot] = text;
        left[slot] = false;
        ByteBuffer entry = ByteBuffer.allocate(SLOT).order(ByteOrder.LITTLE_ENDIAN);
        entry.putInt(text.base()).putInt(text.codeEnd()).putInt(text.exceptions().address()).putInt(text.exceptions().count())
                .putInt(text.bugs().address()).putInt(text.bugs().count()).putInt(text.names().address()).putInt(text.names().count())
                .putInt(text.title());
        return new Plan.Write("runtime", address(slot), new byte[0], entry.array());
    }

    /** What makes the guest forget {@code text}; nobody may be in it any more. */
    Plan.Write departure(LinkedText text) {
        return new Plan.Write("runtime", address(slot(text)), new byte[0], new byte[SLOT]);
    }

    /** The guest has forgotten it. */
    void gone(LinkedText text) {
        slots[slot(text)] = null;
    }

    /** It was taken back, but a task is still inside: the guest knows of it until other code lies there. */
    void left(LinkedText text) {
        left[slot(text)] = true;
    }

    private int slot(LinkedText text) {
        for (int i = 0; i < SLOTS; i++) if (slots[i] == text) return i;
        throw new IllegalStateException("the guest does not know of it");
    }

    private int address(int slot) {
        return offered().get("lkpk_patches") + SLOT * slot;
    }

    private static boolean overlap(LinkedText one, LinkedText other) {
        return one.base() < other.base() + other.bytes().length && other.base() < one.base() + one.bytes().length;
    }

    /** Whether the kernel lists pr_debug sites. */
    boolean listsSites() {
        return kernel.symbols().only(SITES_COME).isPresent() && kernel.symbols().only(SITES_GO).isPresent();
    }

    /** Has the kernel list the pr_debug sites of {@code text} under the patch's name, as if that were a module's. */
    void list(LinkedText text) throws GuestBusy {
        if (text.sites().count() == 0) return;
        int room = offered().get("lkpk_call") + CALL_ROOM;
        int answer = call(kernel.symbols().only(SITES_COME).orElseThrow().address(), REST,
                new int[] {room, text.title()}, new int[] {text.sites().address(), 0, text.sites().count(), 0});
        if (answer != 0) throw new GuestBusy(SITES_COME + " answered " + answer);
    }

    /** Takes them off the list. */
    void unlist(LinkedText text) throws GuestBusy {
        if (text.sites().count() > 0)
            call(kernel.symbols().only(SITES_GO).orElseThrow().address(), REST, new int[] {text.title(), 0}, new int[0]);
    }

    /** Has the guest call a function that takes nothing. */
    int call(int function, Duration patience) throws GuestBusy {
        return call(function, patience, new int[2], new int[0]);
    }

    /**
     * Has the guest call {@code function}, in a worker thread of its own, and waits for the answer.
     *
     * @param room what an argument may point to
     * @throws GuestBusy if it has not returned within {@code patience}
     */
    private int call(int function, Duration patience, int[] arguments, int[] room) throws GuestBusy {
        int call = offered().get("lkpk_call");
        try {
            guest.machine().atRest(Machine.When.ANY, REST, () -> {
                LinearMemory memory = new LinearMemory(guest.machine(), kernel.pageOffset());
                memory.write(call + CALL_FUNCTION, word(function));
                for (int i = 0; i < arguments.length; i++) memory.write(call + CALL_ARGUMENTS + 4 * i, word(arguments[i]));
                for (int i = 0; i < room.length; i++) memory.write(call + CALL_ROOM + 4 * i, word(room[i]));
                memory.write(call + CALL_STATE, word(CALL_WANTED));
                return null;
            });
            long end = System.nanoTime() + patience.toNanos();
            while (read(call + CALL_STATE) != CALL_DONE) {
                if (System.nanoTime() > end) throw new GuestBusy("it has not returned for " + patience.toMillis() + " ms");
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
            return read(call + CALL_ANSWER);
        } catch (GuestBusy busy) {
            throw busy;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new GuestBusy("interrupted");
        } catch (Exception notNow) {
            throw new GuestBusy("the guest does not come to rest");
        }
    }

    /**
     * Room of the guest's own for {@code size} bytes, from its kernel's allocator for modules.
     *
     * @throws PatchRefused if the kernel has none
     */
    Room room(int size) throws PatchRefused, GuestBusy {
        int pages = Math.max(LEAST_PAGES, (size + PAGE - 1) / PAGE);
        int where = offered().get("lkpk_room");
        try {
            write(where + ROOM_PAGES, pages);
            int answer = call(offered().get("lkpk_room_take"), REST);
            int first = read(where);
            if (answer != 0) throw new PatchRefused("needs " + size + " bytes; the memory card is full and the kernel gives none (" + answer + ")");
            return new Room(first, first + pages * PAGE);
        } catch (PatchRefused | GuestBusy refused) {
            throw refused;
        } catch (Exception notNow) {
            throw new GuestBusy("the guest does not come to rest");
        }
    }

    /** Gives it back; a line if that fails. */
    List<String> free(Room room) {
        try {
            if (!code.valid()) return List.of();
            write(offered().get("lkpk_room"), room.first());
            call(offered().get("lkpk_room_free"), REST);
            return List.of();
        } catch (Exception failed) {
            return List.of("machine " + guest.machine().name() + ": memory for code stays with it: " + failed.getMessage());
        }
    }

    private void write(int linear, int value) throws Exception {
        guest.machine().atRest(Machine.When.ANY, REST, () -> {
            new LinearMemory(guest.machine(), kernel.pageOffset()).write(linear, word(value));
            return null;
        });
    }

    private int read(int linear) throws Exception {
        return guest.machine().atRest(Machine.When.ANY, REST, () -> new LinearMemory(guest.machine(), kernel.pageOffset()).word(linear));
    }

    private static byte[] word(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    /** Leaves the guest; returns a line for each thing that could not be undone. */
    List<String> leave() {
        List<String> remarks = new ArrayList<>();
        try {
            if (shadowed && code.valid()) call(offered().get("lkpk_leave"), REST);
        } catch (GuestBusy busy) {
            remarks.add("shadow variables stay: " + busy.getMessage());
        }
        remarks.addAll(code.revert(REST, Change.Between.SLEEP).remarks());
        return remarks;
    }
}
