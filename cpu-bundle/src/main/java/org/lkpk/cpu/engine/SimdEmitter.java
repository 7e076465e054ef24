package org.lkpk.cpu.engine;

import static org.lkpk.cpu.engine.Emitter.LINEAR;
import static org.lkpk.cpu.engine.Emitter.S;
import static org.lkpk.cpu.engine.Emitter.STATE;
import static org.objectweb.asm.Opcodes.*;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lkpk.cpu.fpu.Lanes;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.meaning.Halves;
import org.lkpk.cpu.meaning.SimdOperands;
import org.lkpk.cpu.state.Direct;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Emits SSE instructions of a hot region, by halves of XMM registers, which are local variables: what {@link Halves} and
 * {@link Lanes} make of them. Where an instruction may do anything else, such as to set a flag of MXCSR or to fault, the region
 * is left before it, as where memory's tables lack an access, and the interpreter does it: no way here calls anything.
 */
final class SimdEmitter {
    private static final String LANES = Type.getInternalName(Lanes.class), HALVES = Type.getInternalName(Halves.class),
            SIMD = Type.getInternalName(Simd.class), DIRECT = Type.getInternalName(Direct.class);
    /** Local variables: both halves of an operand in memory, of a result, of a scalar operand; where 16 bytes are in RAM. */
    private static final int MEMORY = WarmEmitter.TOP + 2 + 32, RESULT = MEMORY + 4, SCALAR = RESULT + 4, INDEX = SCALAR + 4;
    /** The first that is free. */
    static final int FREE = INDEX + 1;
    private static final long LOW = 0xFFFFFFFFL;

    /** What numbers an instruction works on, and in which parts of registers. */
    private enum Format {
        PS("", Lanes.SINGLES, 2), SS("", Lanes.SINGLES, 1), PD("Real", Lanes.REAL, 2), SD("Real", Lanes.REAL, 1);

        /** How the methods of {@link Lanes} that tell what is wrong end; where they tell it; and of how many halves. */
        final String suffix;
        final long signs;
        final int halves;

        Format(String suffix, long signs, int halves) {
            this.suffix = suffix;
            this.signs = signs;
            this.halves = halves;
        }

        boolean real() {
            return signs == Lanes.REAL;
        }
    }

    /** What can be wrong with a result. */
    private enum Check { SUM, PRODUCT, QUOTIENT, ROOT, ORDER }

    private interface Way {
        void emit(SimdEmitter e, Insn i);
    }

    private static final Way NONE = (e, i) -> { };
    private static final Map<String, Way> WAYS = new HashMap<>();

    private static void ways(Way way, String... names) {
        for (String name : names) WAYS.put(name, way);
    }

    private static void arithmetic(String stem, Check check) {
        for (Format f : Format.values()) {
            // A scalar double is half of a packed one.
            String method = stem + (f == Format.SD ? "pd" : f.name().toLowerCase());
            ways((e, i) -> e.arithmetic(i, f, check, method), stem + f.name().toLowerCase());
        }
    }

    static {
        ways((e, i) -> e.load(i, true), "movaps", "movapd", "movdqa");
        ways((e, i) -> e.load(i, false), "movups", "movupd", "movdqu");
        ways((e, i) -> e.store(i, true), "movaps_store", "movapd_store", "movdqa_store", "movntps", "movntpd", "movntdq");
        ways((e, i) -> e.store(i, false), "movups_store", "movupd_store", "movdqu_store");
        ways((e, i) -> e.single(i), "movss");
        ways((e, i) -> e.storeSingle(i), "movss_store");
        ways((e, i) -> e.real(i, i.memory()), "movsd");
        ways((e, i) -> e.real(i, true), "movq_load");
        ways((e, i) -> e.storeReal(i, false), "movsd_store");
        ways((e, i) -> e.storeReal(i, true), "movq_store");
        ways((e, i) -> e.loadHalf(i, 0), "movlps", "movlpd");
        ways((e, i) -> e.loadHalf(i, 1), "movhps", "movhpd");
        ways((e, i) -> e.storeHalf(i, 0), "movlps_store", "movlpd_store");
        ways((e, i) -> e.storeHalf(i, 1), "movhps_store", "movhpd_store");
        ways((e, i) -> e.copy(2 * i.reg, e.of(2 * i.rm + 1)), "movhlps");
        ways((e, i) -> e.copy(2 * i.reg + 1, e.of(2 * i.rm)), "movlhps");
        ways((e, i) -> e.general(i), "movd_toXmm");
        ways((e, i) -> e.toGeneral(i), "movd_ofXmm");
        ways((e, i) -> e.signs(i, "singleSigns", 2), "movmskps");
        ways((e, i) -> e.signs(i, "signs", 8), "pmovmskb");
        ways(NONE, "lfence", "mfence", "sfence", "prefetchnta", "prefetcht0", "prefetcht1", "prefetcht2");
        for (Method method : Halves.class.getDeclaredMethods()) if (Modifier.isPublic(method.getModifiers())) halves(method);
        ways((e, i) -> e.halves(i, "pand"), "andps", "andpd");
        ways((e, i) -> e.halves(i, "pandn"), "andnps", "andnpd");
        ways((e, i) -> e.halves(i, "por"), "orps", "orpd");
        ways((e, i) -> e.halves(i, "pxor"), "xorps", "xorpd");
        ways((e, i) -> e.bytes(i, 1), "psrldq");
        ways((e, i) -> e.bytes(i, -1), "pslldq");
        ways((e, i) -> e.interleave(i, 0, 8), "punpcklbw");
        ways((e, i) -> e.interleave(i, 1, 8), "punpckhbw");
        ways((e, i) -> e.interleave(i, 0, 16), "punpcklwd");
        ways((e, i) -> e.interleave(i, 1, 16), "punpckhwd");
        ways((e, i) -> e.words(i, 0), "pshuflw");
        ways((e, i) -> e.words(i, 1), "pshufhw");
        ways((e, i) -> e.shuffle(i), "shufps", "shufpd", "pshufd", "unpcklps", "unpckhps", "unpcklpd", "unpckhpd", "punpckldq",
                "punpckhdq", "punpcklqdq", "punpckhqdq");
        arithmetic("add", Check.SUM);
        arithmetic("sub", Check.SUM);
        arithmetic("mul", Check.PRODUCT);
        arithmetic("div", Check.QUOTIENT);
        arithmetic("sqrt", Check.ROOT);
        arithmetic("min", Check.ORDER);
        arithmetic("max", Check.ORDER);
        arithmetic("cmp", Check.ORDER);
        ways((e, i) -> e.flags(i, Format.SS, "comiss"), "comiss", "ucomiss");
        ways((e, i) -> e.flags(i, Format.SD, "comisd"), "comisd", "ucomisd");
        ways((e, i) -> e.ofInteger(i, Format.SS), "cvtsi2ss");
        ways((e, i) -> e.ofInteger(i, Format.SD), "cvtsi2sd");
        ways((e, i) -> e.integer(i, Format.SS), "cvtss2si", "cvttss2si");
        ways((e, i) -> e.integer(i, Format.SD), "cvtsd2si", "cvttsd2si");
        ways((e, i) -> e.widened(i), "cvtss2sd");
        ways((e, i) -> e.narrowed(i), "cvtsd2ss");
    }

    /** What is named as instructions are. */
    private static void halves(Method method) {
        String name = method.getName();
        Class<?>[] taken = method.getParameterTypes();
        if (!name.startsWith("p") || taken.length != 2) return;
        if (taken[1] == int.class) {
            ways((e, i) -> e.shift(i, name, true), name);
            ways((e, i) -> e.shift(i, name, false), name + "_i");
        } else if (name.startsWith("pack")) ways((e, i) -> e.pack(i, name), name);
        else ways((e, i) -> e.halves(i, name), name);
    }

    private final MethodVisitor m;
    private final LocalEmitter emitter;
    private final String region;
    private int number;
    /** Whether no #UD or #NM can come, and {@link Simd#settled}, until the state may have changed. */
    private boolean ready, settled;
    /** Local variables of which it is known that they are not odd, as singles and as doubles. */
    private final boolean[] even = new boolean[FREE], evenReal = new boolean[FREE];
    /** Local variables of the source's halves. */
    private final int[] source = new int[2];

    SimdEmitter(MethodVisitor m, LocalEmitter emitter, String region) {
        this.m = m;
        this.emitter = emitter;
        this.region = region;
    }

    /** Whether there is a way of an instruction. */
    static boolean emits(Insn i) {
        return WAYS.containsKey(i.form.name()) && !SimdOperands.mmx(i);
    }

    /** The state may have changed, or this place be come to from elsewhere. */
    void forget() {
        ready = settled = false;
        Arrays.fill(even, false);
        Arrays.fill(evenReal, false);
    }

    /** Emits an instruction that there is a way of; false if there is none. */
    boolean emit(Insn i, boolean unchecked, int number) {
        if (!emits(i) || i.memory() && !unchecked) return false;
        Way way = WAYS.get(i.form.name());
        this.number = number;
        if (!ready && way != NONE) {
            m.visitVarInsn(ALOAD, S);
            m.visitMethodInsn(INVOKESTATIC, Type.getInternalName(SimdOperands.class), "ready", "(L" + STATE + ";)Z", false);
            stayIf(IFNE);
            ready = true;
        }
        way.emit(this, i);
        return true;
    }

    // Ways out

    /** Leaves the region before this instruction unless a jump would be taken. */
    private void stayIf(int jump) {
        Label stay = new Label();
        m.visitJumpInsn(jump, stay);
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(number);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "miss", "(I)" + Type.getDescriptor(Fault.class), false);
        m.visitInsn(ATHROW);
        m.visitLabel(stay);
    }

    private void settled() {
        if (settled) return;
        m.visitFieldInsn(GETSTATIC, region, "SIMD", "L" + SIMD + ";");
        m.visitMethodInsn(INVOKEVIRTUAL, SIMD, "settled", "()Z", false);
        stayIf(IFNE);
        settled = true;
    }

    /** Leaves it if one of the signs on the stack is set. */
    private void unless(long signs) {
        m.visitLdcInsn(signs);
        m.visitInsn(LAND);
        m.visitInsn(LCONST_0);
        m.visitInsn(LCMP);
        stayIf(IFEQ);
    }

    // Halves

    /** The local variable of a half that is read. */
    private int of(int h) {
        return emitter.half(h);
    }

    private void push(int local) {
        m.visitVarInsn(LLOAD, local);
    }

    private void keep(int local) {
        m.visitVarInsn(LSTORE, local);
        even[local] = evenReal[local] = false;
    }

    /** Stores the long on the stack into a half. */
    private void set(int h) {
        keep(emitter.changedHalf(h));
    }

    /** Stores a local variable into a half. */
    private void copy(int h, int from) {
        push(from);
        set(h);
        even[of(h)] = even[from];
        evenReal[of(h)] = evenReal[from];
    }

    private void zero(int h) {
        m.visitInsn(LCONST_0);
        set(h);
        even[of(h)] = evenReal[of(h)] = true;
    }

    /** Has the results become the first halves of register n. */
    private void deliver(int n, int halves) {
        for (int h = 0; h < halves; h++) copy(2 * n + h, RESULT + 2 * h);
    }

    private void and(long mask) {
        m.visitLdcInsn(mask);
        m.visitInsn(LAND);
    }

    /** Makes the long on the stack the low half of half h, which keeps its high one. */
    private void setLow(int h) {
        push(of(h));
        and(~LOW);
        m.visitInsn(LOR);
        set(h);
    }

    private void half(String method, String descriptor) {
        m.visitMethodInsn(INVOKESTATIC, HALVES, method, descriptor, false);
    }

    private void lane(String method, String descriptor) {
        m.visitMethodInsn(INVOKESTATIC, LANES, method, descriptor, false);
    }

    // Sources

    private void direct(String method, String descriptor) {
        m.visitMethodInsn(INVOKEVIRTUAL, DIRECT, method, descriptor, false);
    }

    /** Finds where 16 bytes of memory are. */
    private void index(String method) {
        emitter.linear();
        emitter.memory();
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitLdcInsn(number);
        direct(method, "(II)I");
        m.visitVarInsn(ISTORE, INDEX);
    }

    private void at(int half) {
        emitter.memory();
        m.visitVarInsn(ILOAD, INDEX);
        if (half == 0) return;
        m.visitIntInsn(BIPUSH, 8);
        m.visitInsn(IADD);
    }

    private void source128(Insn i, boolean aligned) {
        for (int h = 0; h < 2; h++) source[h] = i.memory() ? MEMORY + 2 * h : of(2 * i.rm + h);
        if (!i.memory()) return;
        index(aligned ? "readAligned" : "read128");
        for (int h = 0; h < 2; h++) {
            at(h);
            direct("half", "(I)J");
            keep(source[h]);
        }
    }

    private void source64(Insn i) {
        source[0] = i.memory() ? MEMORY : of(2 * i.rm);
        if (!i.memory()) return;
        emitter.linear();
        emitter.memory();
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitLdcInsn(number);
        direct("load64", "(II)J");
        keep(MEMORY);
    }

    /** The source's 32 bits with zeros above. */
    private void source32(Insn i) {
        if (i.memory()) {
            emitter.linear();
            emitter.load("load32");
            m.visitInsn(I2L);
        } else push(of(2 * i.rm));
        and(LOW);
        keep(source[0] = MEMORY);
    }

    // Moves

    private void load(Insn i, boolean aligned) {
        source128(i, aligned);
        for (int h = 0; h < 2; h++) copy(2 * i.reg + h, source[h]);
    }

    private void store(Insn i, boolean aligned) {
        if (!i.memory()) {
            for (int h = 0; h < 2; h++) copy(2 * i.rm + h, of(2 * i.reg + h));
            return;
        }
        index(aligned ? "writeAligned" : "write128");
        for (int h = 0; h < 2; h++) {
            at(h);
            push(of(2 * i.reg + h));
            direct("half", "(IJ)V");
        }
    }

    private void single(Insn i) {
        source32(i);
        if (i.memory()) {
            copy(2 * i.reg, source[0]);
            zero(2 * i.reg + 1);
        } else {
            push(source[0]);
            setLow(2 * i.reg);
        }
    }

    private void storeSingle(Insn i) {
        push(of(2 * i.reg));
        if (i.memory()) {
            m.visitInsn(L2I);
            m.visitVarInsn(ISTORE, Emitter.RESULT);
            emitter.linear();
            emitter.store("store32");
        } else {
            and(LOW);
            setLow(2 * i.rm);
        }
    }

    private void real(Insn i, boolean clears) {
        source64(i);
        copy(2 * i.reg, source[0]);
        if (clears) zero(2 * i.reg + 1);
    }

    private void storeReal(Insn i, boolean clears) {
        if (i.memory()) storeHalf(i, 0);
        else {
            copy(2 * i.rm, of(2 * i.reg));
            if (clears) zero(2 * i.rm + 1);
        }
    }

    private void loadHalf(Insn i, int half) {
        source64(i);
        copy(2 * i.reg + half, source[0]);
    }

    private void storeHalf(Insn i, int half) {
        emitter.linear();
        emitter.memory();
        m.visitVarInsn(ILOAD, LINEAR);
        push(of(2 * i.reg + half));
        m.visitLdcInsn(number);
        direct("store64", "(IJI)V");
    }

    private void general(Insn i) {
        emitter.load(Operand.Ed, false);
        m.visitInsn(I2L);
        and(LOW);
        set(2 * i.reg);
        zero(2 * i.reg + 1);
    }

    private void toGeneral(Insn i) {
        push(of(2 * i.reg));
        m.visitInsn(L2I);
        emitter.store(Operand.Ed);
    }

    private void signs(Insn i, String method, int bits) {
        for (int h = 0; h < 2; h++) {
            push(of(2 * i.rm + h));
            half(method, "(J)I");
        }
        m.visitIntInsn(BIPUSH, bits);
        m.visitInsn(ISHL);
        m.visitInsn(IOR);
        emitter.store(Operand.Gd);
    }

    // Packed integers

    private void halves(Insn i, String method) {
        if (method.equals("pxor") && !i.memory() && i.rm == i.reg) {
            for (int h = 0; h < 2; h++) zero(2 * i.reg + h);
            return;
        }
        source128(i, true);
        for (int h = 0; h < 2; h++) {
            push(of(2 * i.reg + h));
            push(source[h]);
            half(method, "(JJ)J");
            set(2 * i.reg + h);
        }
    }

    private void pack(Insn i, String method) {
        source128(i, true);
        for (int h = 0; h < 2; h++) {
            push(h == 0 ? of(2 * i.reg) : source[0]);
            push(h == 0 ? of(2 * i.reg + 1) : source[1]);
            half(method, "(JJ)J");
            keep(RESULT + 2 * h);
        }
        deliver(i.reg, 2);
    }

    private void shift(Insn i, String method, boolean byOperand) {
        int n = byOperand ? i.reg : i.rm;
        if (byOperand) {
            source128(i, true);
            push(source[0]);
            half("count", "(J)I");
            m.visitVarInsn(ISTORE, INDEX);
        }
        for (int h = 0; h < 2; h++) {
            push(of(2 * n + h));
            if (byOperand) m.visitVarInsn(ILOAD, INDEX);
            else m.visitLdcInsn(Halves.count(i.immediate & 0xFF));
            half(method, "(JI)J");
            set(2 * n + h);
        }
    }

    private void bytes(Insn i, int direction) {
        for (int h = 0; h < 2; h++) {
            push(of(2 * i.rm));
            push(of(2 * i.rm + 1));
            m.visitLdcInsn(64 * h + direction * Halves.byteShift(i.immediate));
            half("part", "(JJI)J");
            keep(RESULT + 2 * h);
        }
        deliver(i.rm, 2);
    }

    private void interleave(Insn i, int half, int width) {
        source128(i, true);
        int a = of(2 * i.reg + half), b = source[half];
        for (int h = 0; h < 2; h++) {
            for (int local : new int[] {a, b}) {
                push(local);
                m.visitIntInsn(BIPUSH, 32 * h);
                m.visitInsn(LUSHR);
            }
            m.visitIntInsn(BIPUSH, width);
            half("interleaved", "(JJI)J");
            keep(RESULT + 2 * h);
        }
        deliver(i.reg, 2);
    }

    private void words(Insn i, int half) {
        source128(i, true);
        push(source[half]);
        m.visitLdcInsn(i.immediate);
        half("words", "(JI)J");
        keep(RESULT);
        copy(2 * i.reg + 1 - half, source[1 - half]);
        copy(2 * i.reg + half, RESULT);
    }

    /** Moves doublewords: {@link Halves#order}. */
    private void shuffle(Insn i) {
        source128(i, true);
        int[] from = {of(2 * i.reg), of(2 * i.reg + 1), source[0], source[1]};
        int order = Halves.order(i);
        for (int h = 0; h < 2; h++, order >>= 8) {
            int low = order & 7, high = order >> 4 & 7, one = from[low >> 1], other = from[high >> 1];
            push(one);
            if ((low & 1) != 0 || high != low + 1) {
                if ((low & 1) == 0) and(LOW);
                else shifted(LUSHR);
                push(other);
                if ((high & 1) != 0) and(~LOW);
                else shifted(LSHL);
                m.visitInsn(LOR);
            }
            keep(RESULT + 2 * h);
            even[RESULT + 2 * h] = even[one] && even[other];
            evenReal[RESULT + 2 * h] = evenReal[one] && (low & 1) == 0 && high == low + 1;
        }
        deliver(i.reg, 2);
    }

    private void shifted(int instruction) {
        m.visitIntInsn(BIPUSH, 32);
        m.visitInsn(instruction);
    }

    // Arithmetic

    /** Fetches the operands; answers the local variables of the destination's halves, of a single with zeros above it. */
    private int[] operands(Insn i, Format f) {
        int[] a = {of(2 * i.reg), of(2 * i.reg + 1)};
        switch (f) {
            case PS, PD -> source128(i, true);
            case SD -> source64(i);
            case SS -> {
                source32(i);
                push(a[0]);
                and(LOW);
                keep(a[0] = SCALAR);
            }
        }
        return a;
    }

    private void arithmetic(Insn i, Format f, Check check, String method) {
        if (check != Check.ORDER) settled();
        int[] a = operands(i, f);
        for (int h = 0; h < f.halves; h++) {
            if (check != Check.ROOT) push(a[h]);
            push(source[h]);
            boolean compares = method.startsWith("cmp");
            if (compares) m.visitLdcInsn(i.immediate & 7);
            lane(method, check == Check.ROOT ? "(J)J" : compares ? "(JJI)J" : "(JJ)J");
            keep(RESULT + 2 * h);
        }
        check(a, f, check);
        boolean[] known = f.real() ? evenReal : even;
        for (int h = 0; h < f.halves; h++) known[RESULT + 2 * h] = !method.startsWith("cmp");
        if (f == Format.SS) {
            boolean before = even[of(2 * i.reg)];
            push(RESULT);
            setLow(2 * i.reg);
            even[of(2 * i.reg)] = before && known[RESULT];
        } else deliver(i.reg, f.halves);
    }

    /** Leaves the region where something is wrong with operands or results. */
    private void check(int[] a, Format f, Check check) {
        List<Runnable> wrong = new ArrayList<>();
        boolean[] known = f.real() ? evenReal : even;
        for (int n = 0; n < f.halves; n++) {
            int h = n, result = RESULT + 2 * n;
            if (check != Check.ROOT && !known[a[h]]) odd(wrong, a[h], known, f);
            if (!known[source[h]]) odd(wrong, source[h], known, f);
            switch (check) {
                case SUM -> wrong.add(() -> wrong("offSum", f, result));
                case PRODUCT -> wrong.add(() -> wrong("offProduct", f, a[h], source[h], result));
                case QUOTIENT -> wrong.add(() -> wrong("offQuotient", f, a[h], result));
                case ROOT -> odd(wrong, result, known, f);
                case ORDER -> { }
            }
        }
        if (wrong.isEmpty()) return;
        for (int n = 0; n < wrong.size(); n++) {
            wrong.get(n).run();
            if (n > 0) m.visitInsn(LOR);
        }
        unless(f.signs);
    }

    private void odd(List<Runnable> wrong, int local, boolean[] known, Format f) {
        wrong.add(() -> wrong(f.real() ? "oddReal" : "oddSingle", null, local));
        known[local] = true;
    }

    private void wrong(String method, Format f, int... locals) {
        for (int local : locals) push(local);
        lane(f == null ? method : method + f.suffix, "(" + "J".repeat(locals.length) + ")J");
    }

    private void flags(Insn i, Format f, String method) {
        int[] a = operands(i, f);
        check(a, f, Check.ORDER);
        m.visitVarInsn(ALOAD, S);
        push(a[0]);
        push(source[0]);
        lane(method, "(JJ)I");
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "arithmetic", "(I)V", false);
        emitter.setFlags();
    }

    // Conversions

    private void ofInteger(Insn i, Format f) {
        if (!f.real()) settled();
        emitter.load(Operand.Ed, false);
        lane(i.form.name(), "(I)J");
        if (f.real()) {
            set(2 * i.reg);
            evenReal[of(2 * i.reg)] = true;
        } else setLow(2 * i.reg);
    }

    private void integer(Insn i, Format f) {
        settled();
        if (f.real()) source64(i);
        else source32(i);
        push(source[0]);
        lane(f.real() ? "oddReal" : "oddSingle", "(J)J");
        unless(f.signs);
        push(source[0]);
        lane(i.form.name(), "(J)D");
        m.visitInsn(DUP2);
        m.visitVarInsn(DSTORE, RESULT);
        lane("fits", "(D)Z");
        stayIf(IFNE);
        m.visitVarInsn(DLOAD, RESULT);
        m.visitInsn(D2I);
        emitter.store(Operand.Gd);
    }

    private void widened(Insn i) {
        source32(i);
        push(source[0]);
        lane("oddSingle", "(J)J");
        unless(Lanes.SINGLES);
        push(source[0]);
        lane("cvtss2sd", "(J)J");
        set(2 * i.reg);
        evenReal[of(2 * i.reg)] = true;
    }

    private void narrowed(Insn i) {
        settled();
        source64(i);
        push(source[0]);
        lane("cvtsd2ss", "(J)J");
        keep(RESULT);
        push(source[0]);
        push(RESULT);
        lane("offNarrowed", "(JJ)J");
        unless(Lanes.REAL);
        push(RESULT);
        setLow(2 * i.reg);
    }
}
