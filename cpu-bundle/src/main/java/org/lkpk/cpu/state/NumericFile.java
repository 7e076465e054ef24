package org.lkpk.cpu.state;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.cpu.fpu.Fpu;

/** The registers of the FPU, MMX and SSE by their names in the SDM; those of more than 64 bits in two parts. */
final class NumericFile {
    private static final List<String> WORDS = List.of("fcw", "fsw", "ftw", "fop", "fip", "fcs", "fdp", "fds", "mxcsr");
    private static final String SIGNIFICAND = ".significand", EXPONENT = ".exponent", LOW = ".low", HIGH = ".high";

    private NumericFile() { }

    static List<String> names() {
        List<String> names = new ArrayList<>(WORDS);
        for (int n = 0; n < 8; n++) names.addAll(List.of("st" + n + SIGNIFICAND, "st" + n + EXPONENT));
        for (int n = 0; n < 8; n++) names.add("mm" + n);
        for (int n = 0; n < 8; n++) names.addAll(List.of("xmm" + n + LOW, "xmm" + n + HIGH));
        return names;
    }

    static boolean has(String name) {
        return WORDS.contains(name) || name.matches("mm[0-7]|xmm[0-7]\\.(low|high)|st[0-7]\\.(significand|exponent)");
    }

    private static int number(String name) {
        int dot = name.indexOf('.');
        return name.charAt((dot < 0 ? name.length() : dot) - 1) - '0';
    }

    /** The value of a register that there is. */
    static long read(CpuState s, String name) {
        Fpu f = s.fpu;
        return switch (name) {
            case "fcw" -> f.control();
            case "fsw" -> f.status();
            case "ftw" -> f.tags();
            case "fop" -> f.opcode;
            case "fip" -> f.instructionOffset & 0xFFFFFFFFL;
            case "fcs" -> f.instructionSelector;
            case "fdp" -> f.dataOffset & 0xFFFFFFFFL;
            case "fds" -> f.dataSelector;
            case "mxcsr" -> s.simd.mxcsr();
            default -> number(s, name, number(name));
        };
    }

    private static long number(CpuState s, String name, int n) {
        if (name.endsWith(SIGNIFICAND)) return s.fpu.significand(n);
        if (name.endsWith(EXPONENT)) return s.fpu.signExponent(n);
        if (name.endsWith(LOW)) return s.simd.xmm[2 * n];
        return name.endsWith(HIGH) ? s.simd.xmm[2 * n + 1] : s.fpu.mmx(n);
    }

    /** Sets a register that there is; a part of ST leaves the tag alone. */
    static void write(CpuState s, String name, long value) {
        Fpu f = s.fpu;
        int v = (int) value;
        switch (name) {
            case "fcw" -> f.control(v);
            case "fsw" -> f.status(v);
            case "ftw" -> f.tags(v);
            case "fop" -> f.opcode = v & 0x7FF;
            case "fip" -> f.instructionOffset = v;
            case "fcs" -> f.instructionSelector = v & 0xFFFF;
            case "fdp" -> f.dataOffset = v;
            case "fds" -> f.dataSelector = v & 0xFFFF;
            case "mxcsr" -> s.simd.mxcsr(v & s.model.mxcsr());
            default -> number(s, name, number(name), value);
        }
    }

    private static void number(CpuState s, String name, int n, long value) {
        if (name.endsWith(SIGNIFICAND)) s.fpu.replace(n, value, s.fpu.signExponent(n));
        else if (name.endsWith(EXPONENT)) s.fpu.replace(n, s.fpu.significand(n), (int) value & 0xFFFF);
        else if (name.endsWith(LOW)) s.simd.xmm[2 * n] = value;
        else if (name.endsWith(HIGH)) s.simd.xmm[2 * n + 1] = value;
        else s.fpu.mmx(n, value);
    }
}
