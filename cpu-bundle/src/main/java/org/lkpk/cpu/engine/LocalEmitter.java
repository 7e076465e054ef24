package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;
import static org.lkpk.cpu.state.CpuState.EBP;
import static org.lkpk.cpu.state.CpuState.ESP;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lkpk.cpu.meaning.Arithmetic;
import org.lkpk.cpu.meaning.Changes;
import org.lkpk.cpu.meaning.Division;
import org.lkpk.cpu.meaning.Multiplication;
import org.lkpk.cpu.meaning.Shifts;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;

/**
 * Emits the instructions of a region. Registers and arithmetic flags are local variables from its entry to its exits, and
 * are written back for instructions that are calls of meanings which look at the state. A fault on the way of an access to
 * memory ends in a handler that writes them back: what only faults see costs nothing where none comes.
 */
final class LocalEmitter extends Emitter {
    /** More local variables: the offset of its page in CS, the operands of what set flags last, {@link RegionEmitter}'s room. */
    static final int BASE = 4, LEFT = 5, RIGHT = 6, COUNT = 7, ROOM = 8;
    /** And the two words of flags, the eight registers. */
    private static final int FLAGS_RESULT = 9, CARRIES = 10, REGISTERS = 11;
    /** What {@link FpuEmitter} keeps. */
    static final int TOP = REGISTERS + 8;
    /** The first local variable that is free. */
    static final int FREE = TOP + 1;
    /** Their meanings do no more than to compute. */
    private static final Set<Class<?>> COMPUTING = Set.of(Arithmetic.class, Division.class, Multiplication.class, Shifts.class);
    /** They leave the result word of the flags alone. */
    private static final Set<String> ROTATES = Set.of("rol", "ror");

    /**
     * Which registers a region has in local variables, as bits: all it touches, and those it changes; whether flags change; and
     * whether it calls what may let something come up, a device for instance.
     */
    static final class Use {
        int registers, changed;
        boolean flags, calls;
    }

    /** From where to where a meaning runs that has all state where it belongs. */
    record Range(Label from, Label to) { }

    private final String region, memory;
    private final Liveness liveness;
    final FpuEmitter fpu;
    /** What the whole region uses; and what this emission has seen of it so far. */
    private final Use use, seen = new Use();
    /** Registers, and flags, whose local variables may differ from the state. */
    private int dirty;
    private boolean dirtyFlags;
    final List<Range> calls = new ArrayList<>();

    /**
     * @param region the class's internal name, which has registers and memory as constants
     * @param memory the internal name of that memory's class
     * @param use what it uses, as an emission before this one has found it
     */
    LocalEmitter(MethodVisitor m, Meanings meanings, String region, String memory, Liveness liveness, Use use) {
        super(m, meanings);
        this.region = region;
        this.memory = memory;
        this.liveness = liveness;
        fpu = new FpuEmitter(m, this, region);
        this.use = use;
    }

    /** What has been emitted uses. */
    Use seen() {
        seen.calls |= fpu.used();
        return seen;
    }

    /** Whether something may come up within the region. */
    boolean calls() {
        return use.calls;
    }

    /** A block begins, to be come to from anywhere. */
    void begin() {
        dirty = use.changed;
        dirtyFlags = use.flags;
    }

    /** Emits instruction {@code number} of the region. */
    void emit(Insn insn, int mode, int number) {
        values = Forge.filled(insn);
        this.number = number;
        instruction(insn, mode);
    }

    /** Pushes whether the condition of the Jcc that is instruction {@code number} holds. */
    void test(Insn insn, int number) {
        i = insn;
        this.number = number;
        test(meanings.condition(insn.form));
    }

    @Override
    void test(Method condition) {
        int compared = liveness.compared(number);
        m.visitVarInsn(ILOAD, compared == 0 ? FLAGS_RESULT : LEFT);
        m.visitVarInsn(ILOAD, compared == 0 ? CARRIES : RIGHT);
        call(compared == 0 ? condition : meanings.compared(condition, compared));
    }

    // Local variables and the state

    /** Loads what the region uses from the state. */
    void enter() {
        for (int r = 0; r < 8; r++) if ((use.registers >> r & 1) != 0) fetch(r);
        fetchFlags();
    }

    /** Writes back all that the region changes. */
    void leave() {
        for (int r = 0; r < 8; r++) if ((use.changed >> r & 1) != 0) keep(r);
        if (use.flags) keepFlags();
    }

    private void fetch(int r) {
        registers();
        m.visitLdcInsn(r);
        m.visitInsn(IALOAD);
        m.visitVarInsn(ISTORE, REGISTERS + r);
    }

    private void keep(int r) {
        registers();
        m.visitLdcInsn(r);
        m.visitVarInsn(ILOAD, REGISTERS + r);
        m.visitInsn(IASTORE);
    }

    /** Takes over flags that a call has set in the state. */
    void fetchFlags() {
        flag(GETFIELD, "result", FLAGS_RESULT);
        flag(GETFIELD, "carries", CARRIES);
    }

    private void keepFlags() {
        flag(PUTFIELD, "result", FLAGS_RESULT);
        flag(PUTFIELD, "carries", CARRIES);
    }

    private void flag(int access, String field, int local) {
        m.visitVarInsn(ALOAD, S);
        if (access == PUTFIELD) m.visitVarInsn(ILOAD, local);
        m.visitFieldInsn(access, STATE, field, "I");
        if (access == GETFIELD) m.visitVarInsn(ISTORE, local);
    }

    /** Writes back what may differ from the state. */
    void synchronize() {
        for (int r = 0; r < 8; r++) if ((dirty >> r & 1) != 0) keep(r);
        if (dirtyFlags) keepFlags();
        dirty = 0;
        dirtyFlags = false;
    }

    private void registers() {
        m.visitFieldInsn(GETSTATIC, region, "REGISTERS", "[I");
    }

    private void get(int r) {
        seen.registers |= 1 << r;
        m.visitVarInsn(ILOAD, REGISTERS + r);
    }

    private void set(int r) {
        seen.registers |= 1 << r;
        seen.changed |= 1 << r;
        dirty |= 1 << r;
        m.visitVarInsn(ISTORE, REGISTERS + r);
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
        m.visitVarInsn(ILOAD, RESULT);
        set(named(naming));
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
        if (live) flags(taken);
    }

    /** Sets the flags, with the result on the stack. */
    private void flags(int taken) {
        int width = Meanings.width(i.form, i.operandSize);
        seen.flags = dirtyFlags = true;
        if (ROTATES.contains(i.form.name())) m.visitInsn(POP);
        else {
            if (width != 32) m.visitInsn(width == 8 ? I2B : I2S);
            m.visitVarInsn(ISTORE, FLAGS_RESULT);
        }
        Method carries = meanings.carries(i);
        pushOperands(carries.getParameterCount() > taken, taken);
        call(carries);
        m.visitVarInsn(ISTORE, CARRIES);
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
        seen.calls |= !COMPUTING.contains(meaning.getDeclaringClass());
        if (writes(meaning)) m.visitVarInsn(ISTORE, RESULT);
        changed(meaning);
        if (!writes(meaning)) return;
        m.visitVarInsn(ILOAD, RESULT);
        store(i.form.operands().get(0));
    }

    private void changed(Method meaning) {
        Changes changes = Meanings.changes(meaning);
        int registers = changes == null ? 0xFF : Meanings.registers(changes, i);
        for (int r = 0; r < 8; r++) if ((registers & use.registers & 1 << r) != 0) fetch(r);
        if (changes == null || changes.flags()) fetchFlags();
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

    private void memory() {
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
        return fpu.emit(i, unchecked, number) || onStack();
    }

    // The stack, which is flat and 32 bits wide here

    private boolean onStack() {
        if (i.operandSize != 32) return false;
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
    private void push() {
        m.visitVarInsn(ISTORE, RESULT);
        get(ESP);
        m.visitInsn(ICONST_4);
        m.visitInsn(ISUB);
        m.visitVarInsn(ISTORE, LINEAR);
        store("store32");
        m.visitVarInsn(ILOAD, LINEAR);
        set(ESP);
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

    private void pop() {
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
    void eip(String distance) {
        eip(values.value(distance));
    }
}
