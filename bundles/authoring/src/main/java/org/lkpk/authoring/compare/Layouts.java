package org.lkpk.authoring.compare;

import static org.lkpk.authoring.elf.DebugInfo.*;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.lkpk.authoring.elf.DebugInfo;
import org.lkpk.authoring.elf.DebugInfo.Entry;

/**
 * The structures, unions and enumerations that the code of one file knows. Where one of them differs after a change, the
 * running kernel is full of objects of the old layout. One that is new harms nobody, even if it bears a name that is there:
 * functions may each have their own.
 */
public final class Layouts {
    /** Why that is no live patch, for the end of a line. */
    public static final String ALIVE = "; objects of the old layout are alive, and a shadow variable can hold what is new";
    /** Names within names; anonymous ones can hold pointers to themselves. */
    private static final int DEEPEST = 12;
    private static final Map<Integer, String> KINDS = Map.of(DW_TAG_STRUCTURE_TYPE, "struct", DW_TAG_UNION_TYPE, "union",
            DW_TAG_ENUMERATION_TYPE, "enum");

    /** @param at in bytes; an enumerator's value */
    private record Member(String name, String type, long at, long bit, long bits, long line) {
        String place() {
            return bits < 0 ? "byte " + at : "byte " + at + ", bit " + bit;
        }

        boolean same(Member other) {
            return name.equals(other.name) && type.equals(other.type) && samePlace(other);
        }

        boolean samePlace(Member other) {
            return at == other.at && bit == other.bit && bits == other.bits;
        }
    }

    private record Layout(String name, long size, List<Member> members, String file, long line) {
        boolean same(Layout other) {
            if (size != other.size || members.size() != other.members.size()) return false;
            return members.stream().allMatch(one -> other.member(one.name) != null && one.same(other.member(one.name)));
        }

        Member member(String wanted) {
            for (Member member : members) if (member.name.equals(wanted)) return member;
            return null;
        }
    }

    /**
     * A type whose objects no longer are what they were.
     *
     * @param file as the compiler has found it
     * @param reason what of it changes
     */
    public record Changed(String type, String file, long line, String reason) { }

    private final DebugInfo info;
    private final Map<String, List<Layout>> layouts = new LinkedHashMap<>();

    public Layouts(DebugInfo info) {
        this.info = info;
        for (Entry entry : info.entries()) {
            String kind = KINDS.get(entry.tag());
            if (kind == null || entry.name().isEmpty() || entry.number(DW_AT_DECLARATION, 0) != 0) continue;
            String name = kind + " " + entry.name();
            layouts.computeIfAbsent(name, none -> new ArrayList<>()).add(new Layout(name, entry.number(DW_AT_BYTE_SIZE, 0), members(entry),
                    info.file(entry), entry.number(DW_AT_DECL_LINE, 0)));
        }
    }

    /** Types that both know and that differ. */
    public List<Changed> changedIn(Layouts after) {
        List<Changed> found = new ArrayList<>();
        layouts.forEach((name, old) -> {
            List<Layout> gone = new ArrayList<>(old);
            List<Layout> fresh = new ArrayList<>(after.layouts.getOrDefault(name, List.of()));
            gone.removeIf(one -> fresh.stream().anyMatch(one::same));
            fresh.removeIf(one -> old.stream().anyMatch(one::same));
            if (gone.isEmpty() || fresh.isEmpty()) return;
            Changed changed = name.startsWith("enum ") ? changedValue(gone.get(0), fresh.get(0)) : changed(gone.get(0), fresh.get(0));
            if (changed != null) found.add(changed);
        });
        return found;
    }

    private static Changed changed(Layout old, Layout fresh) {
        for (Member member : fresh.members)
            if (old.member(member.name) == null) return told(fresh, member.line, "gets the member " + member.name + sizes(old, fresh));
        for (Member member : old.members)
            if (fresh.member(member.name) == null) return told(fresh, fresh.line, "loses its member " + member.name + sizes(old, fresh));
        for (Member member : fresh.members) {
            Member before = old.member(member.name);
            if (!before.type.equals(member.type))
                return told(fresh, member.line, "its member " + member.name + " was " + before.type + " and becomes " + member.type);
        }
        for (Member member : fresh.members) {
            Member before = old.member(member.name);
            if (!before.samePlace(member))
                return told(fresh, member.line, "its member " + member.name + " moves from " + before.place() + " to " + member.place());
        }
        return told(fresh, fresh.line, "changes its size" + sizes(old, fresh));
    }

    /** A name more for a value is no change of those that are there; null if that is all. */
    private static Changed changedValue(Layout old, Layout fresh) {
        for (Member member : old.members) {
            Member now = fresh.member(member.name);
            if (now == null) return told(fresh, fresh.line, "loses its value " + member.name);
            if (now.at != member.at) return told(fresh, now.line, "its value " + member.name + " was " + member.at + " and becomes " + now.at);
        }
        return old.size == fresh.size ? null : told(fresh, fresh.line, "changes its size" + sizes(old, fresh));
    }

    private static Changed told(Layout type, long line, String reason) {
        return new Changed(type.name, type.file, line, reason);
    }

    private static String sizes(Layout old, Layout fresh) {
        return old.size == fresh.size ? "" : " (" + old.size + " bytes, then " + fresh.size + ")";
    }

    private List<Member> members(Entry type) {
        List<Member> members = new ArrayList<>();
        for (Entry child : type.children()) {
            long line = child.number(DW_AT_DECL_LINE, type.number(DW_AT_DECL_LINE, 0));
            if (child.tag() == DW_TAG_ENUMERATOR) members.add(new Member(child.name(), "", child.number(DW_AT_CONST_VALUE, 0), 0, -1, line));
            if (child.tag() != DW_TAG_MEMBER) continue;
            Entry its = info.type(child);
            long at = child.number(DW_AT_DATA_MEMBER_LOCATION, 0);
            boolean nameless = child.name().isEmpty() && its != null && its.name().isEmpty() && KINDS.containsKey(its.tag());
            // Members of an anonymous one within are the outer one's, as they are in C.
            if (nameless) for (Member inner : members(its))
                members.add(new Member(inner.name, inner.type, at + inner.at, inner.bit, inner.bits, inner.line));
            else members.add(new Member(child.name(), described(its, 0), at, child.number(DW_AT_BIT_OFFSET, child.number(DW_AT_DATA_BIT_OFFSET, 0)),
                    child.number(DW_AT_BIT_SIZE, -1), line));
        }
        return members;
    }

    /** A type in the words of C; those with a tag by their names, since they are compared under these. */
    private String described(Entry type, int depth) {
        if (type == null) return "void";
        if (depth > DEEPEST) return "…";
        Entry its = info.type(type);
        return switch (type.tag()) {
            case DW_TAG_POINTER_TYPE -> described(its, depth + 1) + "*";
            case DW_TAG_CONST_TYPE, DW_TAG_VOLATILE_TYPE, DW_TAG_RESTRICT_TYPE, DW_TAG_ATOMIC_TYPE, DW_TAG_TYPEDEF -> described(its, depth + 1);
            case DW_TAG_ARRAY_TYPE -> described(its, depth + 1) + bounds(type);
            case DW_TAG_SUBROUTINE_TYPE -> described(its, depth + 1) + parameters(type, depth);
            default -> KINDS.containsKey(type.tag()) ? tagged(type, depth) : type.name();
        };
    }

    private String tagged(Entry type, int depth) {
        String kind = KINDS.get(type.tag());
        if (!type.name().isEmpty()) return kind + " " + type.name();
        StringJoiner members = new StringJoiner("; ", kind + " { ", " }");
        for (Entry child : type.children())
            if (child.tag() == DW_TAG_ENUMERATOR) members.add(child.name() + " = " + child.number(DW_AT_CONST_VALUE, 0));
            else if (child.tag() == DW_TAG_MEMBER) members.add(described(info.type(child), depth + 1) + " " + child.name()
                    + (child.number(DW_AT_BIT_SIZE, -1) < 0 ? "" : ":" + child.number(DW_AT_BIT_SIZE, -1)));
        return members.toString();
    }

    private static String bounds(Entry array) {
        StringBuilder bounds = new StringBuilder();
        for (Entry child : array.children()) {
            if (child.tag() != DW_TAG_SUBRANGE_TYPE) continue;
            long last = child.number(DW_AT_UPPER_BOUND, -1);
            bounds.append('[').append(last == 0xFFFFFFFFL ? 0 : child.number(DW_AT_COUNT, last + 1)).append(']');
        }
        return bounds.toString();
    }

    private String parameters(Entry function, int depth) {
        StringJoiner types = new StringJoiner(", ", "(", ")");
        for (Entry child : function.children())
            if (child.tag() == DW_TAG_FORMAL_PARAMETER) types.add(described(info.type(child), depth + 1));
            else if (child.tag() == DW_TAG_UNSPECIFIED_PARAMETERS) types.add("…");
        return types.toString();
    }
}
