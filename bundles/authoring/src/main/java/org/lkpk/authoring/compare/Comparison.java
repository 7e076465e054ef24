package org.lkpk.authoring.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.lkpk.authoring.elf.Piece;
import org.lkpk.authoring.elf.Piece.Kind;
import org.lkpk.authoring.elf.Pieces;

/**
 * A file compiled without and with a change, compared function by function. Tells what has changed and what of that
 * cannot be done to a kernel that runs.
 */
public final class Comparison {
    /** Code and data that a running kernel has thrown away. */
    /** Records that the kernel collects at boot, or when a module is loaded. */
    private static final Pattern COLLECTED = Pattern.compile("___?ksymtab.*|__kcrctab.*|__param|__tracepoints.*|_ftrace_event.*|"
            + "__syscalls_metadata|__bpf_raw_tp_map|\\.modinfo|\\.init_array.*|__obsparm|__kprobe_blacklist|_error_injection_whitelist");
    /** Static locals of macros, of which a second instance does no harm. */
    private static final Pattern HARMLESS = Pattern.compile("(__already_done|__warned|__print_once|___done|___once_key|_rs|__key|"
            + "descriptor|__func__|__FUNCTION__|__PRETTY_FUNCTION__|__UNIQUE_ID_ddebug|__msg|_entry|_entry_ptr)([.0-9].*)?");
    private static final String PER_CPU = ".data..percpu";
    private static final int BUG_LINE = 8;

    private final Pieces pristine;
    private final Pieces changed;
    private final Twins twins;
    private final Set<Piece> replaced = new LinkedHashSet<>();
    private final Set<Piece> fresh = new LinkedHashSet<>();
    private final List<Refused> refusals = new ArrayList<>();

    /** Why a live patch cannot do something, and the name in the source that it is about. */
    public record Refused(String name, String reason) { }

    public Comparison(Pieces pristine, Pieces changed) {
        this.pristine = pristine;
        this.changed = changed;
        twins = new Twins(pristine, changed);
        Set<Piece> differing = new LinkedHashSet<>();
        for (Piece piece : changed.all()) if (!Pieces.replacement(piece)) compare(piece, differing);
        spread(differing);
    }

    public Pieces pristine() {
        return pristine;
    }

    public Pieces changed() {
        return changed;
    }

    /** Functions of the changed object that stand in for the kernel's. */
    public Set<Piece> replaced() {
        return replaced;
    }

    /** Code and data that the pristine object does not have. */
    public Set<Piece> fresh() {
        return fresh;
    }

    public List<Refused> refusals() {
        return refusals;
    }

    /** The pristine piece that it is; null if it is new. */
    public Piece twin(Piece piece) {
        return twins.of(piece);
    }

    /** The running kernel's name for it, or its own if it is new. */
    public String name(Piece piece) {
        Piece twin = twins.of(piece);
        if (twin != null) return twin.name();
        boolean clash = piece.kind() != Kind.EXTERNAL && !piece.global() && pristine.named(piece.name()) != null;
        return clash ? piece.name() + ".lkpk" : piece.name();
    }

    static boolean harmless(Piece piece) {
        return HARMLESS.matcher(piece.name()).matches();
    }

    private void compare(Piece piece, Set<Piece> differing) {
        Piece twin = twins.of(piece);
        if (twin == null) fresh(piece);
        else if (Twins.plain(piece.sectionName()).equals(Twins.plain(twin.sectionName())) && same(piece, twin)) return;
        else if (piece.gone())
            refuse(piece, "is __init or __exit " + (piece.kind() == Kind.CODE ? "code" : "data") + ", which a running kernel no longer has");
        else if (piece.kind() == Kind.CODE) replaced.add(piece);
        else if (COLLECTED.matcher(piece.sectionName()).matches()) refuse(piece, collected(piece));
        else if (harmless(piece)) fresh.add(piece);
        else if (piece.size() != twin.size())
            refuse(piece, "its layout changes from " + twin.size() + " to " + piece.size() + " bytes, and the running one stays as it is");
        else if (piece.kind() == Kind.WRITABLE || piece.global())
            refuse(piece, "its initial value changes, and the running one keeps its own; set it in a callback");
        else differing.add(piece);
    }

    private void fresh(Piece piece) {
        if (piece.gone())
            refuse(piece, "is new __init or __exit " + (piece.kind() == Kind.CODE ? "code" : "data") + ", which nothing will ever run or read");
        else if (COLLECTED.matcher(piece.sectionName()).matches()) refuse(piece, collected(piece));
        else if (piece.sectionName().startsWith(PER_CPU)) refuse(piece, "is a new per-CPU variable, for which a running kernel has no room");
        else if (piece.kind() == Kind.WRITABLE && twins.uncertain(piece) && !harmless(piece))
            refuse(piece, "is a static local of which it is not certain which running one it is");
        else fresh.add(piece);
    }

    private static String collected(Piece piece) {
        return "changes a record in section " + piece.sectionName() + ", which the kernel reads when it boots or loads a module";
    }

    private void refuse(Piece piece, String reason) {
        refusals.add(new Refused(piece.name().startsWith("__UNIQUE_ID_") ? piece.sectionName() : piece.name(), reason));
    }

    /** Constants that differ come along, and so must all that refers to them; halves of a function go together. */
    private void spread(Set<Piece> differing) {
        fresh.addAll(differing);
        Set<Piece> seen = new LinkedHashSet<>();
        for (boolean more = true; more;) {
            more = false;
            for (Piece piece : changed.all()) {
                if (replaced.contains(piece) || twins.of(piece) == null || Pieces.replacement(piece)) continue;
                boolean touched = piece.references().stream().anyMatch(r -> differing.contains(r.target())) || halfOfReplaced(piece);
                if (!touched || fresh.contains(piece) || !seen.add(piece)) continue;
                more = true;
                if (piece.kind() == Kind.CODE) replaced.add(piece);
                else if (piece.kind() == Kind.CONSTANT && !piece.global()) differing.add(piece);
                else refuse(piece, "refers to a constant that changes, and the running one keeps the old");
                fresh.addAll(differing);
            }
        }
    }

    /** Whether it is the rarely run half ({@code f.cold}) of a replaced function, or has one. */
    private boolean halfOfReplaced(Piece piece) {
        if (piece.kind() != Kind.CODE) return false;
        for (Piece other : replaced)
            if (other.name().equals(piece.name() + ".cold") || piece.name().equals(other.name() + ".cold")) return true;
        return false;
    }

    private boolean same(Piece one, Piece other) {
        if (!Arrays.equals(Twins.content(one), Twins.content(other)) || one.references().size() != other.references().size()) return false;
        for (int i = 0; i < one.references().size(); i++)
            if (!same(one.references().get(i), other.references().get(i))) return false;
        if (one.entries().size() != other.entries().size()) return false;
        for (int i = 0; i < one.entries().size(); i++)
            if (!same(one.entries().get(i), other.entries().get(i))) return false;
        return true;
    }

    private boolean same(Piece.Reference one, Piece.Reference other) {
        Piece target = one.target();
        if (one.offset() != other.offset() || one.type() != other.type() || one.addend() != other.addend()) return false;
        if (target.kind() != other.target().kind()) return false;
        return switch (target.kind()) {
            case EXTERNAL -> target.name().equals(other.target().name());
            case STRING, MERGED -> Arrays.equals(target.bytes(), other.target().bytes());
            default -> twins.of(target) == other.target() || sameConstant(target, other.target());
        };
    }

    /** Names of functions, say, of which the compiler counts the instances anew. */
    private static boolean sameConstant(Piece one, Piece other) {
        return one.kind() == Kind.CONSTANT && harmless(one) && harmless(other) && one.references().isEmpty() && Arrays.equals(one.bytes(), other.bytes());
    }

    private boolean same(Piece.Entry one, Piece.Entry other) {
        Piece a = one.body();
        Piece b = other.body();
        if (!one.table().equals(other.table()) || one.at() != other.at() || a.references().size() != b.references().size()) return false;
        if (!Arrays.equals(comparable(one), comparable(other))) return false;
        for (int i = 1; i < a.references().size(); i++) {
            if (Pieces.replacement(a.references().get(i).target())) {
                if (!Arrays.equals(instead(a, i), instead(b, i))) return false;
            } else if (!same(a.references().get(i), b.references().get(i))) return false;
        }
        return true;
    }

    /** Where in a file a warning stands makes no difference. */
    private static byte[] comparable(Piece.Entry entry) {
        byte[] bytes = Twins.masked(entry.body());
        if (entry.table().equals("__bug_table")) Arrays.fill(bytes, BUG_LINE, BUG_LINE + 2, (byte) 0);
        return bytes;
    }

    /** The alternative's code; its length is the entry's last byte. */
    private static byte[] instead(Piece entry, int reference) {
        Piece.Reference where = entry.references().get(reference);
        int length = entry.bytes()[entry.size() - 1] & 0xFF;
        byte[] code = Twins.masked(where.target());
        int from = Math.max(0, Math.min(where.addend(), code.length));
        return Arrays.copyOfRange(code, from, Math.min(code.length, from + length));
    }
}
