package org.lkpk.authoring.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.lkpk.authoring.elf.ElfFile;
import org.lkpk.authoring.elf.ObjectWriter;
import org.lkpk.authoring.elf.Piece;
import org.lkpk.authoring.elf.Piece.Kind;

/**
 * What a live patch holds of one file: the changed functions with all that is new to them, and their pristine twins, by
 * whose bytes the patcher knows the running functions and learns where the kernel keeps what they refer to. What the
 * kernel has already is left undefined.
 *
 * <p>Data that no table names is found only through code that refers to it. Where none of the changed functions did so
 * before, the smallest one that does is replaced by itself.
 */
public final class Extract {
    private static final Set<String> CARRIED = Set.of("__ex_table", "__bug_table", "__jump_table");
    private static final Set<String> REWRITTEN = Set.of(".altinstructions", ".smp_locks", ".parainstructions", "__jump_table",
            ".static_call_sites", ".retpoline_sites", ".return_sites", "__mcount_loc");

    private final Comparison comparison;
    private final Set<String> exported;
    private final Set<Piece> replaced = new LinkedHashSet<>();
    private final Set<Piece> along = new LinkedHashSet<>();
    private final Set<Piece> witnesses = new LinkedHashSet<>();
    private final Set<String> strangers = new LinkedHashSet<>();
    private final List<Comparison.Refused> refusals = new ArrayList<>();

    /**
     * @param exported names that the kernel's own table tells
     * @param roots further functions that the patch needs: its callbacks
     */
    public Extract(Comparison comparison, Set<String> exported, Set<String> roots) {
        this.comparison = comparison;
        this.exported = exported;
        for (Piece piece : comparison.replaced()) if (!half(piece)) replaced.add(piece);
        Deque<Piece> open = new ArrayDeque<>(comparison.replaced());
        for (Piece piece : comparison.fresh()) if (roots.contains(piece.name())) open.add(piece);
        while (!open.isEmpty()) take(open.remove(), open);
    }

    private static boolean half(Piece piece) {
        return piece.name().endsWith(".cold");
    }

    /** Functions of the kernel that are replaced, without their rarely run halves. */
    public Set<Piece> replaced() {
        return replaced;
    }

    /** All that is taken along, the replaced functions too. */
    public Set<Piece> along() {
        return along;
    }

    /** Functions that are replaced by themselves, for what they know. */
    public Set<Piece> witnesses() {
        return witnesses;
    }

    /** Names of other files whose address is taken, and of which only a table of the running kernel can tell where they are. */
    public Set<String> strangers() {
        return strangers;
    }

    public List<Comparison.Refused> refusals() {
        return refusals;
    }

    private void take(Piece piece, Deque<Piece> open) {
        if (!along.add(piece)) return;
        for (Piece.Reference reference : piece.references()) follow(reference, open);
        for (Piece.Entry entry : piece.entries()) {
            if (!CARRIED.contains(entry.table())) continue;
            for (Piece.Reference reference : entry.body().references()) follow(reference, open);
        }
    }

    private void follow(Piece.Reference reference, Deque<Piece> open) {
        Piece target = reference.target();
        Piece twin = comparison.twin(target);
        boolean nameless = target.kind() == Kind.STRING || target.kind() == Kind.MERGED;
        boolean fresh = twin == null && target.kind() != Kind.EXTERNAL || comparison.fresh().contains(target);
        if (nameless || fresh || comparison.replaced().contains(target)) open.add(target);
        else if (target.kind() == Kind.EXTERNAL) external(reference, open);
        else if (target.kind() != Kind.CODE && !known(twin)) find(target, twin, open);
    }

    /** Functions of other files are in the kernel's table; data may be known to this file's code alone. */
    private void external(Piece.Reference reference, Deque<Piece> open) {
        String name = reference.target().name();
        if (reference.type() != ElfFile.R_386_32 || exported.contains(name) || learned(name)) return;
        Piece witness = witness(name);
        if (witness != null) adopt(witness, open);
        else strangers.add(name);
    }

    private boolean known(Piece twin) {
        return learned(twin.name()) || twin.global() && exported.contains(twin.name());
    }

    /** Whether a pristine function that is compared with the running one refers to it. */
    private boolean learned(String name) {
        for (Piece piece : replaced) if (refersTo(comparison.twin(piece), name)) return true;
        return false;
    }

    private static boolean refersTo(Piece code, String name) {
        if (code == null) return false;
        for (Piece.Entry entry : code.entries())
            if (entry.table().equals("__jump_table") && refersTo(entry.body().references(), name)) return true;
        return refersTo(code.references(), name);
    }

    private static boolean refersTo(List<Piece.Reference> references, String name) {
        return references.stream().anyMatch(r -> r.target().name().equals(name));
    }

    private void find(Piece target, Piece twin, Deque<Piece> open) {
        if (target.kind() == Kind.CONSTANT && !target.global() || Comparison.harmless(target)) {
            open.add(target);
            return;
        }
        Piece witness = witness(twin.name());
        if (witness != null) adopt(witness, open);
        else refusals.add(new Comparison.Refused(twin.name(), "is not in the kernel's tables, and no function by which it could be found refers to it"));
    }

    /** The smallest function that runs and refers to {@code name}. */
    private Piece witness(String name) {
        Piece best = null;
        for (Piece piece : comparison.changed().all()) {
            Piece twin = comparison.twin(piece);
            boolean running = piece.function() && piece.sectionName().startsWith(".text") && twin != null && !half(piece);
            if (running && refersTo(twin, name) && (best == null || piece.size() < best.size())) best = piece;
        }
        return best;
    }

    private void adopt(Piece witness, Deque<Piece> open) {
        if (!replaced.add(witness)) return;
        witnesses.add(witness);
        open.add(witness);
    }

    /** Adds what is new to the object of the patch. */
    public void writeNew(ObjectWriter object) {
        for (Piece piece : along) {
            object.add(piece);
            call(object, piece);
            for (Piece.Reference reference : piece.references()) call(object, reference.target());
            for (Piece.Entry entry : piece.entries()) {
                if (!CARRIED.contains(entry.table())) continue;
                object.add(entry);
                for (Piece.Reference reference : entry.body().references()) call(object, reference.target());
            }
        }
    }

    private void call(ObjectWriter object, Piece piece) {
        object.call(piece, comparison.name(piece));
    }

    /** Adds what was there before to the pristine object. */
    public void writePristine(ObjectWriter object) {
        for (Piece piece : replaced) {
            Piece twin = comparison.twin(piece);
            object.add(twin);
            for (Piece.Reference reference : twin.references())
                if (reference.target().kind() == Kind.STRING || reference.target().kind() == Kind.MERGED) object.add(reference.target());
            for (Piece.Entry entry : twin.entries())
                if (REWRITTEN.contains(entry.table())) object.add(entry.table().equals("__jump_table") ? entry : entry.placeOnly());
        }
    }
}
