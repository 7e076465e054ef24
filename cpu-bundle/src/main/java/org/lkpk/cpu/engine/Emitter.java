package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.reflect.Method;
import java.util.List;
import org.lkpk.cpu.meaning.Arithmetic;
import org.lkpk.cpu.meaning.Branches;
import org.lkpk.cpu.meaning.Flat;
import org.lkpk.cpu.meaning.Moves;
import org.lkpk.cpu.meaning.Shifts;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Tlb;
import org.lkpk.cpu.state.View;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Emits {@link Op#run} of an operation: operand loads, the call of the meaning, the store of its result. What differs
 * between instructions of one shape is read from the operation's fields, or, for a whole block, stands in the code.
 */
final class Emitter {
    static final String STATE = Type.getInternalName(CpuState.class), OP = Type.getInternalName(Op.class),
            TLB = Type.getInternalName(Tlb.class), INSN = Type.getDescriptor(Insn.class);
    static final String RUN = "(L" + STATE + ";)V";
    /** Local variables: this, the state, the memory operand's linear address, a result. */
    static final int THIS = 0, S = 1, LINEAR = 2, RESULT = 3;
    /** More of a region's: the offset of its page in CS, and the two values compared last. */
    static final int BASE = 4, LEFT = 5, RIGHT = 6;
    static final String VIEW = Type.getInternalName(View.class);
    private static final String FLAT = Type.getInternalName(Flat.class);

    private final MethodVisitor m;
    private final Meanings meanings;
    private Insn i;
    private boolean unchecked;
    /** The fields' values where they stand in the code, else null; and this instruction's number in its block. */
    private Op values;
    private int number;
    /** The class of the region, which has registers and memory as constants; null for operations. */
    private final String region;
    /** Emits x87 instructions of a region. */
    final FpuEmitter fpu;
    /** Whether nobody sees this instruction's flags; whether its operands are wanted in {@link #LEFT} and {@link #RIGHT}. */
    private boolean dead, kept;
    /** Width of what is compared there, or 0. */
    private int compared;

    Emitter(MethodVisitor m, Meanings meanings) {
        this(m, meanings, null);
    }

    Emitter(MethodVisitor m, Meanings meanings, String region) {
        this.m = m;
        this.meanings = meanings;
        this.region = region;
        fpu = region == null ? null : new FpuEmitter(m, this, region);
    }

    /** Emits instruction {@code number} of a region, by what is known of its flags. */
    void emit(Insn insn, int mode, Op filled, int number, Liveness flags) {
        dead = flags.dead(number);
        kept = flags.kept(number);
        compared = flags.compared(number);
        emit(insn, mode, filled, number);
        dead = kept = false;
        compared = 0;
    }

    /** Pushes whether the condition of a Jcc holds. */
    void test(Insn insn, int width) {
        i = insn;
        compared = width;
        condition(meanings.condition(i.form));
        compared = 0;
    }

    private void condition(Method condition) {
        Method direct = compared == 0 ? null : meanings.compared(condition, compared);
        if (direct == null) {
            m.visitVarInsn(ALOAD, S);
            call(condition);
            return;
        }
        m.visitVarInsn(ILOAD, LEFT);
        m.visitVarInsn(ILOAD, RIGHT);
        call(direct);
    }

    /** Emits an operation of its own. */
    void emit(Insn insn, int mode) {
        values = null;
        instruction(insn, mode);
    }

    /** Emits instruction {@code number} of a block; {@code filled} has what the operation's fields would hold. */
    void emit(Insn insn, int mode, Op filled, int number) {
        values = filled;
        this.number = number;
        if (mayFault(insn, meanings) && (fpu == null || !fpu.silent(insn))) progress(number);
        instruction(insn, mode);
    }

    /** Arithmetic and moves between registers do not; of all else the engine must know where it was. */
    static boolean mayFault(Insn insn, Meanings meanings) {
        if (insn.memory() || insn.form.operands().contains(Operand.Ob) || insn.form.operands().contains(Operand.Ov)) return true;
        if (meanings.condition(insn.form) != null) return insn.form.ends();
        Method meaning = meanings.of(insn.form, insn.operandSize);
        Class<?> in = meaning.getDeclaringClass();
        return in != Arithmetic.class && in != Shifts.class && !(in == Moves.class && meaning.getReturnType() == int.class);
    }

    private void instruction(Insn insn, int mode) {
        i = insn;
        unchecked = Forge.unchecked(insn, mode);
        Method condition = meanings.condition(i.form);
        if (condition != null) conditional(condition, mode);
        else if (region != null && onFlatStack()) return;
        else {
            if (i.form.ends()) eip("next");
            Method meaning = meanings.of(i.form, i.operandSize);
            Class<?>[] p = meaning.getParameterTypes();
            if (fpu != null && fpu.emit(insn, unchecked, number)) return;
            if (p.length > 1 && p[p.length - 1] == Insn.class) whole(meaning);
            else values(meaning);
        }
    }

    /** Emits what PUSH, POP and LEAVE are on a flat stack of 32 bits; false if it is none of them. */
    private boolean onFlatStack() {
        if (i.operandSize != 32) return false;
        switch (i.form.name()) {
            case "push" -> {
                Operand o = i.form.operands().get(0);
                if (inMemory(o)) linear(o, CpuState.READ);
                memory();
                registers();
                load(o, true);
                flat("push32", "I)V");
            }
            case "pop" -> {
                pop();
                store(i.form.operands().get(0));
            }
            case "leave" -> {
                memory();
                registers();
                flat("leave", ")V");
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void flat(String name, String rest) {
        m.visitMethodInsn(INVOKESTATIC, FLAT, name, "(L" + VIEW + ";[I" + rest, false);
    }

    /** Pushes what is popped off the guest's stack. */
    void pop() {
        memory();
        registers();
        flat("pop32", ")I");
    }

    /** Pushes a return address onto the guest's stack. */
    void pushReturn(int offset) {
        memory();
        registers();
        m.visitVarInsn(ILOAD, BASE);
        m.visitLdcInsn(offset);
        m.visitInsn(IADD);
        flat("push32", "I)V");
    }

    /** Says where a fault would be. */
    void progress(int number) {
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(number);
        m.visitFieldInsn(PUTFIELD, STATE, "progress", "I");
    }

    /** A meaning that takes the decoded instruction. */
    private void whole(Method meaning) {
        if (fpu != null) fpu.forget();
        m.visitVarInsn(ALOAD, S);
        insn();
        call(meaning);
    }

    /** A meaning that takes operands' values; one fewer than there are says that the first is only written. */
    private void values(Method meaning) {
        List<Operand> operands = i.form.operands();
        int taken = meaning.getParameterCount() - 1, first = operands.size() - taken;
        boolean writes = meaning.getReturnType() != void.class;
        boolean modifies = writes && first == 0;
        if (modifies && inMemory(operands.get(0))) linear(operands.get(0), CpuState.READ | CpuState.WRITE);
        Method plain = dead ? meanings.plain(meaning) : null;
        if (plain == null) m.visitVarInsn(ALOAD, S);
        for (int n = first; n < operands.size(); n++) load(operands.get(n), modifies && n == 0);
        if (kept) keep();
        call(plain != null ? plain : meaning);
        if (writes) store(operands.get(0));
    }

    private void keep() {
        m.visitVarInsn(ISTORE, RIGHT);
        m.visitVarInsn(ISTORE, LEFT);
        m.visitVarInsn(ILOAD, LEFT);
        m.visitVarInsn(ILOAD, RIGHT);
    }

    private void conditional(Method condition, int mode) {
        String name = i.form.name();
        if (name.startsWith("j")) jump(condition, mode);
        else if (name.startsWith("set")) {
            condition(condition);
            store(i.form.operands().get(0));
        } else move(condition);
    }

    /**
     * Emits the Jcc that ends a block by going back to its start: while it does, and the count limit is far and nothing
     * has come up, the block goes on without its engine.
     */
    void emitLoop(Insn insn, Op filled, int count, Label top) {
        i = insn;
        values = filled;
        Label not = new Label(), leave = new Label();
        m.visitVarInsn(ALOAD, S);
        call(meanings.condition(i.form));
        m.visitJumpInsn(IFEQ, not);
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(count);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "again", "(I)Z", false);
        m.visitJumpInsn(IFNE, top);
        m.visitJumpInsn(GOTO, leave);
        m.visitLabel(not);
        eip("next");
        m.visitLabel(leave);
    }

    private void jump(Method condition, int mode) {
        Label not = new Label(), end = new Label();
        m.visitVarInsn(ALOAD, S);
        call(condition);
        m.visitJumpInsn(IFEQ, not);
        if ((mode & CpuState.FLAT) != 0 && i.operandSize == 32) eip("target");
        else {
            eip("next");
            m.visitVarInsn(ALOAD, S);
            insn();
            m.visitMethodInsn(INVOKESTATIC, Type.getInternalName(Branches.class), "jmp", "(L" + STATE + ";" + INSN + ")V", false);
        }
        m.visitJumpInsn(GOTO, end);
        m.visitLabel(not);
        eip("next");
        m.visitLabel(end);
    }

    /** CMOVcc reads its source in any case. */
    private void move(Method condition) {
        Label not = new Label();
        load(i.form.operands().get(1), false);
        m.visitVarInsn(ISTORE, RESULT);
        condition(condition);
        m.visitJumpInsn(IFEQ, not);
        m.visitVarInsn(ILOAD, RESULT);
        store(i.form.operands().get(0));
        m.visitLabel(not);
    }

    // Operands

    private boolean inMemory(Operand o) {
        return o.registerOrMemory() && i.memory() || o == Operand.Ob || o == Operand.Ov;
    }

    private int bits(Operand o) {
        return o.bits(i.operandSize);
    }

    /** Pushes an operand's value, zero-extended; {@code modify} if its linear address is known and it will be written. */
    private void load(Operand o, boolean modify) {
        if (inMemory(o)) {
            if (!modify) linear(o, CpuState.READ);
            memory();
            m.visitVarInsn(ILOAD, LINEAR);
            boolean write = modify && !i.form.name().equals("push");
            m.visitMethodInsn(INVOKEVIRTUAL, region != null ? VIEW : TLB, (write ? "modify" : "load") + bits(o), "(I)I", false);
            return;
        }
        switch (o) {
            case Ib, Iw, Iz, sIb -> immediate(o);
            case M -> address();
            case ONE -> m.visitInsn(ICONST_1);
            default -> register(o);
        }
    }

    private void immediate(Operand o) {
        field("immediate");
        // Immediates are kept sign-extended; a narrower meaning wants its own bits alone.
        int bits = Meanings.width(i.form, i.operandSize);
        if (o != Operand.Iw && bits != 32) mask(bits);
    }

    private void mask(int bits) {
        m.visitLdcInsn(bits == 8 ? 0xFF : 0xFFFF);
        m.visitInsn(IAND);
    }

    private void register(Operand o) {
        registers();
        number(o);
        m.visitInsn(IALOAD);
        if (high(o)) {
            m.visitIntInsn(BIPUSH, 8);
            m.visitInsn(IUSHR);
        }
        if (bits(o) != 32) mask(bits(o));
    }

    void memory() {
        if (region != null) {
            m.visitFieldInsn(GETSTATIC, region, "MEMORY", "L" + VIEW + ";");
            return;
        }
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "tlb", "L" + TLB + ";");
    }

    private void registers() {
        if (region != null) {
            m.visitFieldInsn(GETSTATIC, region, "REGISTERS", "[I");
            return;
        }
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "r", "[I");
    }

    /** Pushes the number of the register an operand names. */
    private void number(Operand o) {
        switch (o) {
            case Gb, Gw, Gd, Gv -> field("reg");
            case Eb, Ew, Ed, Ev, Zb, Zv, Zd -> field("rm");
            case CL -> m.visitInsn(ICONST_1);
            case DX -> m.visitInsn(ICONST_2);
            case AL, AX, EAX, rAX -> m.visitInsn(ICONST_0);
            default -> throw new IllegalStateException(i.form + ": operand " + o + " is for a meaning that takes the instruction");
        }
    }

    private boolean high(Operand o) {
        return o == Operand.Gb && i.reg > 3 || (o == Operand.Eb || o == Operand.Zb) && i.rm > 3;
    }

    /** Stores the int on top of the stack into the first operand. */
    void store(Operand o) {
        m.visitVarInsn(ISTORE, RESULT);
        if (inMemory(o)) {
            boolean known = meanings.condition(i.form) == null
                    && meanings.of(i.form, i.operandSize).getParameterCount() - 1 == i.form.operands().size();
            if (!known) linear(o, CpuState.WRITE);
            memory();
            m.visitVarInsn(ILOAD, LINEAR);
            m.visitVarInsn(ILOAD, RESULT);
            m.visitMethodInsn(INVOKEVIRTUAL, region != null ? VIEW : TLB, "store" + bits(o), "(II)V", false);
            return;
        }
        registers();
        number(o);
        if (bits(o) == 32) {
            m.visitVarInsn(ILOAD, RESULT);
        } else {
            m.visitInsn(DUP2);
            m.visitInsn(IALOAD);
            int shift = high(o) ? 8 : 0, mask = (bits(o) == 8 ? 0xFF : 0xFFFF) << shift;
            m.visitLdcInsn(~mask);
            m.visitInsn(IAND);
            m.visitVarInsn(ILOAD, RESULT);
            if (shift != 0) {
                m.visitIntInsn(BIPUSH, shift);
                m.visitInsn(ISHL);
            }
            m.visitLdcInsn(mask);
            m.visitInsn(IAND);
            m.visitInsn(IOR);
        }
        m.visitInsn(IASTORE);
    }

    /** Works out the memory operand's linear address, checked for {@code need}, into its local variable. */
    private void linear(Operand o, int need) {
        if (unchecked) offset(o);
        else {
            m.visitVarInsn(ALOAD, S);
            field("segment");
            offset(o);
            m.visitLdcInsn(bits(o) >> 3);
            m.visitLdcInsn(need);
            m.visitMethodInsn(INVOKEVIRTUAL, STATE, "linear", "(IIII)I", false);
        }
        m.visitVarInsn(ISTORE, LINEAR);
    }

    /** Works out a flat memory operand's linear address into its local variable. */
    void linear() {
        address();
        m.visitVarInsn(ISTORE, LINEAR);
    }

    private void offset(Operand o) {
        if (o == Operand.Ob || o == Operand.Ov) field("displacement");
        else address();
    }

    /** Pushes the memory operand's offset in its segment. */
    private void address() {
        boolean base = i.base != CpuState.NONE, index = i.index != CpuState.NONE;
        if (base) registerNamed("base");
        if (index) {
            registerNamed("index");
            field("scale");
            m.visitInsn(ISHL);
            if (base) m.visitInsn(IADD);
        }
        field("displacement");
        if (base || index) m.visitInsn(IADD);
        if (i.addressSize == 16) mask(16);
    }

    private void registerNamed(String field) {
        registers();
        field(field);
        m.visitInsn(IALOAD);
    }

    // Bytecode

    private void field(String name) {
        if (values != null) m.visitLdcInsn(values.value(name));
        else {
            m.visitVarInsn(ALOAD, THIS);
            m.visitFieldInsn(GETFIELD, OP, name, Op.type(name));
        }
    }

    private void insn() {
        if (region != null) {
            m.visitFieldInsn(GETSTATIC, region, "INSNS", "[" + INSN);
            m.visitLdcInsn(number);
            m.visitInsn(AALOAD);
            return;
        }
        m.visitVarInsn(ALOAD, THIS);
        if (values == null) m.visitFieldInsn(GETFIELD, OP, "insn", INSN);
        else {
            m.visitFieldInsn(GETFIELD, OP, "insns", "[" + INSN);
            m.visitLdcInsn(number);
            m.visitInsn(AALOAD);
        }
    }

    /** Adds an operation's field to EIP, which stands at the block's first instruction. */
    private void eip(String distance) {
        if (region != null) {
            eip(values.value(distance));
            return;
        }
        m.visitVarInsn(ALOAD, S);
        m.visitInsn(DUP);
        m.visitFieldInsn(GETFIELD, STATE, "eip", "I");
        field(distance);
        m.visitInsn(IADD);
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
    }

    /** Sets EIP to a place in a region. */
    void eip(int offset) {
        m.visitVarInsn(ALOAD, S);
        m.visitVarInsn(ILOAD, BASE);
        if (offset != 0) {
            m.visitLdcInsn(offset);
            m.visitInsn(IADD);
        }
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
    }

    private void call(Method meaning) {
        m.visitMethodInsn(INVOKESTATIC, Type.getInternalName(meaning.getDeclaringClass()), meaning.getName(),
                Type.getMethodDescriptor(meaning), false);
    }
}
