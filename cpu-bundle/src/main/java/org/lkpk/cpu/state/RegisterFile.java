package org.lkpk.cpu.state;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.cpu.Segment;

/** The registers by their names in the SDM. */
public final class RegisterFile {
    private static final List<String> WIDE = List.of("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi");
    private static final List<String> WORDS = List.of("ax", "cx", "dx", "bx", "sp", "bp", "si", "di");
    private static final List<String> BYTES = List.of("al", "cl", "dl", "bl", "ah", "ch", "dh", "bh");
    private static final List<String> SEGMENTS = List.of("es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr");
    private static final List<String> PARTS = List.of("base", "limit", "access");
    private static final List<String> OTHERS = List.of("eip", "eflags", "cpl", "cr0", "cr2", "cr3", "cr4", "dr0", "dr1", "dr2",
            "dr3", "dr6", "dr7", "gdtr.base", "gdtr.limit", "idtr.base", "idtr.limit", "sysenter_cs", "sysenter_esp",
            "sysenter_eip", "efer", "tsc", "vector0", "vector1", "vector2");

    /** All names, in the order in which people want to read them. */
    public static final List<String> NAMES = names();

    private RegisterFile() { }

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of("eip", "eflags", "eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp"));
        names.addAll(SEGMENTS);
        for (String n : OTHERS) if (!names.contains(n)) names.add(n);
        for (String s : SEGMENTS) for (String p : PARTS) names.add(s + "." + p);
        names.addAll(WORDS);
        names.addAll(BYTES);
        names.addAll(NumericFile.names());
        return List.copyOf(names);
    }

    /** @throws IllegalArgumentException if there is no register of that name */
    public static long read(CpuState s, String name) {
        int n = WIDE.indexOf(name);
        if (n >= 0) return s.r[n] & 0xFFFFFFFFL;
        if ((n = WORDS.indexOf(name)) >= 0) return s.r[n] & 0xFFFF;
        if ((n = BYTES.indexOf(name)) >= 0) return s.r8(n);
        if (segmentOf(name) >= 0) return segmentPart(s, name)[segmentOf(name)] & 0xFFFFFFFFL;
        if (name.equals("tsc")) return s.board.ticks() + s.ticksOffset;
        if (NumericFile.has(name)) return NumericFile.read(s, name);
        return other(s, name) & 0xFFFFFFFFL;
    }

    private static int other(CpuState s, String name) {
        return switch (name) {
            case "eip" -> s.eip;
            case "eflags" -> s.eflags();
            case "cpl" -> s.cpl;
            case "cr0" -> s.cr0;
            case "cr2" -> s.cr2;
            case "cr3" -> s.cr3;
            case "cr4" -> s.cr4;
            case "dr0", "dr1", "dr2", "dr3", "dr6", "dr7" -> s.dr[name.charAt(2) - '0'];
            case "gdtr.base" -> s.gdtBase;
            case "gdtr.limit" -> s.gdtLimit;
            case "idtr.base" -> s.idtBase;
            case "idtr.limit" -> s.idtLimit;
            case "sysenter_cs" -> s.sysenterCs;
            case "sysenter_esp" -> s.sysenterEsp;
            case "sysenter_eip" -> s.sysenterEip;
            case "efer" -> s.efer;
            case "vector0", "vector1", "vector2" -> s.vectors[name.charAt(6) - '0'];
            default -> throw new IllegalArgumentException(name + ": no such register");
        };
    }

    /** Sets a register, unchecked; one that decides on translations drops them. Throws as {@link #read} does. */
    public static void write(CpuState s, String name, long value) {
        int v = (int) value, n;
        if ((n = WIDE.indexOf(name)) >= 0) s.r[n] = v;
        else if ((n = WORDS.indexOf(name)) >= 0) s.r16(n, v);
        else if ((n = BYTES.indexOf(name)) >= 0) s.r8(n, v);
        else if ((n = segmentOf(name)) >= 0) {
            segmentPart(s, name)[n] = v;
            s.segmentChanged(n);
        } else if (name.equals("tsc")) s.ticksOffset = value - s.board.ticks();
        else if (NumericFile.has(name)) NumericFile.write(s, name, value);
        else writeOther(s, name, v);
    }

    private static void writeOther(CpuState s, String name, int v) {
        switch (name) {
            case "eip" -> s.eip = v;
            case "eflags" -> s.eflags(v);
            case "cpl" -> s.privilege(v & 3);
            case "cr0", "cr3", "cr4" -> control(s, name, v);
            case "cr2" -> s.cr2 = v;
            case "dr0", "dr1", "dr2", "dr3", "dr6", "dr7" -> debug(s, name.charAt(2) - '0', v);
            case "gdtr.base" -> s.gdtBase = v;
            case "gdtr.limit" -> s.gdtLimit = v;
            case "idtr.base" -> s.idtBase = v;
            case "idtr.limit" -> s.idtLimit = v;
            case "vector0", "vector1", "vector2" -> s.vectors[name.charAt(6) - '0'] = v;
            case "sysenter_cs" -> s.sysenterCs = v;
            case "sysenter_esp" -> s.sysenterEsp = v;
            case "sysenter_eip" -> s.sysenterEip = v;
            case "efer" -> {
                s.efer = v;
                s.tlb.flush();
            }
            default -> throw new IllegalArgumentException(name + ": no such register");
        }
    }

    private static void debug(CpuState s, int n, int v) {
        s.dr[n] = v;
        s.attend();
        s.tlb.guard.breakpoints();
    }

    private static void control(CpuState s, String name, int v) {
        if (name.equals("cr0")) s.cr0 = v & s.model.cr0() | s.model.cr0Fixed();
        else if (name.equals("cr3")) s.cr3 = v;
        else s.cr4 = v;
        for (int i = 0; i < 8; i++) s.segmentChanged(i);
        s.tlb.flush();
    }

    /** Number of the segment that {@code cs} or {@code cs.base} names; -1 if none. */
    private static int segmentOf(String name) {
        int dot = name.indexOf('.');
        if (dot >= 0 && !PARTS.contains(name.substring(dot + 1))) return -1;
        return SEGMENTS.indexOf(dot < 0 ? name : name.substring(0, dot));
    }

    private static int[] segmentPart(CpuState s, String name) {
        if (name.endsWith(".base")) return s.base;
        if (name.endsWith(".limit")) return s.limit;
        return name.endsWith(".access") ? s.access : s.selector;
    }

    private static int segment(String name) {
        int n = SEGMENTS.indexOf(name);
        if (n < 0)
            throw new IllegalArgumentException(name + ": no such segment register; there are " + String.join(" ", SEGMENTS));
        return n;
    }

    public static Segment segment(CpuState s, String name) {
        int n = segment(name);
        return new Segment(s.selector[n], s.base[n], s.limit[n], s.access[n]);
    }

    /** Loads a segment register; CS brings the privilege level of its descriptor. */
    public static void segment(CpuState s, String name, Segment segment) {
        int n = segment(name);
        s.selector[n] = segment.selector() & 0xFFFF;
        s.base[n] = segment.base();
        s.limit[n] = segment.limit();
        s.access[n] = segment.access();
        s.segmentChanged(n);
        if (n == CpuState.CS && s.descriptors()) s.privilege(segment.selector() & 3);
    }
}
