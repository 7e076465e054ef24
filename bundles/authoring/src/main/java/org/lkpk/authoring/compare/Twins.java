package org.lkpk.authoring.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.lkpk.authoring.elf.Piece;
import org.lkpk.authoring.elf.Pieces;

/**
 * Which piece of a changed object is which of the pristine one. Names tell, except where the compiler counts: static
 * locals ({@code count.12}) and clones ({@code f.part.0}) are told by what they hold and by the functions that refer to
 * them.
 */
final class Twins {
    /** Where {@code struct _ddebug} has the line, 18 bits. */
    private static final int SITE_LINE = 16;

    private final Map<Piece, Piece> twins = new HashMap<>();
    private final Set<Piece> taken = new LinkedHashSet<>();
    private final Map<String, List<Piece>> before;
    private final Map<String, List<Piece>> after;

    Twins(Pieces pristine, Pieces changed) {
        before = groups(pristine);
        after = groups(changed);
        after.forEach((base, fresh) -> {
            List<Piece> old = before.getOrDefault(base, List.of());
            if (fresh.size() == 1 && old.size() == 1) pair(fresh.get(0), old.get(0));
            else if (!old.isEmpty() && fresh.get(0).kind() == Piece.Kind.CODE) pairCode(fresh, old);
        });
        for (Piece function : List.copyOf(twins.keySet()))
            if (function.kind() == Piece.Kind.CODE) pairLocals(function, twins.get(function));
        after.forEach((base, fresh) -> pairRest(fresh, before.getOrDefault(base, List.of())));
    }

    /** The pristine piece; null if this one is new. */
    Piece of(Piece changed) {
        return twins.get(changed);
    }

    /** Whether pristine pieces of the same base name are left that this new one may be. */
    boolean uncertain(Piece fresh) {
        if (twins.containsKey(fresh) || !numbered(fresh)) return false;
        return before.getOrDefault(base(fresh), List.of()).stream().anyMatch(old -> !taken.contains(old));
    }

    private static boolean numbered(Piece piece) {
        return !base(piece).equals(key(piece, piece.name()));
    }

    private static Map<String, List<Piece>> groups(Pieces pieces) {
        Map<String, List<Piece>> groups = new LinkedHashMap<>();
        for (Piece piece : pieces.all()) groups.computeIfAbsent(base(piece), none -> new ArrayList<>()).add(piece);
        return groups;
    }

    /** The name without the compiler's counting. */
    private static String base(Piece piece) {
        return key(piece, plain(piece.name()));
    }

    static String plain(String name) {
        if (name.startsWith("__initcall__")) return name.replaceFirst("__[0-9]+_[0-9]+_", "__");
        return name.startsWith("__UNIQUE_ID_") ? name.replaceFirst("[0-9]+(\\.[0-9]+)*$", "") : name.replaceFirst("\\.[0-9]+(\\.cold)?$", "$1");
    }

    private static String key(Piece piece, String name) {
        return (piece.kind() == Piece.Kind.CODE ? "code " : "data ") + name;
    }

    private void pair(Piece fresh, Piece old) {
        if (twins.containsKey(fresh) || taken.contains(old)) return;
        twins.put(fresh, old);
        taken.add(old);
    }

    private void pairCode(List<Piece> fresh, List<Piece> old) {
        for (boolean sameName : new boolean[] {true, false})
            for (Piece one : fresh)
                for (Piece other : old)
                    if ((!sameName || one.name().equals(other.name())) && similar(one, other)) pair(one, other);
        for (Piece one : fresh)
            for (Piece other : old) if (one.name().equals(other.name())) pair(one, other);
    }

    /** The same code, as far as can be said before all twins are known. */
    private static boolean similar(Piece one, Piece other) {
        if (!Arrays.equals(masked(one), masked(other)) || one.references().size() != other.references().size()) return false;
        for (int i = 0; i < one.references().size(); i++) {
            Piece a = one.references().get(i).target();
            Piece b = other.references().get(i).target();
            boolean nameless = a.kind() == Piece.Kind.STRING || a.kind() == Piece.Kind.MERGED;
            if (a.kind() != b.kind() || (nameless ? !Arrays.equals(a.bytes(), b.bytes()) : !plain(a.name()).equals(plain(b.name())))) return false;
        }
        return true;
    }

    /** Bytes without those that relocations fill. */
    static byte[] masked(Piece piece) {
        byte[] bytes = piece.bytes().clone();
        for (Piece.Reference reference : piece.references())
            Arrays.fill(bytes, reference.offset(), Math.min(bytes.length, reference.offset() + 4), (byte) 0);
        return bytes;
    }

    /** Static locals of a function, in the order in which it first refers to them. */
    private void pairLocals(Piece fresh, Piece old) {
        Map<String, List<Piece>> mine = locals(fresh);
        Map<String, List<Piece>> theirs = locals(old);
        mine.forEach((base, list) -> {
            List<Piece> others = theirs.getOrDefault(base, List.of());
            if (list.get(0).site()) pairSites(list, others);
            if (list.size() != others.size() || list.get(0).site()) return;
            for (int i = 0; i < list.size(); i++) if (list.get(i).size() == others.get(i).size()) pair(list.get(i), others.get(i));
        });
    }

    /** By what they say; of those that say the same, by the line or else in their order. */
    private void pairSites(List<Piece> fresh, List<Piece> old) {
        for (boolean line : new boolean[] {true, false})
            for (Piece one : fresh)
                for (Piece other : old)
                    if ((!line || Arrays.equals(masked(one), masked(other))) && Arrays.equals(content(one), content(other)) && sayTheSame(one, other))
                        pair(one, other);
    }

    private static boolean sayTheSame(Piece one, Piece other) {
        if (one.references().size() != other.references().size()) return false;
        for (int i = 0; i < one.references().size(); i++)
            if (!Arrays.equals(one.references().get(i).target().bytes(), other.references().get(i).target().bytes())) return false;
        return true;
    }

    /** What makes a difference: {@link #masked}, and of a pr_debug site not the line that it is on. */
    static byte[] content(Piece piece) {
        byte[] bytes = masked(piece);
        if (!piece.site() || bytes.length < SITE_LINE + 4) return bytes;
        Arrays.fill(bytes, SITE_LINE, SITE_LINE + 2, (byte) 0);
        bytes[SITE_LINE + 2] &= ~3;
        return bytes;
    }

    private static Map<String, List<Piece>> locals(Piece function) {
        Map<String, List<Piece>> locals = new LinkedHashMap<>();
        for (Piece.Reference reference : function.references()) {
            Piece target = reference.target();
            if (target.kind() != Piece.Kind.WRITABLE && target.kind() != Piece.Kind.CONSTANT || target.global()) continue;
            List<Piece> list = locals.computeIfAbsent(base(target), none -> new ArrayList<>());
            if (!list.contains(target)) list.add(target);
        }
        return locals;
    }

    /** What nothing tells apart but its content. */
    private void pairRest(List<Piece> fresh, List<Piece> old) {
        for (Piece one : fresh) {
            // Equal numbers are no sign: the compiler gives them out anew.
            if (twins.containsKey(one) || numbered(one) && one.kind() == Piece.Kind.WRITABLE) continue;
            List<Piece> equal = old.stream().filter(other -> !taken.contains(other) && Objects.equals(one.name(), other.name())
                    && Arrays.equals(masked(one), masked(other))).toList();
            if (equal.size() == 1) pair(one, equal.get(0));
        }
    }
}
