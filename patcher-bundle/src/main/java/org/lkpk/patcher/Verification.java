package org.lkpk.patcher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.lkpk.api.patch.PatchRefused;
import org.lkpk.api.patch.Replacement;
import org.lkpk.patcher.elf.LinkedText;
import org.lkpk.patcher.kernel.Kernel;

/** What an applied patch has replaced, compared with the guest's memory as it is now. */
final class Verification {
    private final Guest guest;
    private final Kernel kernel;
    private final Entries entries;
    private final Planner.Draft draft;

    Verification(Guest guest, Kernel kernel, Entries entries, Planner.Draft draft) {
        this.guest = guest;
        this.kernel = kernel;
        this.entries = entries;
        this.draft = draft;
    }

    /** Empty if the guest does not rest. */
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
        Labels labels = new Labels(kernel, guest.size(), guest.modules(kernel).values(),
                (linear, count) -> guest.glance(kernel, memory -> memory.read(linear, count))
                        .orElseThrow(() -> new PatchRefused("machine " + guest.machine().name() + " does not come to rest")));
        Map<Target, Collection<Integer>> found = new HashMap<>();
        for (Target target : draft.targets()) found.put(target, labels.sites(target.address(), target.address() + target.code().length - 1));
        return found;
    }

    private List<Replacement> compared(Map<Target, Collection<Integer>> labels) {
        return guest.glance(kernel, memory -> {
            List<Replacement> found = new ArrayList<>();
            for (Target target : draft.targets()) found.add(replacement(target, memory, labels.getOrDefault(target, List.of())));
            return found;
        }).orElse(List.of());
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
}
