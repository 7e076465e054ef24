package org.lkpk.cpu.engine;

import static org.lkpk.cpu.engine.Emitter.LINEAR;
import static org.lkpk.cpu.engine.Emitter.S;
import static org.lkpk.cpu.engine.Emitter.STATE;
import static org.lkpk.cpu.engine.WarmEmitter.TOP;
import static org.objectweb.asm.Opcodes.*;

import java.util.HashMap;
import java.util.Map;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.meaning.FpuFlat;
import org.lkpk.cpu.meaning.FpuMeanings;
import org.lkpk.cpu.state.View;
import org.lkpk.cpu.table.Insn;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Emits x87 instructions of a region: each is the call of a method of {@link Quick} or {@link FpuFlat}. What all of a block's
 * instructions ask or note alike stands before the first only: that no #NM is due and no exception unmasked, so that each of
 * them completes; the stack's top, from which the others are counted; and the selectors of code and data. They neither see nor
 * change general registers and flags, FNSTSW AX and FCOMI apart, so that those stay in local variables; and the FPU's own state
 * is complete wherever an instruction may leave the region.
 */
final class FpuEmitter {
    private static final String QUICK = Type.getInternalName(Quick.class), MEANINGS = Type.getInternalName(FpuMeanings.class),
            FLAT = Type.getInternalName(FpuFlat.class), VIEW = Type.getInternalName(View.class);

    /** Where a method is and what it answers: of {@link Quick}, nothing or the arithmetic flags; of {@link FpuFlat}; or AX. */
    private enum Kind { DONE, FLAGS, MEMORY, STATUS }

    /**
     * How an instruction is emitted: which method does it, with which registers of the stack, {@link #RM} being the one that
     * the instruction names; how many it pushes or pops.
     */
    private record Way(Kind kind, String method, int pushes, int pops, int... registers) { }

    private static final int RM = 8, NEW = -1;
    private static final Map<String, Way> WAYS = new HashMap<>();

    private static void way(String name, Kind kind, String method, int pushes, int pops, int... registers) {
        WAYS.put(name, new Way(kind, method, pushes, pops, registers));
    }

    private static void arithmetic(String name, String method, String with, int a, int b) {
        way(name, Kind.DONE, method, 0, 0, 0, a, b);
        way(name + "_to", Kind.DONE, method, 0, 0, RM, b, a);
        way(name + "p", Kind.DONE, method, 0, 1, RM, b, a);
        way(name + "_m64", Kind.MEMORY, with + "Real", 0, 0, 0);
        way(name + "_m32", Kind.MEMORY, with + "Single", 0, 0, 0);
    }

    private static void comparison(String name, Kind kind, String method) {
        way(name, kind, method, 0, 0, 0, RM);
        way(name + "p", kind, method, 0, 1, 0, RM);
    }

    private static void store(String name, String method) {
        way(name, Kind.MEMORY, method, 0, 0, 0);
        way(name.replace("_", "p_"), Kind.MEMORY, method, 0, 1, 0);
    }

    static {
        arithmetic("fadd", "add", "add", 0, RM);
        arithmetic("fmul", "multiply", "multiply", 0, RM);
        arithmetic("fsub", "subtract", "subtract", 0, RM);
        arithmetic("fsubr", "subtract", "subtractFrom", RM, 0);
        arithmetic("fdiv", "divide", "divideBy", 0, RM);
        arithmetic("fdivr", "divide", "divide", RM, 0);
        way("fsqrt", Kind.DONE, "squareRoot", 0, 0, 0);
        comparison("fcom", Kind.DONE, "compare");
        comparison("fucom", Kind.DONE, "compareQuietly");
        comparison("fcomi", Kind.FLAGS, "flags");
        comparison("fucomi", Kind.FLAGS, "flagsQuietly");
        way("fcompp", Kind.DONE, "compare", 0, 2, 0, 1);
        way("fucompp", Kind.DONE, "compareQuietly", 0, 2, 0, 1);
        way("ftst", Kind.DONE, "compareZero", 0, 0, 0);
        store("fcom_m64", "compareReal");
        store("fcom_m32", "compareSingle");
        way("fchs", Kind.DONE, "negate", 0, 0, 0);
        way("fabs", Kind.DONE, "absolute", 0, 0, 0);
        way("fxch", Kind.DONE, "exchange", 0, 0, 0, RM);
        way("fst", Kind.DONE, "copy", 0, 0, RM, 0);
        way("fstp", Kind.DONE, "copy", 0, 1, RM, 0);
        way("fld", Kind.DONE, "duplicate", 1, 0, NEW, RM);
        way("fld1", Kind.DONE, "pushOne", 1, 0, NEW);
        way("fldz", Kind.DONE, "pushZero", 1, 0, NEW);
        way("fld_m64", Kind.MEMORY, "pushReal", 1, 0, NEW);
        way("fld_m32", Kind.MEMORY, "pushSingle", 1, 0, NEW);
        way("fld_m80", Kind.MEMORY, "pushExtended", 1, 0, NEW);
        way("fild_m16", Kind.MEMORY, "pushInteger16", 1, 0, NEW);
        way("fild_m32", Kind.MEMORY, "pushInteger32", 1, 0, NEW);
        way("fild_m64", Kind.MEMORY, "pushInteger64", 1, 0, NEW);
        store("fst_m64", "storeReal");
        store("fst_m32", "storeSingle");
        store("fist_m16", "storeInteger16");
        store("fist_m32", "storeInteger32");
        way("fistp_m64", Kind.MEMORY, "storeInteger64", 0, 1, 0);
        way("fstp_m80", Kind.MEMORY, "storeExtended", 0, 1, 0);
        way("fnstsw_ax", Kind.STATUS, "status", 0, 0);
    }

    private final MethodVisitor m;
    private final WarmEmitter emitter;
    private final String region;
    private Insn[] insns;
    private boolean used;
    /** Number of the block's last instruction. */
    private int last;
    /** Whether {@link WarmEmitter#TOP} has the physical number of the stack's top, and how many have been popped since. */
    private boolean begun;
    private int popped;
    /** Whether the selector of code was noted; segment whose selector was noted last, or -1. */
    private boolean noted;
    private int segment;

    FpuEmitter(MethodVisitor m, WarmEmitter emitter, String region) {
        this.m = m;
        this.emitter = emitter;
        this.region = region;
    }

    /** Whether there is a quick way of an instruction. */
    static boolean emits(Insn i) {
        return WAYS.containsKey(i.form.name());
    }

    /** Whether there was anything to emit. */
    boolean used() {
        return used;
    }

    /** A block begins; {@code last} is the number of its last instruction. */
    void block(Insn[] insns, int last) {
        this.insns = insns;
        this.last = last;
        forget();
    }

    /** An instruction was emitted that may have changed anything. */
    void forget() {
        begun = noted = false;
        segment = -1;
    }

    /** Whether it cannot fault where the block's first does not, and is noted. */
    private static boolean quiet(Insn i) {
        Way way = WAYS.get(i.form.name());
        return way != null && !i.memory() && way.kind != Kind.STATUS;
    }

    /** Emits an instruction that there is a way of; false if there is none. */
    boolean emit(Insn i, boolean unchecked, int number) {
        Way way = WAYS.get(i.form.name());
        if (way == null || i.memory() && !unchecked) return false;
        if (!begun) begin(number);
        switch (way.kind) {
            case DONE -> call(way, i, "V");
            case FLAGS -> {
                m.visitVarInsn(ALOAD, S);
                call(way, i, "I");
                m.visitMethodInsn(INVOKEVIRTUAL, STATE, "arithmetic", "(I)V", false);
                emitter.setFlags();
            }
            case MEMORY -> inMemory(way, i, number);
            case STATUS -> {
                call(way, i, "I");
                emitter.store(i.form.operands().get(0));
                return true;
            }
        }
        for (int n = 0; n < way.pops; n++) {
            fpu();
            register(n, i);
            call("pop", "(I)V");
        }
        note(i, number);
        popped += way.pops - way.pushes;
        return true;
    }

    private void begin(int number) {
        emitter.progress(number);
        m.visitVarInsn(ALOAD, S);
        m.visitMethodInsn(INVOKESTATIC, MEANINGS, "top", "(L" + STATE + ";)I", false);
        m.visitVarInsn(ISTORE, TOP);
        begun = used = true;
        popped = 0;
    }

    private void call(Way way, Insn i, String answer) {
        fpu();
        for (int r : way.registers) register(r, i);
        call(way.method, "(" + "I".repeat(way.registers.length) + ")" + answer);
    }

    private void inMemory(Way way, Insn i, int number) {
        emitter.linear();
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETSTATIC, region, "VIEW", "L" + VIEW + ";");
        fpu();
        register(way.registers[0], i);
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitLdcInsn(number);
        m.visitMethodInsn(INVOKESTATIC, FLAT, way.method, "(L" + STATE + ";L" + VIEW + ";L" + QUICK + ";III)V", false);
    }

    /** Notes where the instruction and its operand are; the former not if the next one does before anybody can look. */
    private void note(Insn i, int number) {
        if (number == last || !quiet(insns[number + 1])) noteCode(i);
        if (i.memory()) noteData(i);
    }

    private void noteCode(Insn i) {
        fpu();
        m.visitVarInsn(ILOAD, WarmEmitter.BASE);
        m.visitLdcInsn(i.offset);
        m.visitInsn(IADD);
        m.visitLdcInsn(i.escape());
        call("note", "(II)V");
        if (noted) return;
        m.visitVarInsn(ALOAD, S);
        m.visitMethodInsn(INVOKESTATIC, MEANINGS, "noteCode", "(L" + STATE + ";)V", false);
        noted = true;
    }

    private void noteData(Insn i) {
        fpu();
        m.visitVarInsn(ILOAD, LINEAR);
        call("noteData", "(I)V");
        if (segment == i.segment) return;
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(i.segment);
        m.visitMethodInsn(INVOKESTATIC, MEANINGS, "noteData", "(L" + STATE + ";I)V", false);
        segment = i.segment;
    }

    /** Pushes a physical number, of which the lowest three bits count. */
    private void register(int r, Insn i) {
        m.visitVarInsn(ILOAD, TOP);
        int distance = popped + (r == RM ? i.rm : r) & 7;
        if (distance == 0) return;
        m.visitIntInsn(BIPUSH, distance);
        m.visitInsn(IADD);
    }

    private void fpu() {
        m.visitFieldInsn(GETSTATIC, region, "FPU", "L" + QUICK + ";");
    }

    private void call(String method, String descriptor) {
        m.visitMethodInsn(INVOKEVIRTUAL, QUICK, method, descriptor, false);
    }
}
