package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.api.machine.Machine;
import org.lkpk.api.patch.Patch;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.PatchStatus.Kind;
import org.lkpk.api.patch.PatchStatus.Pause;
import org.lkpk.api.patch.Replacement;
import org.lkpk.patcher.elf.LinkedText;
import org.lkpk.patcher.kernel.Kernel;
import org.lkpk.patcher.task.Ranges;

/** One patch on one guest. All of it is written between the same two instructions, and so is the way back. */
final class Applied {
    private static final Duration REST = Duration.ofSeconds(5);

    private final Patch patch;
    private final Guest guest;
    private final Kernel kernel;
    private final int boot;
    private final Planner.Draft draft;
    private final Entries entries;
    private Pause pause;

    private Applied(Patch patch, Guest guest, Kernel kernel, int boot, Planner.Draft draft) {
        this.patch = patch;
        this.guest = guest;
        this.kernel = kernel;
        this.boot = boot;
        this.draft = draft;
        entries = guest.entries();
    }

    /**
     * Applies {@code patch} and takes {@code leaving} out in the same stop.
     *
     * @throws GuestBusy if somebody always stood in the way, or the guest was reset meanwhile; nothing has been written
     */
    static Applied apply(Patch patch, Guest guest, Kernel kernel, List<Applied> leaving, Duration patience)
            throws PatchRefused, GuestBusy {
        int boot = guest.boot();
        Applied applied = new Applied(patch, guest, kernel, boot, new Planner(guest, kernel, patch, leaving).plan());
        boolean done = false;
        try {
            applied.put(leaving, patience);
            done = true;
            return applied;
        } catch (PatchRefused refused) {
            throw new PatchRefused(applied.title() + refused.getMessage());
        } catch (GuestBusy busy) {
            throw new GuestBusy(applied.title() + busy.getMessage());
        } finally {
            if (!done) applied.draft.room().free(applied.draft.block());
        }
    }

    private String title() {
        return patch.name() + ": machine " + guest.machine().name() + ": ";
    }

    private void put(List<Applied> leaving, Duration patience) throws PatchRefused, GuestBusy {
        Map<Target, Integer> jumps = new LinkedHashMap<>();
        for (Target target : draft.targets()) jumps.put(target, draft.text().entries().get(target.name()));
        Entries.Next next = entries.next(leaving, this, jumps);
        LinkedText text = draft.text();
        Plan plan = new Plan(List.of(new Plan.Write(patch.name(), text.base(), new byte[0], text.bytes())), next.writes());
        pause = new Change(guest, kernel, boot, plan, new Ranges(inTheWay(leaving)), draft.targets()).carryOut(patience);
        entries.become(next);
        guest.arrived(this);
        for (Applied gone : leaving) {
            guest.left(gone);
            gone.draft.room().free(gone.draft.block());
        }
    }

    /** Code that is no longer called once this patch is there: nobody may be in it when that changes. */
    private List<Ranges.Range> inTheWay(List<Applied> leaving) {
        List<Ranges.Range> ranges = new ArrayList<>();
        for (Target target : draft.targets()) {
            ranges.add(target.inside());
            ranges.addAll(target.parts());
            if (entries.owner(target.address()) instanceof Applied below) ranges.add(below.code());
        }
        for (Applied gone : leaving) ranges.add(gone.code());
        return ranges;
    }

    private Ranges.Range code() {
        return new Ranges.Range(draft.text().base(), draft.text().codeEnd() - 1);
    }

    /** Whether the guest still is the one that it was written into. */
    boolean valid() {
        return guest.boot() == boot && guest.machine().status() != Machine.Status.OFF;
    }

    Patch patch() {
        return patch;
    }

    LinkedText text() {
        return draft.text();
    }

    /** For how long the guest stood still for it. */
    Pause pause() {
        return pause;
    }

    /** How often each function was called, in the order of the patch's functions; empty if the guest does not rest. */
    List<Long> hits() {
        try {
            return guest.machine().atRest(Machine.When.ANY, REST, () -> {
                LinearMemory memory = new LinearMemory(guest.machine(), kernel.pageOffset());
                List<Long> hits = new ArrayList<>();
                for (Target target : draft.targets())
                    hits.add(memory.word(draft.text().counters().get(target.name())) & 0xFFFFFFFFL);
                return hits;
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (Exception notNow) {
            return List.of();
        }
    }

    List<String> functions() {
        return draft.targets().stream().map(Target::name).toList();
    }

    /** What it has replaced, compared with the guest's memory as it is now; empty if the guest does not rest. */
    List<Replacement> replacements() {
        try {
            return guest.machine().atRest(Machine.When.ANY, REST, () -> {
                LinearMemory memory = new LinearMemory(guest.machine(), kernel.pageOffset());
                List<Replacement> found = new ArrayList<>();
                for (Target target : draft.targets()) found.add(replacement(target, memory));
                return found;
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (Exception notNow) {
            return List.of();
        }
    }

    private Replacement replacement(Target target, LinearMemory memory) {
        LinkedText text = draft.text();
        LinkedText.Function fresh = null;
        String name = draft.freshName(target.name());
        for (LinkedText.Function function : text.functions())
            if (function.name().equals(name) && function.address() != text.entries().get(target.name())) fresh = function;
        if (fresh == null) fresh = new LinkedText.Function(name, text.entries().get(target.name()), 0);
        int from = fresh.address() - text.base();
        byte[] wanted = Arrays.copyOfRange(text.bytes(), from, from + fresh.size());
        return new Replacement(guest.machine().name(), target.name(), target.address(), target.code(), fresh.address(), wanted,
                deviation(target, memory, fresh, wanted));
    }

    private String deviation(Target target, LinearMemory memory, LinkedText.Function fresh, byte[] wanted) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        byte[] entry = entries.expected(target.address());
        byte[] found = memory.read(target.address(), Entries.JUMP);
        if (entry == null || !Arrays.equals(entry, found))
            return target.name() + ": its entry holds " + hex.formatHex(found) + (entry == null ? "" : ", not " + hex.formatHex(entry));
        byte[] now = memory.read(target.address(), target.code().length);
        int differs = Arrays.mismatch(Arrays.copyOfRange(now, Entries.JUMP, now.length),
                Arrays.copyOfRange(target.code(), Entries.JUMP, now.length));
        if (differs >= 0) return target.name() + ": the kernel's code has changed at +0x" + Integer.toHexString(differs + Entries.JUMP);
        differs = Arrays.mismatch(memory.read(fresh.address(), wanted.length), wanted);
        return differs < 0 ? "" : target.name() + ": the patch's code has changed at +0x" + Integer.toHexString(differs);
    }

    /** How it was taken back: the pause (null if nothing was to be done), and a line for each thing that could not be. */
    record Reverted(Pause pause, List<String> remarks) { }

    /**
     * Restores the entries. If a task stays in the patch for all of {@code patience}, they are restored nevertheless, and
     * the text stays until it has left.
     */
    Reverted revert(Duration patience) {
        if (!valid()) return new Reverted(null, List.of());
        Entries.Next next = entries.next(List.of(this), null, Map.of());
        Plan plan = new Plan(List.of(), next.writes());
        Reverted reverted;
        boolean clear = false;
        try {
            Ranges ranges = new Ranges(List.of(code()));
            reverted = new Reverted(new Change(guest, kernel, boot, plan, ranges, List.of()).carryOut(patience), List.of());
            clear = guest.occupants(kernel).known();
        } catch (GuestBusy | PatchRefused notSo) {
            reverted = forced(plan, notSo.getMessage());
        }
        entries.become(next);
        guest.left(this);
        if (clear) draft.room().free(draft.block());
        else draft.room().rest(draft.block());
        return reverted;
    }

    private Reverted forced(Plan plan, String reason) {
        String where = "machine " + guest.machine().name() + ": ";
        try {
            return guest.machine().atRest(Machine.When.ANY, REST, () -> {
                long begin = System.nanoTime();
                if (guest.boot() != boot) return new Reverted(null, List.of());
                List<String> remarks = new ArrayList<>(plan.carryOutWherePossible(new LinearMemory(guest.machine(), kernel.pageOffset())));
                if (remarks.isEmpty()) remarks.add(where + "its text stays: " + reason);
                return new Reverted(new Pause(System.nanoTime() - begin, Kind.WARM), remarks);
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new Reverted(null, List.of(where + "interrupted, the jumps stay"));
        } catch (Exception failed) {
            return new Reverted(null, List.of(where + "the jumps stay: " + failed.getMessage()));
        }
    }
}
