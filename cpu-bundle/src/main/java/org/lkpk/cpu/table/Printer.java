package org.lkpk.cpu.table;

import java.util.ArrayList;
import java.util.List;
import org.lkpk.api.cpu.Disassembler;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;

/** Prints instructions in Intel syntax from the same table that the engine decodes by. */
public final class Printer implements Disassembler {
    private static final String[] R32 = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
            R16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"}, R8 = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"},
            SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

    private final Decoder decoder;

    public Printer(OpTable table) {
        decoder = new Decoder(table, Profile.PENTIUM4);
    }

    /** Thrown by a cursor that runs off its array; there is no more to tell. */
    private static final class End extends RuntimeException {
        private static final long serialVersionUID = 1;

        End() {
            super(null, null, false, false);
        }
    }

    @Override
    public List<Line> disassemble(byte[] code, int address, int bits) {
        List<Line> lines = new ArrayList<>();
        for (int at = 0; at < code.length; ) {
            Insn i = decode(code, at, bits);
            boolean none = i == null || i.form.opcode().isEmpty();
            int length = none ? 1 : i.length;
            String text = none ? "db " + hex(code[at] & 0xFF) : text(i, address + at);
            lines.add(new Line(address + at, length, text));
            at += length;
        }
        return lines;
    }

    private Insn decode(byte[] code, int from, int bits) {
        int[] at = {from};
        try {
            return decoder.decode(() -> {
                if (at[0] == code.length) throw new End();
                return code[at[0]++] & 0xFF;
            }, bits);
        } catch (End end) {
            return null;
        }
    }

    private static String text(Insn i, int address) {
        StringBuilder t = new StringBuilder();
        if (i.lock) t.append("lock ");
        boolean string = STRINGS.contains(i.form.mnemonic());
        if (string && i.repeat != 0) t.append(i.repeat == 0xF2 ? "repne " : "rep ");
        t.append(string ? string(i) : mnemonic(i));
        String separator = " ";
        for (Operand o : i.form.operands()) {
            t.append(separator).append(operand(i, o, address));
            separator = ", ";
        }
        return t.toString();
    }

    private static final List<String> STRINGS = List.of("movs", "cmps", "stos", "lods", "scas", "ins", "outs");

    private static String mnemonic(Insn i) {
        String m = i.form.mnemonic();
        if (m.equals("xchg") && i.mod < 0 && i.rm == 0) return i.repeat == 0xF3 ? "pause ;" : "nop ;";
        boolean wide = i.operandSize == 32;
        return switch (m) {
            case "cbw" -> wide ? "cwde" : "cbw";
            case "cwd" -> wide ? "cdq" : "cwd";
            case "pusha", "popa", "pushf", "popf", "iret" -> wide ? m + "d" : m;
            case "jcxz" -> i.addressSize == 32 ? "jecxz" : m;
            case "ud" -> "ud2";
            default -> m;
        };
    }

    private static String string(Insn i) {
        return i.form.mnemonic() + (i.form.name().endsWith("_b") ? "b" : i.operandSize == 32 ? "d" : "w");
    }

    private static String operand(Insn i, Operand o, int address) {
        int bits = o.bits(i.operandSize);
        return switch (o) {
            case Eb, Ew, Ed, Ev, M, Mb, Mw, Md, Mq, Mt, Mp, Mdq, Mps, Mpd -> i.memory() ? memory(i, o) : register(i.rm, bits);
            case Gb, Gw, Gd, Gv -> register(i.reg, bits);
            case Zb, Zv, Zd, Rd -> register(i.rm, bits);
            case Ib, Iw, Iz -> hex(secondImmediate(i, o) ? i.immediate2 & 0xFF : width(i.immediate, i));
            case sIb -> hex(width(i.immediate, i));
            case Jb, Jz -> hex(address + i.length + i.immediate);
            case Ap -> hex(i.immediate2) + ":" + hex(i.immediate);
            case Ob, Ov -> size(bits) + segment(i, true) + "[" + hex(i.displacement) + "]";
            case Sw -> i.reg < 6 ? SEGMENTS[i.reg] : "?";
            case Cd -> "cr" + i.reg;
            case Td -> "tr" + i.reg;
            case Dd -> "dr" + i.reg;
            case rAX -> register(0, bits);
            case ONE -> "1";
            case ST -> "st(0)";
            case STi -> "st(" + i.rm + ")";
            case Pd, Pq -> "mm" + i.reg;
            case Nq -> "mm" + i.rm;
            case Qd, Qq -> i.memory() ? memory(i, o) : "mm" + i.rm;
            case Vd, Vq, Vdq, Vss, Vsd, Vps, Vpd -> "xmm" + i.reg;
            case Uq, Udq, Ups, Upd -> "xmm" + i.rm;
            case Wd, Wq, Wdq, Wss, Wsd, Wps, Wpd -> i.memory() ? memory(i, o) : "xmm" + i.rm;
            case RdMw -> i.memory() ? memory(i, o) : register(i.rm, 32);
            default -> o.name().toLowerCase(java.util.Locale.ROOT);
        };
    }

    private static boolean secondImmediate(Insn i, Operand o) {
        return o == Operand.Ib && i.form.operands().contains(Operand.Iw);
    }

    /** An immediate cut to the width it is used with. */
    private static int width(int immediate, Insn i) {
        Operand first = i.form.operands().get(0);
        int bits = first.bits(i.operandSize);
        return bits == 8 ? immediate & 0xFF : bits == 16 ? immediate & 0xFFFF : immediate;
    }

    private static String register(int n, int bits) {
        return bits == 8 ? R8[n] : bits == 16 ? R16[n] : R32[n];
    }

    private static String memory(Insn i, Operand o) {
        StringBuilder t = new StringBuilder(size(o.bits(i.operandSize))).append(segment(i, false)).append('[');
        String[] names = i.addressSize == 32 ? R32 : R16;
        String plus = "";
        if (i.base != CpuState.NONE) {
            t.append(names[i.base]);
            plus = " + ";
        }
        if (i.index != CpuState.NONE) {
            t.append(plus).append(names[i.index]);
            if (i.addressSize == 32 && i.scale > 0) t.append('*').append(1 << i.scale);
            plus = " + ";
        }
        int d = i.displacement;
        if (plus.isEmpty()) t.append(hex(i.addressSize == 16 ? d & 0xFFFF : d));
        else if (d != 0) t.append(d < 0 ? " - " : " + ").append(hex(Math.abs(d)));
        return t.append(']').toString();
    }

    private static String size(int bits) {
        return switch (bits) {
            case 8 -> "byte ptr ";
            case 16 -> "word ptr ";
            case 32 -> "dword ptr ";
            case 64 -> "qword ptr ";
            case 80 -> "xword ptr ";
            case 128 -> "xmmword ptr ";
            default -> "";
        };
    }

    /** The segment, if it is not the one that the base register implies. */
    private static String segment(Insn i, boolean plain) {
        boolean stack = !plain && (i.base == CpuState.EBP || i.base == CpuState.ESP);
        return i.segment == (stack ? CpuState.SS : CpuState.DS) ? "" : SEGMENTS[i.segment] + ":";
    }

    private static String hex(int v) {
        return v >= 0 && v < 10 ? Integer.toString(v) : "0x" + Integer.toHexString(v);
    }
}
