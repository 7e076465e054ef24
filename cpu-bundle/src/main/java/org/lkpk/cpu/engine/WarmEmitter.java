package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;
import static org.lkpk.cpu.state.CpuState.EAX;
import static org.lkpk.cpu.state.CpuState.EDX;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/**
 * Emits the instructions of a region: memory and registers are constants of its class, EIP is an offset in its page. Registers
 * and flags stay in the state, which is complete wherever an instruction may fault, and which is little to compile: this is
 * for regions that are only warm. {@link LocalEmitter} has those of hot ones.
 */
class WarmEmitter extends Emitter {
    /** More local variables: the offset of its page in CS, the operands of what set flags last, {@link RegionEmitter}'s room. */
    static final int BASE = 4, LEFT = 5, RIGHT = 6, COUNT = 7, ROOM = 8;
    /** And the two words of flags, for as long as they are worked with. */
    static final int FLAGS_RESULT = 9, CARRIES = 10;
    /** {@link LocalEmitter}'s, and what {@link FpuEmitter} keeps. */
    static final int REGISTERS = 11, TOP = REGISTERS + 8;
    /** They leave the result word of the flags alone. */
    private static final Set<String> ROTATES = Set.of("rol", "ror");

    /** From where to where a meaning runs that has all state where it belongs. */
    record Range(Label from, Label to) { }

    final String region;
    private final String memory;
    final Liveness liveness;
    final FpuEmitter fpu;
    final List<Range> calls = new ArrayList<>();

    /**
     * @param region the class's internal name, which has registers and memory as constants
     * @param memory the internal name of that memory's class
     */
    WarmEmitter(MethodVisitor m, Meanings meanings, String region, String memory, Liveness liveness) {
        super(m, meanings);
        this.region = region;
        this.memory = memory;
        this.liveness = liveness;
        fpu = new FpuEmitter(m, this, region);
    }

    /** Emits instruction {@code number} of the region. */
    void emit(Insn insn, int mode, int number) {
        values = Forge.filled(insn);
        this.number = number;
        instruction(insn, mode);
    }

    /** Pushes where the jump or call that is instruction {@code number} goes to. */
    void target(Insn insn, int mode, int number) {
        i = insn;
        values = Forge.filled(insn);
        this.number = number;
        unchecked = Forge.unchecked(insn, mode);
        load(insn.form.operands().get(0), false);
    }

    /** Pushes whether the condition of the Jcc that is instruction {@code number} holds. */
    void test(Insn insn, int number) {
        i = insn;
        this.number = number;
        test(meanings.condition(insn.form));
    }

    @Override
    final void test(Method condition) {
        int compared = liveness.compared(number);
        if (compared == 0) testFlags(condition);
        else {
            m.visitVarInsn(ILOAD, LEFT);
            m.visitVarInsn(ILOAD, RIGHT);
            call(meanings.compared(condition, compared));
        }
    }

    // What else there is where registers and flags are not in the state

    /** The region has been entered: gives local variables a value. */
    void define() { }

    /** Takes over from the state. */
    void enter() { }

    /** A block begins, to be come to from anywhere. */
    void begin(int block) { }

    /** Writes back what may differ from the state. */
    void synchronize() { }

    /** A meaning has changed the state. */
    void changed(Method meaning) { }

    /** The flags have been set in the state. */
    void setFlags() { }

    /** Emits a way to block {@code to} of the region by a jump. */
    void go(int to, Label label) {
        m.visitJumpInsn(GOTO, label);
    }

    /** Emits a jump out of the region, to {@code known} with flags in the state, or to {@code mixed}, see {@link #leaveMixed}. */
    void out(Label known, Label mixed) {
        m.visitJumpInsn(GOTO, known);
    }

    /** Writes back all that the region changes; flags are in the state. */
    void leave() { }

    /** Writes back all that the region changes, flags too, wherever they are. */
    void leaveMixed() { }

    // Flags

    /** Pushes whether a condition of the flags holds. */
    void testFlags(Method condition) {
        super.test(condition);
    }

    /** Brings the flags into their local variables. */
    void local() {
        pushState();
        keepLocal();
    }

    /** Keeps both words of flags on top of the host's stack in local variables. */
    final void keepLocal() {
        m.visitVarInsn(ISTORE, CARRIES);
        m.visitVarInsn(ISTORE, FLAGS_RESULT);
    }

    /** Writes flags in local variables to the state. */
    final void keepState() {
        keep("result", FLAGS_RESULT);
        keep("carries", CARRIES);
    }

    private void keep(String word, int local) {
        m.visitVarInsn(ALOAD, S);
        m.visitVarInsn(ILOAD, local);
        m.visitFieldInsn(PUTFIELD, STATE, word, "I");
    }

    /**
     * Sets the flags, with the result on the stack.
     * @param plain the method that made it of {@code taken} operands
     * @param partly whether flags of before are part of them
     */
    void flags(Method plain, int taken, boolean partly) {
        workOut(taken);
        keepState();
    }

    /** Works the flags out into their local variables, with the result on the stack. */
    final void workOut(int taken) {
        if (ROTATES.contains(i.form.name())) m.visitInsn(POP);
        else {
            extend(Meanings.width(i.form, i.operandSize));
            m.visitVarInsn(ISTORE, FLAGS_RESULT);
        }
        Method carries = meanings.carries(i);
        pushOperands(carries.getParameterCount() > taken, taken);
        call(carries);
        m.visitVarInsn(ISTORE, CARRIES);
    }

    final void extend(int width) {
        if (width != 32) m.visitInsn(width == 8 ? I2B : I2S);
    }

    // Registers

    @Override
    final void registers() {
        m.visitFieldInsn(GETSTATIC, region, "REGISTERS", "[I");
    }

    private int named(String naming) {
        return Character.isDigit(naming.charAt(0)) ? Integer.parseInt(naming) : values.value(naming);
    }

    @Override
    void loadRegister(String naming) {
        get(named(naming));
    }

    @Override
    void storeRegister(String naming) {
        put(named(naming));
    }

    // Meanings

    @Override
    void whole(Method meaning) {
        state(meaning, this::insn);
    }

    @Override
    void values(Method meaning) {
        Method plain = meanings.plain(i);
        if (plain != null) arithmetic(meaning, plain);
        else if (Meanings.pure(meaning)) super.values(meaning);
        else state(meaning, () -> operands(meaning));
    }

    /** A meaning that sets flags, by what its result and its carry vector are. */
    private void arithmetic(Method meaning, Method plain) {
        int taken = meaning.getParameterCount() - 1;
        boolean live = !liveness.dead(number), carry = plain.getParameterCount() > taken;
        boolean partly = carry || ROTATES.contains(i.form.name()) || meanings.carries(i).getParameterCount() > taken;
        if (carry || live && partly) local();
        operands(meaning);
        boolean kept = live || carry || liveness.kept(number);
        if (kept) keepOperands(taken);
        if (!writes(meaning) && !live) {
            if (!kept) for (int n = 0; n < taken; n++) m.visitInsn(POP);
            return;
        }
        if (kept) pushOperands(carry, taken);
        call(plain);
        if (writes(meaning)) {
            if (live) m.visitInsn(DUP);
            store(i.form.operands().get(0));
        }
        if (live) flags(plain, taken, partly);
    }

    private void keepOperands(int taken) {
        if (taken == 3) m.visitVarInsn(ISTORE, COUNT);
        if (taken > 1) m.visitVarInsn(ISTORE, RIGHT);
        m.visitVarInsn(ISTORE, LEFT);
    }

    private void pushOperands(boolean carry, int taken) {
        if (carry) m.visitVarInsn(ILOAD, CARRIES);
        m.visitVarInsn(ILOAD, LEFT);
        if (taken > 1) m.visitVarInsn(ILOAD, RIGHT);
        if (taken == 3) m.visitVarInsn(ILOAD, COUNT);
    }

    /** A meaning that looks at the state: all is there when it is called, and what it may have changed is fetched after. */
    private void state(Method meaning, Runnable operands) {
        fpu.forget();
        m.visitVarInsn(ALOAD, S);
        operands.run();
        synchronize();
        if (Meanings.faults(meaning)) progress(number);
        Label from = new Label(), to = new Label();
        m.visitLabel(from);
        call(meaning);
        m.visitLabel(to);
        calls.add(new Range(from, to));
        if (i.form.ends()) return;
        if (writes(meaning)) m.visitVarInsn(ISTORE, RESULT);
        changed(meaning);
        if (!writes(meaning)) return;
        m.visitVarInsn(ILOAD, RESULT);
        store(i.form.operands().get(0));
    }

    @Override
    void checked(Operand o, int need) {
        progress(number);
        super.checked(o, need);
    }

    @Override
    void load(String method) {
        memory();
        m.visitVarInsn(ILOAD, LINEAR);
        access(method, "(II)I");
    }

    @Override
    void store(String method) {
        memory();
        m.visitVarInsn(ILOAD, LINEAR);
        m.visitVarInsn(ILOAD, RESULT);
        access(method, "(III)V");
    }

    final void memory() {
        m.visitFieldInsn(GETSTATIC, region, "MEMORY", "L" + memory + ";");
    }

    private void access(String method, String descriptor) {
        m.visitLdcInsn(number);
        m.visitMethodInsn(INVOKEVIRTUAL, memory, method, descriptor, false);
    }

    @Override
    void insn() {
        m.visitFieldInsn(GETSTATIC, region, "INSNS", "[" + INSN);
        m.visitLdcInsn(number);
        m.visitInsn(AALOAD);
    }

    @Override
    boolean special() {
        return fpu.emit(i, unchecked, number) || idle() || i.operandSize == 32 && (onStack() || moves());
    }

    /** Whether it does nothing: compilers put such instructions into loops. */
    private boolean idle() {
        return i.form.name().equals("nop") || i.form.name().equals("xchg_a") && i.rm == EAX;
    }

    /** What only moves and widens 32 bits: nothing need be where a meaning would look for it. */
    private boolean moves() {
        switch (i.form.name()) {
            case "xchg_a" -> exchange(EAX, i.rm);
            case "xchg_v" -> {
                if (!i.memory()) exchange(i.reg, i.rm);
                else {
                    load(i.form.operands().get(0), true);
                    get(i.reg);
                    m.visitVarInsn(ISTORE, RESULT);
                    store("store32");
                    set(i.reg);
                }
            }
            case "cwd" -> {
                get(EAX);
                m.visitIntInsn(BIPUSH, 31);
                m.visitInsn(ISHR);
                set(EDX);
            }
            case "cbw" -> {
                get(EAX);
                m.visitInsn(I2S);
                set(EAX);
            }
            case "bswap" -> {
                get(i.rm);
                m.visitMethodInsn(INVOKESTATIC, "java/lang/Integer", "reverseBytes", "(I)I", false);
                set(i.rm);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void exchange(int one, int other) {
        if (one == other) return;
        get(one);
        get(other);
        set(one);
        set(other);
    }

    /** Pushes a return address of instruction {@code number} onto the guest's stack: an offset in the region's page. */
    void pushReturn(int number, int offset) {
        this.number = number;
        linear(offset);
        push();
    }

    /** Pushes onto the host's stack what instruction {@code number} pops off the guest's. */
    void pop(int number) {
        this.number = number;
        pop();
    }

    // EIP

    /** Pushes an offset in the region's page as one in CS. */
    void linear(int offset) {
        m.visitVarInsn(ILOAD, BASE);
        if (offset == 0) return;
        m.visitLdcInsn(offset);
        m.visitInsn(IADD);
    }

    /** Sets EIP to an offset in the region's page. */
    void eip(int offset) {
        m.visitVarInsn(ALOAD, S);
        linear(offset);
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
    }

    @Override
    void next() {
        eip(values.value("next"));
    }
}
