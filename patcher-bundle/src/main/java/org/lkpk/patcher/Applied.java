package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One patch on one guest. All of it is written between the same two instructions, and so is the way back. */
final class Applied {
    private static final Logger LOG = LoggerFactory.getLogger(Applied.class);
    private static final Duration REST = Duration.ofSeconds(5);
    /** For the patcher's own code, which hardly anybody is ever inside of. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Patch patch;
    private final Guest guest;
    private final Kernel kernel;
    private final int boot;
    private final Planner.Draft draft;
    private final Entries entries;
    /** Null where the kernel is not told of patches. */
    private final GuestRuntime runtime;
    /** What is still to be written before the jumps; null as long as the guest knows nothing of it. */
    private List<Plan.Write> introduction;
    /** The call of what may object; null before, and where nothing may. */
    private Worker.Call asked;
    private final Errands errands;
    private boolean stays;
    private Pause pause;

    private Applied(Patch patch, Guest guest, Kernel kernel, int boot, Planner.Draft draft, GuestRuntime runtime) {
        this.patch = patch;
        this.guest = guest;
        this.kernel = kernel;
        this.boot = boot;
        this.draft = draft;
        this.runtime = runtime;
        entries = guest.entries();
        errands = new Errands(title(), this::valid);
    }

    /**
     * {@code patch}, linked for the guest and with a place in it: nothing leads there until {@link #look} finds its moment.
     *
     * @throws GuestBusy if the patcher's own code does not come into the guest now
     */
    static Applied linked(Patch patch, Guest guest, Kernel kernel) throws PatchRefused, GuestBusy {
        int boot = guest.boot();
        GuestRuntime runtime = guest.runtime(kernel, PATIENCE);
        boolean done = false;
        try {
            Applied linked = new Applied(patch, guest, kernel, boot, new Planner(guest, kernel, patch, runtime, List.of()).plan(), runtime);
            guest.awaits(linked);
            done = true;
            return linked;
        } finally {
            if (!done) guest.leaveIfUnused();
        }
    }

    /** The patcher's own code, with nothing under it. */
    static Applied applyRuntime(Patch patch, Guest guest, Kernel kernel, List<String> offered, Duration patience)
            throws PatchRefused, GuestBusy {
        Applied runtime = new Applied(patch, guest, kernel, guest.boot(), new Planner(guest, kernel, patch, null, offered).plan(), null);
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                runtime.look(List.of());
                return runtime;
            } catch (GuestBusy busy) {
                if (System.nanoTime() > end || !runtime.valid()) throw runtime.given(Change.tired(busy, patience));
            } catch (PatchRefused refused) {
                throw runtime.given(refused);
            }
            if (!goneOn(Change.Between.SLEEP)) throw runtime.given(new GuestBusy("interrupted"));
        }
    }

    private <E extends Exception> E given(E reason) {
        giveUp(Change.Between.SLEEP);
        return reason;
    }

    /**
     * Lets go of its place; it has not been applied. What was called and may object is waited for.
     *
     * @param between what happens between two looks at the guest
     */
    void giveUp(Change.Between between) {
        if (asking()) errands.done(asked, between);
        vacate(true, true);
        guest.left(this);
        guest.leaveIfUnused();
    }

    /**
     * Its text is no longer needed.
     *
     * @param left whether no stack shows anybody in it
     * @param known whether the guest still knows of it
     */
    private void vacate(boolean left, boolean known) {
        boolean clear = left && !stays && !errands.stuck();
        if (runtime != null && introduction != null) {
            if (!clear) runtime.left(draft.text());
            else if (known) forgotten();
            else runtime.gone(draft.text());
        }
        if (clear) draft.room().free(draft.block());
        else draft.room().rest(draft.block());
    }

    /** The guest may yet enter its text, although no stack shows that: it stays when the patch is taken back. */
    void stay() {
        stays = true;
    }

    private String title() {
        return patch.name() + ": machine " + guest.machine().name() + ": ";
    }

    /**
     * Stops the guest once, and is applied if nobody is in the way; {@code leaving} are taken out in the same stop.
     *
     * @throws GuestBusy naming who is; nothing leads to the new code then, and it may be tried again
     */
    void look(List<Applied> leaving) throws PatchRefused, GuestBusy {
        try {
            if (introduction == null) introduction = introduction();
            ask();
            Map<Target, Integer> jumps = new LinkedHashMap<>();
            for (Target target : draft.targets()) jumps.put(target, draft.text().entries().get(target.name()));
            Entries.Next next = entries.next(leaving, this, jumps);
            Plan plan = new Plan(introduction, next.writes());
            pause = new Change(guest, kernel, boot, plan, new Ranges(inTheWay(leaving)), draft.targets()).look();
            entries.become(next);
        } catch (PatchRefused refused) {
            throw new PatchRefused(title() + refused.getMessage());
        } catch (GuestBusy busy) {
            throw new GuestBusy(title() + busy.getMessage());
        }
        guest.arrived(this);
        if (sites()) errands.add(runtime.list(draft.text()));
        for (Applied gone : leaving) {
            guest.left(gone);
            gone.errands.clear();
            if (gone.sites()) errands.add(gone.runtime.unlist(gone.draft.text()), (answer, failure) -> gone.vacate(failure == null, true));
            else gone.vacate(true, true);
        }
        String callback = patch.callbacks().get(Patch.Moment.AFTER_APPLY);
        if (callback != null) errands.add(runtime.call(draft.text(), callback));
        settled();
    }

    /** Whether the guest has done all that was due once the patch was applied; what can go on does. */
    boolean settled() {
        return errands.settled();
    }

    /** Whether it has pr_debug sites, which the kernel lists. */
    private boolean sites() {
        return runtime != null && draft.text().sites().count() > 0;
    }

    /** What goes into the guest before any jump leads to it: the code, and what tells the guest of it. */
    private List<Plan.Write> introduction() throws PatchRefused {
        List<Plan.Write> writes = new ArrayList<>();
        writes.add(new Plan.Write(patch.name(), draft.text().base(), new byte[0], draft.text().bytes()));
        if (runtime != null) writes.add(runtime.arrival(draft.text()));
        return writes;
    }

    /**
     * Has the guest call what may object, once.
     *
     * @throws GuestBusy as long as it has not returned
     */
    private void ask() throws PatchRefused, GuestBusy {
        String callback = patch.callbacks().get(Patch.Moment.BEFORE_APPLY);
        if (callback == null) return;
        if (asked == null) {
            new Change(guest, kernel, boot, new Plan(introduction, List.of()), new Ranges(List.of()), List.of()).look();
            introduction = List.of(); // Its data may change from now on.
            asked = runtime.call(draft.text(), callback);
        }
        boolean returned;
        try {
            returned = asked.returned();
        } catch (GuestBusy silent) {
            throw new PatchRefused(silent.getMessage());
        }
        if (!returned) throw new GuestBusy(callback + " has not returned yet");
        if (asked.answer() != 0) throw new PatchRefused(callback + " answered " + asked.answer());
    }

    /** Whether what may object has been called and has not returned. */
    boolean asking() {
        return asked != null && !asked.over();
    }

    /** The guest no longer needs to know of its code. */
    private void forgotten() {
        Plan plan = new Plan(List.of(runtime.departure(draft.text())), List.of());
        boolean done = guest.glance(kernel, memory -> {
            if (guest.boot() == boot) plan.carryOut(memory);
            return true;
        }).orElse(false);
        if (!done) LOG.debug("{}the guest still knows of old code", title());
        runtime.gone(draft.text());
    }

    /** Calls a callback whose answer changes nothing; a line about what went wrong, or none. */
    private List<String> told(Patch.Moment moment, Change.Between between) {
        String callback = patch.callbacks().get(moment);
        return callback == null ? List.of() : errands.done(runtime.call(draft.text(), callback), between);
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

    Kernel kernel() {
        return kernel;
    }

    LinkedText text() {
        return draft.text();
    }

    /** The modules that it refers to, and where each has its {@code struct module}. */
    Map<String, Integer> modules() {
        return draft.modules();
    }

    /** For how long the guest stood still for it. */
    Pause pause() {
        return pause;
    }

    /** How often each function was called, in the order of the patch's functions; empty if the guest does not rest. */
    List<Long> hits() {
        return guest.glance(kernel, memory -> draft.targets().stream()
                .map(target -> memory.word(draft.text().counters().get(target.name())) & 0xFFFFFFFFL).toList()).orElse(List.of());
    }

    List<String> functions() {
        return draft.targets().stream().map(Target::name).toList();
    }

    /** Sets its jump labels as the kernel's keys are, if one has changed. */
    void followKeys() {
        if (draft.text().jumps().isEmpty() || !valid()) return;
        guest.glance(kernel, memory -> {
            for (LinkedText.Jump jump : draft.text().jumps()) {
                byte[] wanted = jump.code(memory.word(jump.key()));
                int at = jump.site() - draft.text().base();
                if (guest.boot() != boot || Arrays.equals(wanted, 0, wanted.length, draft.text().bytes(), at, at + wanted.length)) continue;
                memory.write(jump.site(), wanted);
                System.arraycopy(wanted, 0, draft.text().bytes(), at, wanted.length);
            }
            return true;
        });
    }

    /** What it has replaced, compared with the guest's memory as it is now; empty if the guest does not rest. */
    List<Replacement> replacements() {
        return new Verification(guest, kernel, entries, draft).replacements();
    }

    /** How it was taken back: the pause (null if nothing was to be done), and a line for each thing that could not be. */
    record Reverted(Pause pause, List<String> remarks) { }

    /**
     * Restores the entries. If a task stays in the patch for all of {@code patience}, they are restored nevertheless, and
     * the text stays until it has left.
     *
     * @param between what happens between two looks at the guest; other patches may come and go in it
     */
    Reverted revert(Duration patience, Change.Between between) {
        if (!valid()) return new Reverted(null, List.of());
        while (!settled()) if (!goneOn(between)) break;
        List<String> remarks = new ArrayList<>(told(Patch.Moment.BEFORE_REVERT, between));
        List<String> listed = sites() ? errands.done(runtime.unlist(draft.text()), between) : List.of();
        remarks.addAll(listed);
        boolean forget = runtime != null && !patch.callbacks().containsKey(Patch.Moment.AFTER_REVERT);
        List<Plan.Write> farewell = forget ? List.of(runtime.departure(draft.text())) : List.of();
        long end = System.nanoTime() + patience.toNanos();
        Reverted reverted = null;
        boolean clear = false;
        while (reverted == null) {
            Entries.Next next = entries.next(List.of(this), null, Map.of());
            Plan plan = new Plan(farewell, next.writes());
            try {
                Pause stood = new Change(guest, kernel, boot, plan, new Ranges(List.of(code())), List.of()).look();
                reverted = new Reverted(stood, remarks);
                clear = guest.occupants(kernel).known() && listed.isEmpty();
            } catch (GuestBusy busy) {
                boolean over = System.nanoTime() > end || !valid() || !goneOn(between);
                if (over) reverted = forced(plan, Change.tired(busy, patience).getMessage());
            } catch (PatchRefused refused) {
                reverted = forced(plan, refused.getMessage());
            }
            if (reverted != null) entries.become(next);
        }
        if (reverted.remarks() != remarks) remarks.addAll(reverted.remarks());
        remarks.addAll(told(Patch.Moment.AFTER_REVERT, between));
        vacate(clear, !forget);
        guest.left(this);
        remarks.addAll(guest.leaveIfUnused());
        return new Reverted(reverted.pause(), remarks);
    }

    /** False if the thread is to end. */
    private static boolean goneOn(Change.Between between) {
        try {
            between.looks();
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
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
