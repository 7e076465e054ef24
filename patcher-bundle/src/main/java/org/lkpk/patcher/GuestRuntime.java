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
    /** For its own way out while a call has not returned. */
    private static final Duration GLANCE = Duration.ofMillis(500);
    /** Of {@code struct patch} in runtime.c. */
    private static final int SLOT = 36, SLOTS = 128;
    /** The kernel's functions by which loadable modules enter their pr_debug sites into its list, and take them out. */
    private static final String SITES_COME = "ddebug_add_module", SITES_GO = "ddebug_remove_module";
    /** Of {@code struct room}. */
    private static final int ROOM_PAGES = 4;
    private static final int PAGE = 0x1000, LEAST_PAGES = 16;

    private final Guest guest;
    private final Kernel kernel;
    private final Applied code;
    private final Worker worker;
    /** Code that the guest knows of, by slot; null where there is none. */
    private final LinkedText[] slots = new LinkedText[SLOTS];
    private final boolean[] left = new boolean[SLOTS];
    private boolean shadowed;

    private GuestRuntime(Guest guest, Kernel kernel, Applied code) {
        this.guest = guest;
        this.kernel = kernel;
        this.code = code;
        worker = new Worker(guest, kernel, offered().get("lkpk_call"));
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
    Worker.Call list(LinkedText text) {
        return worker.call(SITES_COME, kernel.symbols().only(SITES_COME).orElseThrow().address(),
                new int[] {worker.room(), text.title()}, new int[] {text.sites().address(), 0, text.sites().count(), 0});
    }

    /** Takes them off the list. */
    Worker.Call unlist(LinkedText text) {
        return worker.call(SITES_GO, kernel.symbols().only(SITES_GO).orElseThrow().address(), new int[] {text.title(), 0}, new int[0]);
    }

    /** Has the guest call a function of {@code text} that takes nothing. */
    Worker.Call call(LinkedText text, String function) {
        return worker.call(function, text.entries().get(function));
    }

    private int call(String own) throws GuestBusy {
        if (worker.busy()) throw new GuestBusy("a callback has not returned");
        return worker.call(own, offered().get(own)).await(Change.Between.SLEEP);
    }

    /**
     * Room of the guest's own for {@code size} bytes, from its kernel's allocator for modules.
     *
     * @throws PatchRefused if the kernel has none
     */
    Room room(int size) throws PatchRefused, GuestBusy {
        int pages = Math.max(LEAST_PAGES, (size + PAGE - 1) / PAGE);
        int where = offered().get("lkpk_room");
        write(where + ROOM_PAGES, pages);
        int answer = call("lkpk_room_take");
        if (answer != 0) throw new PatchRefused("needs " + size + " bytes; the memory card is full and the kernel gives none (" + answer + ")");
        int first = guest.glance(kernel, memory -> memory.word(where)).orElseThrow(GuestRuntime::restless);
        return new Room(first, first + pages * PAGE);
    }

    /** Gives it back; a line if that fails. */
    List<String> free(Room room) {
        try {
            if (!code.valid()) return List.of();
            write(offered().get("lkpk_room"), room.first());
            call("lkpk_room_free");
            return List.of();
        } catch (GuestBusy failed) {
            return List.of("machine " + guest.machine().name() + ": memory for code stays with it: " + failed.getMessage());
        }
    }

    private void write(int linear, int value) throws GuestBusy {
        guest.glance(kernel, memory -> {
            memory.write(linear, Worker.bytes(value));
            return true;
        }).orElseThrow(GuestRuntime::restless);
    }

    private static GuestBusy restless() {
        return new GuestBusy("the guest does not come to rest");
    }

    /** Leaves the guest; returns a line for each thing that could not be undone. */
    List<String> leave() {
        List<String> remarks = new ArrayList<>();
        try {
            if (shadowed && code.valid()) call("lkpk_leave");
        } catch (GuestBusy busy) {
            remarks.add("shadow variables stay: " + busy.getMessage());
        }
        boolean entered = worker.busy();
        if (entered) code.stay();
        remarks.addAll(code.revert(entered ? GLANCE : REST, Change.Between.SLEEP).remarks());
        return remarks;
    }
}
