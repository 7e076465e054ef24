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
 * memory ends in a handler that writes them back: what only faults see costs nothing where none comes. In a region that is
 * only warm they stay in the state, which is less to compile.
 */
final class LocalEmitter extends Emitter {
    /** More local variables: the offset of its page in CS, the operands of what set flags last, {@link RegionEmitter}'s room. */
    static final int BASE = 4, LEFT = 5, RIGHT = 6, COUNT = 7, ROOM = 8;
    /** And the two words of flags, or the operands that they are to be worked out of; the eight registers. */
    private static final int FLAGS_RESULT = 9, CARRIES = 10, REGISTERS = 11;
    /** What {@link FpuEmitter} keeps. */
    static final int TOP = REGISTERS + 8;
    /** The form of the flags: see {@link Flags}. */
    private static final int FORM = TOP + 1, FIRST = FLAGS_RESULT, SECOND = CARRIES;
    /** The first local variable that is free. */
    static final int FREE = TOP + 2;
    /** Their meanings do no more than to compute. */
    private static final Set<Class<?>> COMPUTING = Set.of(Arithmetic.class, Division.class, Multiplication.class, Shifts.class);
    /** They leave the result word of the flags alone. */
    private static final Set<String> ROTATES = Set.of("rol", "ror");
    /** Their result says it all. */
    private static final Set<String> LOGIC = Set.of("and", "or", "xor", "test");

    /**
     * Which registers a region has in local variables, as bits: all it touches, and those it changes; whether it calls what may
     * let something come up, a device for instance; how it makes flags, and where it has them.
     */
    static final class Use {
        int registers, changed;
        boolean calls;
        final List<Maker> makers = new ArrayList<>();
        final Flags flags = new Flags();
    }

    /** What makes flags of at most two operands. */
    private record Maker(Method result, Method carries, int taken, int width, boolean comparison) { }

    /** From where to where a meaning runs that has all state where it belongs. */
    record Range(Label from, Label to) { }

    private final String region, memory;
    private final Liveness liveness;
    final FpuEmitter fpu;
    /** What the whole region uses, null if its registers stay in the state; and what this emission has seen of it so far. */
    private final Use use, seen = new Use();
    /** Registers whose local variables may differ from the state. */
    private int dirty;
    /** The form of the flags here, and the block. */
    private int form, block;
    final List<Range> calls = new ArrayList<>();

    /**
     * @param region the class's internal name, which has registers and memory as constants
     * @param memory the internal name of that memory's class
     * @param use what it uses, as an emission before this one has found it; null: registers and flags stay in the state
     */
    LocalEmitter(MethodVisitor m, Meanings meanings, String region, String memory, Liveness liveness, Use use) {
        super(m, meanings);
        this.region = region;
        this.memory = memory;
        this.liveness = liveness;
        fpu = new FpuEmitter(m, this, region);
        this.use = use;
        form = use == null ? Flags.STATE : Flags.MIXED;
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
    void begin(int block) {
        this.block = block;
        if (use == null) return;
        dirty = use.changed;
        form = use.flags.comes(block);
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
    void test(Method condition) {
        int compared = liveness.compared(number);
        if (compared != 0) {
            m.visitVarInsn(ILOAD, LEFT);
            m.visitVarInsn(ILOAD, RIGHT);
            call(meanings.compared(condition, compared));
            return;
        }
        Maker maker = form >= Flags.OPERANDS ? maker(form) : null;
        Method direct = maker != null && maker.comparison ? meanings.compared(condition, maker.width) : null;
        if (direct != null) operands(maker);
        else {
            look();
            pushFlags(form);
        }
        call(direct != null ? direct : condition);
    }

    // Flags

    private Maker maker(int form) {
        return (use.makers.isEmpty() ? seen : use).makers.get(form - Flags.OPERANDS);
    }

    private void operands(Maker maker) {
        m.visitVarInsn(ILOAD, FIRST);
        if (maker.taken > 1) m.visitVarInsn(ILOAD, SECOND);
    }

    /** The flags are looked at as they are here. */
    private void look() {
        if (form != Flags.MIXED) return;
        if (use.flags.settled()) throw new IllegalStateException("flags in block " + block + " are not known");
        seen.flags.looks(block);
    }

    /** Pushes both words of flags of a form that is known; in an emission that only looks around it need not be. */
    private void pushFlags(int form) {
        if (form >= Flags.OPERANDS) {
            Maker maker = maker(form);
            operands(maker);
            call(maker.result);
            extend(maker.width);
            operands(maker);
            call(maker.carries);
        } else if (form == Flags.STATE) {
            for (String word : new String[] {"result", "carries"}) {
                m.visitVarInsn(ALOAD, S);
                m.visitFieldInsn(GETFIELD, STATE, word, "I");
            }
        } else {
            m.visitVarInsn(ILOAD, FLAGS_RESULT);
            m.visitVarInsn(ILOAD, CARRIES);
        }
    }

    private void extend(int width) {
        if (width != 32) m.visitInsn(width == 8 ? I2B : I2S);
    }

    private void become(int form) {
        if (use == null) return;
        this.form = form;
        m.visitLdcInsn(form);
        m.visitVarInsn(ISTORE, FORM);
    }

    /** Brings the flags into local variables. */
    private void local() {
        look();
        if (form != Flags.LOCAL) {
            pushFlags(form);
            m.visitVarInsn(ISTORE, CARRIES);
            m.visitVarInsn(ISTORE, FLAGS_RESULT);
        }
        become(Flags.LOCAL);
    }

    /** Writes flags of a form back. */
    private void keepFlags(int form) {
        if (form == Flags.STATE) return;
        if (form == Flags.MIXED) {
            keepMixed();
            return;
        }
        pushFlags(form);
        m.visitVarInsn(ISTORE, CARRIES);
        m.visitVarInsn(ISTORE, FLAGS_RESULT);
        keepLocal();
    }

    private void keepLocal() {
        flag("result", FLAGS_RESULT);
        flag("carries", CARRIES);
    }

    /** Writes flags back that may have any form. */
    private void keepMixed() {
        int[] forms = new int[use.makers.size() + 1];
        Label[] labels = new Label[forms.length];
        for (int n = 0; n < forms.length; n++) {
            forms[n] = Flags.LOCAL + n;
            labels[n] = new Label();
        }
        Label end = new Label();
        m.visitVarInsn(ILOAD, FORM);
        m.visitLookupSwitchInsn(end, forms, labels);
        for (int n = 0; n < forms.length; n++) {
            m.visitLabel(labels[n]);
            keepFlags(forms[n]);
            m.visitJumpInsn(GOTO, end);
        }
        m.visitLabel(end);
    }

    private void flag(String field, int local) {
        m.visitVarInsn(ALOAD, S);
        m.visitVarInsn(ILOAD, local);
        m.visitFieldInsn(PUTFIELD, STATE, field, "I");
    }

    /** The flags have been set in the state. */
    void setFlags() {
        become(Flags.STATE);
    }

    /** Emits a way to block {@code to} of the region by a jump: flags go there as they are to come there. */
    void go(int to, Label label) {
        int before = form;
        if (use == null) {
            m.visitJumpInsn(GOTO, label);
            return;
        }
        seen.flags.edge(block, to, form);
        if (use.flags.asks(to)) local();
        else if (use.flags.comes(to) != Flags.MIXED && use.flags.comes(to) != form)
            throw new IllegalStateException("flags come to block " + to + " as " + form + " instead of " + use.flags.comes(to));
        m.visitJumpInsn(GOTO, label);
        form = before;
    }

    /**
     * Emits a jump out of the region, to {@code known} with flags in the state, or to {@code mixed}. Many exits that work out
     * the same flags are one place for it, or HotSpot would work them out once for all exits, and before those.
     */
    void out(Label known, Label mixed) {
        boolean there = form == Flags.STATE || form == Flags.LOCAL;
        if (there) keepFlags(form);
        m.visitJumpInsn(GOTO, there ? known : mixed);
    }

    /** As {@link #leave}, with flags of whatever form. */
    void leaveMixed() {
        leave();
        keepMixed();
    }

    // Local variables and the state

    /** Loads what the region uses from the state. */
    void enter() {
        if (use == null) return;
        for (int r = 0; r < 8; r++) if ((use.registers >> r & 1) != 0) fetch(r);
        setFlags();
    }

    /** Gives local variables of flags a value: those that blocks ask for have the state's. */
    void begin() {
        if (use == null) return;
        pushFlags(Flags.STATE);
        m.visitVarInsn(ISTORE, CARRIES);
        m.visitVarInsn(ISTORE, FLAGS_RESULT);
        for (int local : new int[] {LEFT, RIGHT}) {
            m.visitInsn(ICONST_0);
            m.visitVarInsn(ISTORE, local);
        }
    }

    /** Writes back all registers that the region changes. */
    void leave() {
        if (use == null) return;
        for (int r = 0; r < 8; r++) if ((use.changed >> r & 1) != 0) keep(r);
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

    /** Writes back what may differ from the state. */
    void synchronize() {
        if (use == null) return;
        for (int r = 0; r < 8; r++) if ((dirty >> r & 1) != 0) keep(r);
        keepFlags(form);
        setFlags();
        dirty = 0;
    }

    private void registers() {
        m.visitFieldInsn(GETSTATIC, region, "REGISTERS", "[I");
    }

    private void get(int r) {
        if (use == null) {
            registers();
            m.visitLdcInsn(r);
            m.visitInsn(IALOAD);
            return;
        }
        seen.registers |= 1 << r;
        m.visitVarInsn(ILOAD, REGISTERS + r);
    }

    private void set(int r) {
        if (use == null) {
            m.visitVarInsn(ISTORE, RESULT);
            registers();
            m.visitLdcInsn(r);
            m.visitVarInsn(ILOAD, RESULT);
            m.visitInsn(IASTORE);
            return;
        }
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
        boolean partial = ROTATES.contains(i.form.name()) || meanings.carries(i).getParameterCount() > taken;
        if (carry || live && partial) local();
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
        if (!live) return;
        if (carry || partial || taken > 2 || use == null || LOGIC.contains(i.form.name())) flags(taken);
        else {
            m.visitInsn(POP);
            later(plain, taken);
        }
    }

    /** Sets the flags, with the result on the stack. */
    private void flags(int taken) {
        if (ROTATES.contains(i.form.name())) m.visitInsn(POP);
        else {
            extend(Meanings.width(i.form, i.operandSize));
            m.visitVarInsn(ISTORE, FLAGS_RESULT);
        }
        Method carries = meanings.carries(i);
        pushOperands(carries.getParameterCount() > taken, taken);
        call(carries);
        m.visitVarInsn(ISTORE, CARRIES);
        if (use == null) keepLocal();
        become(Flags.LOCAL);
    }

    /** Has the flags worked out of the operands when somebody looks. */
    private void later(Method plain, int taken) {
        String name = i.form.name();
        Maker maker = new Maker(plain, meanings.carries(i), taken, Meanings.width(i.form, i.operandSize),
                name.equals("cmp") || name.equals("sub"));
        if (!seen.makers.contains(maker)) seen.makers.add(maker);
        m.visitVarInsn(ILOAD, LEFT);
        m.visitVarInsn(ISTORE, FIRST);
        if (taken > 1) {
            m.visitVarInsn(ILOAD, RIGHT);
            m.visitVarInsn(ISTORE, SECOND);
        }
        become(Flags.OPERANDS + seen.makers.indexOf(maker));
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
        if (use != null) calls.add(new Range(from, to));
        if (i.form.ends()) return;
        seen.calls |= !COMPUTING.contains(meaning.getDeclaringClass());
        if (writes(meaning)) m.visitVarInsn(ISTORE, RESULT);
        changed(meaning);
        if (!writes(meaning)) return;
        m.visitVarInsn(ILOAD, RESULT);
        store(i.form.operands().get(0));
    }

    private void changed(Method meaning) {
        if (use == null) return;
        Changes changes = Meanings.changes(meaning);
        int registers = changes == null ? 0xFF : Meanings.registers(changes, i);
        for (int r = 0; r < 8; r++) if ((registers & use.registers & 1 << r) != 0) fetch(r);
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
