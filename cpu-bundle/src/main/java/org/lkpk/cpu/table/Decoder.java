package org.lkpk.cpu.table;

import java.util.List;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;

/** Decodes machine code by the opcode table. */
public final class Decoder {
    /** What bytes that are no instruction decode to: it raises #UD. */
    private static final Form UNDEFINED = new Form("", "ud", List.of(), true, false, Profile.I386);
    /** What an instruction longer than 15 bytes decodes to: it raises #GP(0). */
    private static final Form TOO_LONG = new Form("", "tooLong", List.of(), true, false, Profile.I386);
    private static final int LONGEST = 15;

    private final OpTable table;
    private final Profile profile;
    private Code code;
    private int bits, length;
    /** Whether there was a prefix 66. */
    private boolean operandSize;

    public Decoder(OpTable table, Profile profile) {
        this.table = table;
        this.profile = profile;
    }

    /** Decodes one instruction for a code segment of 16 or 32 {@code bits}. Never fails; what is none becomes #UD. */
    public Insn decode(Code from, int bits) {
        code = from;
        length = 0;
        this.bits = bits;
        operandSize = false;
        Insn i = new Insn();
        i.operandSize = i.addressSize = (byte) bits;
        int segment = -1, opcode;
        for (;;) {
            if (length == LONGEST) return as(i, TOO_LONG);
            opcode = next();
            switch (opcode) {
                case 0x26, 0x2E, 0x36, 0x3E -> segment = opcode >> 3 & 3;
                case 0x64, 0x65 -> segment = opcode - 0x60;
                case 0x66 -> {
                    i.operandSize = (byte) (48 - bits);
                    operandSize = true;
                }
                case 0x67 -> i.addressSize = (byte) (48 - bits);
                case 0xF0 -> i.lock = true;
                case 0xF2, 0xF3 -> i.repeat = (short) opcode;
                default -> {
                    body(i, opcode, segment);
                    if (length > LONGEST) i.form = TOO_LONG;
                    i.length = (byte) length;
                    return i;
                }
            }
        }
    }

    private void body(Insn i, int first, int segment) {
        int map = 0, opcode = first;
        if (opcode == 0x0F) {
            map = OpTable.afterEscape(operandSize, i.repeat);
            opcode = next();
            if (table.mandatory(map, opcode)) {
                i.operandSize = (byte) bits;
                i.repeat = 0;
            }
        }
        i.opcode = (short) opcode;
        int modRm = 0;
        if (table.modRm(map, opcode)) {
            modRm = next();
            i.mod = (byte) (modRm >> 6);
            i.reg = (byte) (modRm >> 3 & 7);
            i.rm = (byte) (modRm & 7);
        }
        Form form = table.find(map, opcode, modRm);
        if (form == null || form.since().compareTo(profile) > 0) {
            as(i, UNDEFINED);
            return;
        }
        i.form = form;
        i.segment = CpuState.DS;
        if (i.mod >= 0) {
            if (registersAlone(form)) i.mod = 3;
            if (i.mod != 3) {
                if (i.addressSize == 32) address32(i);
                else address16(i);
            }
        } else i.rm = (byte) (opcode & 7);
        if (segment >= 0) i.segment = (byte) segment;
        if (i.lock && !(lockable(form) && i.memory())) as(i, UNDEFINED);
        for (Operand o : form.operands()) immediate(i, o);
    }

    /** The 80386 lets LOCK stand before BT, too. */
    private boolean lockable(Form form) {
        return form.lock() || profile == Profile.I386 && form.mnemonic().equals("bt");
    }

    /** Moves to and from control, debug and test registers take any mod for 3. */
    private static boolean registersAlone(Form form) {
        for (Operand o : form.operands()) if (o == Operand.Cd || o == Operand.Dd || o == Operand.Td) return true;
        return false;
    }

    private Insn as(Insn i, Form form) {
        i.form = form;
        i.length = (byte) length;
        return i;
    }

    private void immediate(Insn i, Operand o) {
        switch (o) {
            case Ib -> put(i, next());
            case sIb, Jb -> put(i, (byte) next());
            case Iw -> put(i, next16());
            case Iz, Jz -> put(i, i.operandSize == 16 ? (short) next16() : next32());
            case Ob, Ov -> i.displacement = i.addressSize == 16 ? next16() : next32();
            case Ap -> {
                i.immediate = i.operandSize == 16 ? next16() : next32();
                i.immediate2 = (char) next16();
            }
            default -> { }
        }
    }

    /** The first immediate, or ENTER's second. */
    private static void put(Insn i, int value) {
        if (i.hasImmediate) i.immediate2 = (char) value;
        else i.immediate = value;
        i.hasImmediate = true;
    }

    private void address32(Insn i) {
        byte base = i.rm;
        boolean scaled = false; // On the 80386 a scale without an index is the base's.
        if (base == 4) {
            int sib = next();
            base = (byte) (sib & 7);
            i.scale = (byte) (sib >> 6);
            if ((sib >> 3 & 7) != 4) i.index = (byte) (sib >> 3 & 7);
            else if (i.scale != 0 && profile == Profile.I386) scaled = true;
        }
        if (base == 5 && i.mod == 0) {
            i.displacement = next32();
            return;
        }
        if (scaled) i.index = base;
        else i.base = base;
        if (base == CpuState.ESP || base == CpuState.EBP) i.segment = CpuState.SS;
        i.displacement = i.mod == 1 ? (byte) next() : i.mod == 2 ? next32() : 0;
    }

    private void address16(Insn i) {
        switch (i.rm) {
            case 0 -> pair(i, CpuState.EBX, CpuState.ESI);
            case 1 -> pair(i, CpuState.EBX, CpuState.EDI);
            case 2 -> pair(i, CpuState.EBP, CpuState.ESI);
            case 3 -> pair(i, CpuState.EBP, CpuState.EDI);
            case 4 -> i.base = CpuState.ESI;
            case 5 -> i.base = CpuState.EDI;
            case 6 -> {
                if (i.mod == 0) {
                    i.displacement = next16();
                    return;
                }
                i.base = CpuState.EBP;
            }
            default -> i.base = CpuState.EBX;
        }
        if (i.base == CpuState.EBP) i.segment = CpuState.SS;
        i.displacement = i.mod == 1 ? (byte) next() : i.mod == 2 ? (short) next16() : 0;
    }

    private static void pair(Insn i, int base, int index) {
        i.base = (byte) base;
        i.index = (byte) index;
    }

    private int next() {
        length++;
        // Beyond the longest instruction nothing is fetched: the length alone decides then.
        return length > LONGEST ? 0 : code.next();
    }

    private int next16() {
        int low = next();
        return low | next() << 8;
    }

    private int next32() {
        int low = next16();
        return low | next16() << 16;
    }
}
