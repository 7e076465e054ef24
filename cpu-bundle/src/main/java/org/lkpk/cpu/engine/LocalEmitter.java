package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lkpk.cpu.meaning.Arithmetic;
import org.lkpk.cpu.meaning.Changes;
import org.lkpk.cpu.meaning.Division;
import org.lkpk.cpu.meaning.Multiplication;
import org.lkpk.cpu.meaning.Shifts;
import org.lkpk.cpu.state.Direct;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Emits the instructions of a hot region. Registers and arithmetic flags are local variables from its entry to its exits, and
 * are written back for instructions that are calls of meanings which look at the state. A fault on the way of an access to
 * memory ends in a handler that writes them back: what only faults see costs nothing where none comes.
 */
final class LocalEmitter extends WarmEmitter {
    /** The words of flags have the operands that they are to be worked out of, or themselves: that form is a local variable, too. */
    private static final int FIRST = FLAGS_RESULT, SECOND = CARRIES, FORM = TOP + 1;
    /** XMM registers, of which each is two halves; and the first local variable that is free. */
    private static final int HALVES = 16, XMM = FORM + 1;
    static final int FREE = SimdEmitter.FREE;
    private static final String DIRECT = Type.getInternalName(Direct.class);
    /** Their meanings do no more than to compute. */
    private static final Set<Class<?>> COMPUTING = Set.of(Arithmetic.class, Division.class, Multiplication.class, Shifts.class);
    /** Their result says it all. */
    private static final Set<String> LOGIC = Set.of("and", "or", "xor", "test");

    /**
     * Which registers, and halves of XMM registers, a region has in local variables, as bits: all it touches, and those it
     * changes; whether it calls what may let something come up, a device for instance; how it makes flags, and where it has them.
     */
    static final class Use {
        int registers, changed, halves, changedHalves;
        boolean calls;
        final List<Maker> makers = new ArrayList<>();
        final Flags flags = new Flags();
    }

    /** What makes flags of at most two operands. */
    private record Maker(Method result, Method carries, int taken, int width, boolean comparison) { }

    /** What the whole region uses; and what this emission has seen of it so far. */
    private final Use use, seen = new Use();
    /** Registers whose local variables may differ from the state. */
    private int dirty, dirtyHalves;
    /** Null where memory's slow ways are called: what SSE does otherwise than mostly has no way out there. */
    private final SimdEmitter simd;
    /** The form of the flags here, and the block. */
    private int form = Flags.MIXED, block;

    /** @param use what it uses, as an emission before this one has found it */
    LocalEmitter(MethodVisitor m, Meanings meanings, String region, String memory, Liveness liveness, Use use) {
        super(m, meanings, region, memory, liveness);
        this.use = use;
        simd = memory.equals(DIRECT) ? new SimdEmitter(m, this, region) : null;
    }

    /** What has been emitted uses. */
    Use seen() {
        seen.calls |= fpu.used();
        return seen;
    }

    @Override
    void begin(int block) {
        this.block = block;
        dirty = use.changed;
        dirtyHalves = use.changedHalves;
        if (simd != null) simd.forget();
        form = use.flags.comes(block);
    }

    // Flags

    @Override
    void testFlags(Method condition) {
        Maker maker = form >= Flags.OPERANDS ? maker(form) : null;
        Method direct = maker != null && maker.comparison ? meanings.compared(condition, maker.width) : null;
        if (direct != null) operands(maker);
        else {
            look();
            pushFlags(form);
        }
        call(direct != null ? direct : condition);
    }

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
        } else if (form == Flags.STATE) pushState();
        else {
            m.visitVarInsn(ILOAD, FLAGS_RESULT);
            m.visitVarInsn(ILOAD, CARRIES);
        }
    }

    private void become(int form) {
        this.form = form;
        m.visitLdcInsn(form);
        m.visitVarInsn(ISTORE, FORM);
    }

    @Override
    void local() {
        look();
        if (form != Flags.LOCAL) {
            pushFlags(form);
            keepLocal();
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
        keepLocal();
        keepState();
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

    @Override
    void setFlags() {
        become(Flags.STATE);
    }

    @Override
    void flags(Method plain, int taken, boolean partly) {
        if (partly || taken > 2 || LOGIC.contains(i.form.name())) {
            workOut(taken);
            become(Flags.LOCAL);
        } else {
            m.visitInsn(POP);
            later(plain, taken);
        }
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

    /** Flags go to a block as they are to come there. */
    @Override
    void go(int to, Label label) {
        int before = form;
        seen.flags.edge(block, to, form);
        if (use.flags.asks(to)) local();
        else if (use.flags.comes(to) != Flags.MIXED && use.flags.comes(to) != form)
            throw new IllegalStateException("flags come to block " + to + " as " + form + " instead of " + use.flags.comes(to));
        m.visitJumpInsn(GOTO, label);
        form = before;
    }

    /** Many exits that work out the same flags are one place for it, or HotSpot would work them out once for all, and before those. */
    @Override
    void out(Label known, Label mixed) {
        boolean there = form == Flags.STATE || form == Flags.LOCAL;
        if (there) keepFlags(form);
        m.visitJumpInsn(GOTO, there ? known : mixed);
    }

    @Override
    void leaveMixed() {
        leave();
        keepMixed();
    }

    // Registers

    /** Loads what the region uses. */
    @Override
    void enter() {
        for (int r = 0; r < 8; r++) if ((use.registers >> r & 1) != 0) fetch(r);
        fetchHalves();
        setFlags();
    }

    /** Blocks that ask for flags in local variables have the state's there. */
    @Override
    void define() {
        pushState();
        keepLocal();
        for (int local : new int[] {LEFT, RIGHT}) {
            m.visitInsn(ICONST_0);
            m.visitVarInsn(ISTORE, local);
        }
    }

    @Override
    void leave() {
        for (int r = 0; r < 8; r++) if ((use.changed >> r & 1) != 0) keep(r);
        keepHalves(use.changedHalves);
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

    @Override
    void synchronize() {
        for (int r = 0; r < 8; r++) if ((dirty >> r & 1) != 0) keep(r);
        keepHalves(dirtyHalves);
        keepFlags(form);
        setFlags();
        dirty = dirtyHalves = 0;
        if (simd != null) simd.forget();
    }

    @Override
    void changed(Method meaning) {
        seen.calls |= !COMPUTING.contains(meaning.getDeclaringClass());
        Changes changes = Meanings.changes(meaning);
        int registers = changes == null ? 0xFF : Meanings.registers(changes, i);
        for (int r = 0; r < 8; r++) if ((registers & use.registers & 1 << r) != 0) fetch(r);
        if (!COMPUTING.contains(meaning.getDeclaringClass())) fetchHalves();
    }

    @Override
    boolean special() {
        return simd != null && simd.emit(i, unchecked, number) || super.special();
    }

    @Override
    void get(int r) {
        seen.registers |= 1 << r;
        m.visitVarInsn(ILOAD, REGISTERS + r);
    }

    @Override
    void set(int r) {
        seen.registers |= 1 << r;
        seen.changed |= 1 << r;
        dirty |= 1 << r;
        m.visitVarInsn(ISTORE, REGISTERS + r);
    }

    @Override
    void put(int r) {
        m.visitVarInsn(ILOAD, RESULT);
        set(r);
    }

    // XMM registers, by halves: that of register n are 2n and 2n + 1

    /** The local variable of a half that is read. */
    int half(int h) {
        seen.halves |= 1 << h;
        return XMM + 2 * h;
    }

    /** The local variable of a half that is written. */
    int changedHalf(int h) {
        seen.changedHalves |= 1 << h;
        dirtyHalves |= 1 << h;
        return half(h);
    }

    private void fetchHalves() {
        for (int h = 0; h < HALVES; h++) {
            if ((use.halves >> h & 1) == 0) continue;
            halves();
            m.visitLdcInsn(h);
            m.visitInsn(LALOAD);
            m.visitVarInsn(LSTORE, XMM + 2 * h);
        }
    }

    private void keepHalves(int which) {
        for (int h = 0; h < HALVES; h++) {
            if ((which >> h & 1) == 0) continue;
            halves();
            m.visitLdcInsn(h);
            m.visitVarInsn(LLOAD, XMM + 2 * h);
            m.visitInsn(LASTORE);
        }
    }

    private void halves() {
        m.visitFieldInsn(GETSTATIC, region, "XMM", "[J");
    }
}
