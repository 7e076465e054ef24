package org.lkpk.cpu.engine;

import static org.lkpk.cpu.state.CpuState.EBP;
import static org.lkpk.cpu.state.CpuState.ESP;
import static org.objectweb.asm.Opcodes.*;

import java.lang.reflect.Method;
import java.util.List;
import org.lkpk.cpu.meaning.Branches;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.state.Tlb;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Emits instructions: operand loads, the call of the meaning, the store of its result. Here they are {@link Op#run} of an
 * operation, with registers and flags in {@link CpuState}; what differs between instructions of one shape is read from the
 * operation's fields, or, for a whole block, stands in the code. {@link WarmEmitter} has those of regions.
 */
class Emitter {
    static final String STATE = Type.getInternalName(CpuState.class), OP = Type.getInternalName(Op.class),
            OF_INSN = Type.getInternalName(Op.OfInsn.class), OF_BLOCK = Type.getInternalName(Op.OfBlock.class),
            TLB = Type.getInternalName(Tlb.class), INSN = Type.getDescriptor(Insn.class);
    static final String RUN = "(L" + STATE + ";)V";
    /** Local variables: this, the state, the memory operand's linear address, a result. */
    static final int THIS = 0, S = 1, LINEAR = 2, RESULT = 3;

    final MethodVisitor m;
    final Meanings meanings;
    Insn i;
    /** Whether it is in flat code, and its memory operand unchecked. */
    private boolean flat;
    boolean unchecked;
    /** The fields' values where they stand in the code, else null; and this instruction's number in its block. */
    Op values;
    int number;
    /** Whether it is a branch right behind the operation's instruction; and whether one so far wants the decoded instruction. */
    private boolean behind, decoded;

    Emitter(MethodVisitor m, Meanings meanings) {
        this.m = m;
        this.meanings = meanings;
    }

    /** Emits an operation of its own, or of an instruction and the branch right behind it if that is not null. */
    final void emit(Insn insn, Insn branch, int mode) {
        values = null;
        instruction(insn, mode);
        behind = true;
        if (branch != null) instruction(branch, mode);
    }

    /** Whether what has been emitted takes the decoded instruction. */
    final boolean decoded() {
        return decoded;
    }

    /** Emits instruction {@code number} of a block; {@code filled} has what the operation's fields would hold. */
    final void emit(Insn insn, int mode, Op filled, int number) {
        values = filled;
        this.number = number;
        if (meanings.mayFault(insn)) progress(number);
        instruction(insn, mode);
    }

    final void instruction(Insn insn, int mode) {
        i = insn;
        flat = (mode & CpuState.FLAT) != 0;
        unchecked = Forge.unchecked(insn, mode);
        Method condition = meanings.condition(i.form);
        if (condition != null) conditional(condition);
        else if (!special()) {
            if (i.form.ends()) next();
            Method meaning = meanings.of(i.form, i.operandSize);
            if (Meanings.whole(meaning)) whole(meaning);
            else values(meaning);
        }
    }

    /** Emits an instruction that has a way of its own; false if it has none. */
    boolean special() {
        return flat && i.operandSize == 32 && (onStack() || goes());
    }

    /** A branch in flat code, which is always taken. */
    private boolean goes() {
        switch (i.form.name()) {
            case "jmp" -> branch();
            case "call" -> {
                m.visitVarInsn(ALOAD, S);
                m.visitFieldInsn(GETFIELD, STATE, "eip", "I");
                field("next");
                m.visitInsn(IADD);
                push();
                branch();
            }
            case "ret" -> {
                pop();
                m.visitVarInsn(ISTORE, RESULT);
                m.visitVarInsn(ALOAD, S);
                m.visitVarInsn(ILOAD, RESULT);
                m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Says where a fault would be. */
    final void progress(int number) {
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(number);
        m.visitFieldInsn(PUTFIELD, STATE, "progress", "I");
    }

    /** A meaning that takes the decoded instruction. */
    void whole(Method meaning) {
        m.visitVarInsn(ALOAD, S);
        insn();
        call(meaning);
    }

    /** A meaning that takes operands' values; one fewer than there are says that the first is only written. */
    void values(Method meaning) {
        if (Meanings.same(meaning)) operands(meaning);
        else {
            m.visitVarInsn(ALOAD, S);
            operands(meaning);
            call(meaning);
        }
        if (writes(meaning)) store(i.form.operands().get(0));
    }

    static boolean writes(Method meaning) {
        return meaning.getReturnType() != void.class;
    }

    /** Pushes the values of the operands that a meaning takes. What is read to be written faults as a write. */
    final void operands(Method meaning) {
        List<Operand> operands = i.form.operands();
        int first = operands.size() - (meaning.getParameterCount() - 1);
        boolean modifies = writes(meaning) && first == 0;
        for (int n = first; n < operands.size(); n++) load(operands.get(n), modifies && n == 0);
    }

    private void conditional(Method condition) {
        String name = i.form.name();
        if (name.startsWith("j")) jump(condition);
        else if (name.startsWith("set")) {
            test(condition);
            store(i.form.operands().get(0));
        } else move(condition);
    }

    /** Pushes whether a condition holds. */
    void test(Method condition) {
        pushState();
        call(condition);
    }

    /** Pushes both words of the flags in the state. */
    final void pushState() {
        for (String word : new String[] {"result", "carries"}) {
            m.visitVarInsn(ALOAD, S);
            m.visitFieldInsn(GETFIELD, STATE, word, "I");
        }
    }

    /**
     * Emits the Jcc that ends a block by going back to its start: while it does, and the count limit is far and nothing
     * has come up, the block goes on without its engine.
     */
    final void emitLoop(Insn insn, Op filled, int count, Label top) {
        i = insn;
        values = filled;
        Label not = new Label(), leave = new Label();
        test(meanings.condition(i.form));
        m.visitJumpInsn(IFEQ, not);
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(count);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "again", "(I)Z", false);
        m.visitJumpInsn(IFNE, top);
        m.visitJumpInsn(GOTO, leave);
        m.visitLabel(not);
        next();
        m.visitLabel(leave);
    }

    private void jump(Method condition) {
        Label not = new Label(), end = new Label();
        test(condition);
        m.visitJumpInsn(IFEQ, not);
        if (flat && i.operandSize == 32) branch();
        else {
            next();
            m.visitVarInsn(ALOAD, S);
            insn();
            m.visitMethodInsn(INVOKESTATIC, Type.getInternalName(Branches.class), "jmp", "(L" + STATE + ";" + INSN + ")V", false);
        }
        m.visitJumpInsn(GOTO, end);
        m.visitLabel(not);
        next();
        m.visitLabel(end);
    }

    /** CMOVcc reads its source in any case. */
    private void move(Method condition) {
        Label not = new Label();
        load(i.form.operands().get(1), false);
        m.visitVarInsn(ISTORE, RESULT);
        test(condition);
        m.visitJumpInsn(IFEQ, not);
        m.visitVarInsn(ILOAD, RESULT);
        store(i.form.operands().get(0));
        m.visitLabel(not);
    }

    // Operands

    final boolean inMemory(Operand o) {
        return o.registerOrMemory() && i.memory() || o == Operand.Ob || o == Operand.Ov;
    }

    private int bits(Operand o) {
        return o.bits(i.operandSize);
    }

    /** Pushes an operand's value, zero-extended; {@code modify} if it will be written. */
    final void load(Operand o, boolean modify) {
        if (inMemory(o)) {
            linear(o, modify ? CpuState.READ | CpuState.WRITE : CpuState.READ);
            load((modify ? "modify" : "load") + bits(o));
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
        loadRegister(o);
        if (high(o)) {
            m.visitIntInsn(BIPUSH, 8);
            m.visitInsn(IUSHR);
        }
        if (bits(o) != 32) mask(bits(o));
    }

    /** What names the register of an operand: a field of the operation, or "0", "1", "2" for AL, CL, DL's. */
    static String naming(Operand o) {
        return switch (o) {
            case Gb, Gw, Gd, Gv -> "reg";
            case Eb, Ew, Ed, Ev, Zb, Zv, Zd -> "rm";
            case CL -> "1";
            case DX -> "2";
            case AL, AX, EAX, rAX -> "0";
            default -> throw new IllegalStateException("operand " + o + " is for a meaning that takes the instruction");
        };
    }

    private boolean high(Operand o) {
        return o == Operand.Gb && i.reg > 3 || (o == Operand.Eb || o == Operand.Zb) && i.rm > 3;
    }

    /** Stores the int on top of the stack into the first operand. */
    final void store(Operand o) {
        m.visitVarInsn(ISTORE, RESULT);
        if (inMemory(o)) {
            boolean known = meanings.condition(i.form) == null
                    && meanings.of(i.form, i.operandSize).getParameterCount() - 1 == i.form.operands().size();
            if (!known) linear(o, CpuState.WRITE);
            store("store" + bits(o));
            return;
        }
        if (bits(o) != 32) {
            loadRegister(o);
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
            m.visitVarInsn(ISTORE, RESULT);
        }
        storeRegister(o);
    }

    /** Works out the memory operand's linear address, checked for {@code need}, into its local variable. */
    final void linear(Operand o, int need) {
        if (unchecked) offset(o);
        else checked(o, need);
        m.visitVarInsn(ISTORE, LINEAR);
    }

    /** Works out a flat memory operand's linear address into its local variable. */
    final void linear() {
        address();
        m.visitVarInsn(ISTORE, LINEAR);
    }

    /** Pushes the memory operand's linear address; it may fault. */
    void checked(Operand o, int need) {
        m.visitVarInsn(ALOAD, S);
        field("segment");
        offset(o);
        m.visitLdcInsn(bits(o) >> 3);
        m.visitLdcInsn(need);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "linear", "(IIII)I", false);
    }

    private void offset(Operand o) {
        if (o == Operand.Ob || o == Operand.Ov) field("displacement");
        else address();
    }

    /** Pushes the memory operand's offset in its segment. */
    private void address() {
        boolean base = i.base != CpuState.NONE, index = i.index != CpuState.NONE;
        if (base) loadRegister("base");
        if (index) {
            loadRegister("index");
            if (!zero("scale")) {
                field("scale");
                m.visitInsn(ISHL);
            }
            if (base) m.visitInsn(IADD);
        }
        if (!base && !index) field("displacement");
        else if (!zero("displacement")) {
            field("displacement");
            m.visitInsn(IADD);
        }
        if (i.addressSize == 16) mask(16);
    }

    // Where registers and memory are

    /** Pushes all 32 bits of the register that an operand names or lies in. */
    final void loadRegister(Operand o) {
        loadRegister(naming(o));
    }

    /** Stores the result into all 32 bits of that register. */
    final void storeRegister(Operand o) {
        storeRegister(naming(o));
    }

    void loadRegister(String naming) {
        registers();
        field(naming);
        m.visitInsn(IALOAD);
    }

    void storeRegister(String naming) {
        registers();
        field(naming);
        m.visitVarInsn(ILOAD, RESULT);
        m.visitInsn(IASTORE);
    }

    /** Pushes the array of registers. */
    void registers() {
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "r", "[I");
    }

    /** Pushes a register. */
    void get(int r) {
        registers();
        m.visitLdcInsn(r);
        m.visitInsn(IALOAD);
    }

    /** Stores what is on top of the host's stack into a register. */
    void set(int r) {
        m.visitVarInsn(ISTORE, RESULT);
        put(r);
    }

    /** Stores the result into a register. */
    void put(int r) {
        registers();
        m.visitLdcInsn(r);
        m.visitVarInsn(ILOAD, RESULT);
        m.visitInsn(IASTORE);
    }

    /** Pushes what a method of the memory makes of the linear address. */
    void load(String method) {
        memory();
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitMethodInsn(INVOKEVIRTUAL, TLB, method, "(I)I", false);
    }

    /** Has a method of the memory store the result at the linear address. */
    void store(String method) {
        memory();
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitVarInsn(ILOAD, RESULT);
        m.visitMethodInsn(INVOKEVIRTUAL, TLB, method, "(II)V", false);
    }

    private void memory() {
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "tlb", "L" + TLB + ";");
    }

    // The stack where it is flat and 32 bits wide

    /** Emits one of 32 bits that does nothing but push or pop. */
    final boolean onStack() {
        switch (i.form.name()) {
            case "push" -> {
                load(i.form.operands().get(0), false);
                push();
            }
            case "pop" -> {
                pop();
                store(i.form.operands().get(0));
            }
            case "leave" -> {
                get(EBP);
                m.visitVarInsn(ISTORE, LINEAR);
                load("load32");
                up();
                set(EBP);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Pushes the value on top of the host's stack onto the guest's. */
    final void push() {
        m.visitVarInsn(ISTORE, RESULT);
        get(ESP);
        m.visitInsn(ICONST_4);
        m.visitInsn(ISUB);
        m.visitVarInsn(ISTORE, LINEAR);
        store("store32");
        m.visitVarInsn(ILOAD, LINEAR);
        set(ESP);
    }

    /** Pushes onto the host's stack what is popped off the guest's. */
    final void pop() {
        get(ESP);
        m.visitVarInsn(ISTORE, LINEAR);
        load("load32");
        up();
    }

    /** Lets ESP be behind the doubleword at the linear address. */
    private void up() {
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitInsn(ICONST_4);
        m.visitInsn(IADD);
        set(ESP);
    }

    // Bytecode

    /** Pushes a field of the operation, or the number that the name is. */
    final void field(String name) {
        if (Character.isDigit(name.charAt(0))) m.visitLdcInsn(Integer.parseInt(name));
        else if (values != null) m.visitLdcInsn(values.value(name));
        else {
            m.visitVarInsn(ALOAD, THIS);
            m.visitFieldInsn(GETFIELD, OP, name, Op.type(name));
        }
    }

    /** Whether a field is known to be 0. */
    private boolean zero(String name) {
        return values != null && values.value(name) == 0;
    }

    /** Pushes the decoded instruction. */
    void insn() {
        decoded = true;
        m.visitVarInsn(ALOAD, THIS);
        if (values == null) m.visitFieldInsn(GETFIELD, OF_INSN, "insn", INSN);
        else {
            m.visitFieldInsn(GETFIELD, OF_BLOCK, "insns", "[" + INSN);
            m.visitLdcInsn(number);
            m.visitInsn(AALOAD);
        }
    }

    /** Adds the distance of the next instruction to EIP, which stands at the block's first instruction. */
    void next() {
        eip(() -> field("next"));
    }

    /** Adds the distance of a branch's target to EIP. */
    private void branch() {
        eip(() -> {
            if (behind) {
                field("target");
                return;
            }
            field("next");
            field("immediate");
            m.visitInsn(IADD);
        });
    }

    private void eip(Runnable distance) {
        m.visitVarInsn(ALOAD, S);
        m.visitInsn(DUP);
        m.visitFieldInsn(GETFIELD, STATE, "eip", "I");
        distance.run();
        m.visitInsn(IADD);
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
    }

    final void call(Method method) {
        m.visitMethodInsn(INVOKESTATIC, Type.getInternalName(method.getDeclaringClass()), method.getName(),
                Type.getMethodDescriptor(method), false);
    }
}
