package org.lkpk.patcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
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
    private boolean asked;
    private Pause pause;

    private Applied(Patch patch, Guest guest, Kernel kernel, int boot, Planner.Draft draft, GuestRuntime runtime) {
        this.patch = patch;
        this.guest = guest;
        this.kernel = kernel;
        this.boot = boot;
        this.draft = draft;
        this.runtime = runtime;
        entries = guest.entries();
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
        giveUp();
        return reason;
    }

    /** Lets go of its place; it has not been applied. */
    void giveUp() {
        if (introduction != null && runtime != null) forgotten(this);
        draft.room().free(draft.block());
        guest.left(this);
        guest.leaveIfUnused();
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
            if (!asked) ask();
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
        for (Applied gone : leaving) {
            boolean unlisted = gone.unlisted().isEmpty();
            if (gone.runtime != null) forgotten(gone);
            guest.left(gone);
            if (unlisted) gone.draft.room().free(gone.draft.block());
            else gone.draft.room().rest(gone.draft.block());
        }
        listed();
        told(Patch.Moment.AFTER_APPLY);
    }

    /** Its pr_debug sites can be turned on from now on. */
    private void listed() {
        try {
            if (runtime != null) runtime.list(draft.text());
        } catch (GuestBusy busy) {
            LOG.warn("{}its pr_debug sites cannot be turned on: {}", title(), busy.getMessage());
        }
    }

    /** The kernel no longer lists its pr_debug sites; a line if it still does. */
    private List<String> unlisted() {
        try {
            if (runtime != null) runtime.unlist(draft.text());
            return List.of();
        } catch (GuestBusy busy) {
            return List.of(title() + "the kernel still lists its pr_debug sites, and its text stays: " + busy.getMessage());
        }
    }

    /** What goes into the guest before any jump leads to it: the code, and what tells the guest of it. */
    private List<Plan.Write> introduction() throws PatchRefused {
        List<Plan.Write> writes = new ArrayList<>();
        writes.add(new Plan.Write(patch.name(), draft.text().base(), new byte[0], draft.text().bytes()));
        if (runtime != null) writes.add(runtime.arrival(draft.text()));
        return writes;
    }

    /** Has the guest call what may object, once. */
    private void ask() throws PatchRefused, GuestBusy {
        if (patch.callbacks().containsKey(Patch.Moment.BEFORE_APPLY)) {
            new Change(guest, kernel, boot, new Plan(introduction, List.of()), new Ranges(List.of()), List.of()).look();
            introduction = List.of(); // Its data may change from now on.
            int answer;
            try {
                answer = called(Patch.Moment.BEFORE_APPLY);
            } catch (GuestBusy silent) {
                throw new PatchRefused(silent.getMessage());
            }
            if (answer != 0) throw new PatchRefused(patch.callbacks().get(Patch.Moment.BEFORE_APPLY) + " answered " + answer);
        }
        asked = true;
    }

    /** The guest no longer needs to know of the code of {@code gone}. */
    private void forgotten(Applied gone) {
        try {
            Plan plan = new Plan(List.of(runtime.departure(gone.draft.text())), List.of());
            guest.machine().atRest(Machine.When.ANY, REST, () -> {
                if (guest.boot() == boot) plan.carryOut(new LinearMemory(guest.machine(), kernel.pageOffset()));
                return null;
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception notNow) {
            LOG.debug("{}the guest still knows of old code: {}", title(), notNow.getMessage());
        }
        runtime.gone(gone.draft.text());
    }

    /** The answer of a callback; 0 if there is none. */
    private int called(Patch.Moment moment) throws GuestBusy {
        String callback = patch.callbacks().get(moment);
        if (callback == null) return 0;
        try {
            return runtime.call(draft.text().entries().get(callback), REST);
        } catch (GuestBusy busy) {
            throw new GuestBusy(callback + ": " + busy.getMessage());
        }
    }

    /** Calls a callback whose answer changes nothing; a line about what went wrong, or none. */
    private List<String> told(Patch.Moment moment) {
        if (!valid()) return List.of();
        try {
            int answer = called(moment);
            if (answer == 0) return List.of();
            String line = title() + patch.callbacks().get(moment) + " answered " + answer;
            LOG.warn(line);
            return List.of(line);
        } catch (GuestBusy busy) {
            LOG.warn("{}{}", title(), busy.getMessage());
            return List.of(title() + busy.getMessage());
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

    /** Sets its jump labels as the kernel's keys are, if one has changed. */
    void followKeys() {
        if (draft.text().jumps().isEmpty() || !valid()) return;
        try {
            guest.machine().atRest(Machine.When.ANY, REST, () -> {
                LinearMemory memory = new LinearMemory(guest.machine(), kernel.pageOffset());
                for (LinkedText.Jump jump : draft.text().jumps()) {
                    byte[] wanted = jump.code(memory.word(jump.key()));
                    int at = jump.site() - draft.text().base();
                    if (guest.boot() != boot || Arrays.equals(wanted, 0, wanted.length, draft.text().bytes(), at, at + wanted.length)) continue;
                    memory.write(jump.site(), wanted);
                    System.arraycopy(wanted, 0, draft.text().bytes(), at, wanted.length);
                }
                return null;
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception notNow) {
            LOG.debug("{}jump labels: {}", title(), notNow.getMessage());
        }
    }

    /** What it has replaced, compared with the guest's memory as it is now; empty if the guest does not rest. */
    List<Replacement> replacements() {
        List<Replacement> found = compared(Map.of());
        if (found.stream().allMatch(one -> one.deviation().isEmpty())) return found;
        try {
            return compared(labels());
        } catch (PatchRefused unknown) {
            return found;
        }
    }

    /** Jump labels in the old bodies, which the kernel goes on to set as its keys are. */
    private Map<Target, Collection<Integer>> labels() throws PatchRefused {
        Labels labels = new Labels(kernel, guest.size(), guest.modules(kernel).values(), this::read);
        Map<Target, Collection<Integer>> found = new HashMap<>();
        for (Target target : draft.targets()) found.put(target, labels.sites(target.address(), target.address() + target.code().length - 1));
        return found;
    }

    private byte[] read(int linear, int count) throws PatchRefused {
        try {
            return guest.machine().atRest(Machine.When.ANY, REST, () -> new LinearMemory(guest.machine(), kernel.pageOffset()).read(linear, count));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new PatchRefused("interrupted");
        } catch (Exception notNow) {
            throw new PatchRefused("machine " + guest.machine().name() + " does not come to rest");
        }
    }

    private List<Replacement> compared(Map<Target, Collection<Integer>> labels) {
        try {
            return guest.machine().atRest(Machine.When.ANY, REST, () -> {
                LinearMemory memory = new LinearMemory(guest.machine(), kernel.pageOffset());
                List<Replacement> found = new ArrayList<>();
                for (Target target : draft.targets()) found.add(replacement(target, memory, labels.getOrDefault(target, List.of())));
                return found;
            });
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (Exception notNow) {
            return List.of();
        }
    }

    private Replacement replacement(Target target, LinearMemory memory, Collection<Integer> labels) {
        LinkedText text = draft.text();
        LinkedText.Function fresh = null;
        String name = draft.freshName(target.name());
        for (LinkedText.Function function : text.functions())
            if (function.name().equals(name) && function.address() != text.entries().get(target.name())) fresh = function;
        if (fresh == null) fresh = new LinkedText.Function(name, text.entries().get(target.name()), 0);
        int from = fresh.address() - text.base();
        byte[] wanted = Arrays.copyOfRange(text.bytes(), from, from + fresh.size());
        return new Replacement(guest.machine().name(), target.name(), target.address(), target.code(), fresh.address(), wanted,
                deviation(target, memory, fresh, wanted, labels));
    }

    private String deviation(Target target, LinearMemory memory, LinkedText.Function fresh, byte[] wanted, Collection<Integer> labels) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        byte[] entry = entries.expected(target.address());
        byte[] found = memory.read(target.address(), Entries.JUMP);
        if (entry == null || !Arrays.equals(entry, found))
            return target.name() + ": its entry holds " + hex.formatHex(found) + (entry == null ? "" : ", not " + hex.formatHex(entry));
        byte[] now = memory.read(target.address(), target.code().length);
        for (int site : labels) {
            int at = site - target.address(), length = Math.min(LinkedText.Jump.length(target.code(), at), now.length - at);
            System.arraycopy(target.code(), at, now, at, length);
        }
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
     *
     * @param between what happens between two looks; other patches may come and go in it
     */
    Reverted revert(Duration patience, Change.Between between) {
        if (!valid()) return new Reverted(null, List.of());
        List<String> remarks = new ArrayList<>(told(Patch.Moment.BEFORE_REVERT)), listed = unlisted();
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
        guest.left(this);
        remarks.addAll(told(Patch.Moment.AFTER_REVERT));
        if (runtime != null) {
            if (!clear) runtime.left(draft.text());
            else if (forget) runtime.gone(draft.text());
            else forgotten(this);
        }
        if (clear) draft.room().free(draft.block());
        else draft.room().rest(draft.block());
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
