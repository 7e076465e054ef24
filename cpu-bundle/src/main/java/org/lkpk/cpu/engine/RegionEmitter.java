package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.fpu.Simd;
import org.lkpk.cpu.state.Fault;
import org.lkpk.cpu.state.View;
import org.lkpk.cpu.table.Insn;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Makes a {@link Region} of a {@link Plan}: the blocks one behind the other, jumps between them, one entry for each place to
 * go on from. Registers and memory are constants of the class. The instructions are {@link LocalEmitter}'s.
 */
final class RegionEmitter {
    /** What a region's class is made with, and keeps in static fields. */
    record Binding(Record memory, View view, int[] registers, Quick fpu, Simd simd, long[] xmm, Insn[] insns) { }

    private static final String SUPER = Type.getInternalName(Region.class), STATE = Emitter.STATE;
    /** Which compilers the host's JVM puts on them is said by their names: see docs/decisions.md. */
    private static final String WARM = SUPER + "_", HOT = SUPER + "Hot_";
    private static final String BINDING = Type.getInternalName(Binding.class);
    /**
     * Local variables of its own: the entry; how many instructions there is still room for beyond all of its own, below 0 if it
     * must not go back; and what that was when {@link CpuState#count} was right.
     */
    private static final int S = Emitter.S, ENTRY = Emitter.LINEAR, ROOM = WarmEmitter.ROOM, BEGUN = LocalEmitter.FREE;
    /** And where a head of a loop is to send on to: the number of a block, or {@link #HERE}. */
    private static final int ON = BEGUN + 1, HERE = -1;
    /** What a call is to go to. */
    private static final int TARGET = ON + 1;
    /** HotSpot compiles no method of more bytes. */
    private static final int LONGEST = 7900;

    /** A way to block {@code to} by one that sends on. */
    private record Detour(Label label, int by, int to) { }

    private final Meanings meanings;
    private final Plan plan;
    private final Liveness flags;
    private final int most;
    private final String name;
    private final Record memory;
    private final Tier tier;
    /** Numbers of the blocks by which it is entered. */
    private final int[] entries;
    /** None for code that the best compiler does not get. */
    private final Loops loops;
    private MethodVisitor m;
    private WarmEmitter emitter;
    /** Whether nothing can come up within the region but by another thread. */
    private boolean alone;
    private Label[] labels;
    /** Ways that are not direct. */
    private List<Detour> detours;
    /** Where the method leaves: with EIP as the result and flags of any form, or in the state; with all there; by a fault. */
    private Label mixed, leave, left, fault;

    /**
     * @param memory the guest's, as the tier has it
     * @param entered the blocks by which it can be entered
     */
    RegionEmitter(Meanings meanings, Plan plan, Record memory, Tier tier, BitSet entered) {
        entries = entered.stream().toArray();
        this.tier = tier;
        loops = warm() ? null : new Loops(plan.edges(), entries);
        name = warm() ? WARM : HOT;
        this.memory = memory;
        this.meanings = meanings;
        this.plan = plan;
        flags = new Liveness(plan, meanings);
        most = plan.insns.length;
    }

    /**
     * The region, or null if its method would be too long.
     * @param view the guest's memory with all its ways, for x87 instructions
     */
    Region make(View view, int[] registers, Quick fpu, Simd simd) {
        byte[] code = code();
        if (code == null) return null;
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup()
                    .defineHiddenClassWithClassData(code, new Binding(memory, view, registers, fpu, simd, simd.xmm, plan.insns), true);
            Region r = (Region) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .asType(MethodType.methodType(Region.class)).invokeExact();
            r.insns = plan.insns;
            r.undone = undone();
            r.plan = plan;
            r.tier = tier;
            r.most = most;
            r.numeric = emitter.fpu.used();
            r.bytes = code.length;
            r.entries = new int[plan.nodes.length];
            Arrays.fill(r.entries, -1);
            for (int n = 0; n < entries.length; n++) r.entries[entries[n]] = n;
            r.entered = new int[plan.nodes.length];
            return r;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no region for the block at " + Integer.toHexString(plan.head.index), e);
        }
    }

    private int[] undone() {
        int[] undone = new int[plan.insns.length];
        for (Plan.Node node : plan.nodes)
            for (int n = node.first; n <= node.last(); n++) undone[n] = node.last() + 1 - n;
        return undone;
    }

    private byte[] code() {
        ClassWriter c = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected String getCommonSuperClass(String one, String other) {
                return "java/lang/Object";
            }
        };
        c.visit(V17, ACC_FINAL | ACC_SUPER, name, null, SUPER, null);
        constants(c);
        MethodVisitor init = c.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
        init.visitVarInsn(ALOAD, 0);
        init.visitMethodInsn(INVOKESPECIAL, SUPER, "<init>", "()V", false);
        init.visitInsn(RETURN);
        init.visitMaxs(0, 0);
        MethodVisitor run = new ShortConstants(c.visitMethod(ACC_PUBLIC, "run", "(L" + STATE + ";I)Z", null, null));
        Label end = warm() ? body(run, new WarmEmitter(run, meanings, name, memory(), flags)) : twice(run);
        run.visitMaxs(0, 0);
        return end.getOffset() > LONGEST ? null : c.toByteArray();
    }

    /** Emitted twice: the first time tells which registers are to be local variables, and how flags go from block to block. */
    private Label twice(MethodVisitor run) {
        MethodVisitor nothing = new MethodVisitor(ASM9) { };
        LocalEmitter first = new LocalEmitter(nothing, meanings, name, memory(), flags, new LocalEmitter.Use());
        body(nothing, first);
        LocalEmitter.Use use = first.seen();
        use.flags.settle(plan.nodes.length, entries);
        alone = tier == Tier.HOT && !use.calls;
        return body(run, new LocalEmitter(run, meanings, name, memory(), flags, use));
    }

    private String memory() {
        return Type.getInternalName(memory.getClass());
    }

    /** Whether registers, flags and the count stay in the state, so that a fault may leave the method as it is. */
    private boolean warm() {
        return tier == Tier.WARM;
    }

    /** Static fields for the parts of the class data. */
    private void constants(ClassWriter c) {
        String[] names = {"MEMORY", "VIEW", "REGISTERS", "FPU", "SIMD", "XMM", "INSNS"};
        String[] parts = {"memory", "view", "registers", "fpu", "simd", "xmm", "insns"};
        String[] types = {Type.getDescriptor(memory.getClass()), Type.getDescriptor(View.class), "[I",
            Type.getDescriptor(Quick.class), Type.getDescriptor(Simd.class), "[J", Type.getDescriptor(Insn[].class)};
        Handle bootstrap = new Handle(H_INVOKESTATIC, "java/lang/invoke/MethodHandles", "classData",
                "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;", false);
        MethodVisitor init = c.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
        init.visitLdcInsn(new ConstantDynamic("_", "L" + BINDING + ";", bootstrap));
        for (int n = 0; n < names.length; n++) {
            c.visitField(ACC_PRIVATE | ACC_STATIC | ACC_FINAL, names[n], types[n], null, null);
            init.visitInsn(DUP);
            init.visitMethodInsn(INVOKEVIRTUAL, BINDING, parts[n], "()" + (n == 0 ? Type.getDescriptor(Record.class) : types[n]), false);
            if (n == 0) init.visitTypeInsn(CHECKCAST, Type.getInternalName(memory.getClass()));
            init.visitFieldInsn(PUTSTATIC, name, names[n], types[n]);
        }
        init.visitInsn(POP);
        init.visitInsn(RETURN);
        init.visitMaxs(0, 0);
    }

    /** Emits the method's body; returns its end. */
    private Label body(MethodVisitor visitor, WarmEmitter insns) {
        m = visitor;
        emitter = insns;
        labels = new Label[plan.nodes.length];
        Arrays.setAll(labels, n -> new Label());
        detours = new ArrayList<>();
        mixed = new Label();
        leave = new Label();
        left = new Label();
        fault = new Label();
        Label begin = new Label(), end = new Label();
        enter();
        m.visitLabel(begin);
        for (int n = 0; n < labels.length; n++) block(n);
        for (Detour d : detours) detour(d);
        m.visitLabel(end);
        leave(begin, end);
        Label after = new Label();
        m.visitLabel(after);
        return after;
    }

    private void enter() {
        if (warm()) rehearse();
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "eip", "I");
        m.visitVarInsn(ISTORE, WarmEmitter.BASE);
        room();
        emitter.enter();
        emitter.define();
        if (!warm() && loops.sends()) {
            m.visitLdcInsn(HERE);
            m.visitVarInsn(ISTORE, ON);
        }
        if (warm()) entered();
        Label[] to = Arrays.stream(entries).mapToObj(n -> way(Loops.NOWHERE, n)).toArray(Label[]::new);
        if (to.length == 1) m.visitJumpInsn(GOTO, to[0]);
        else {
            m.visitVarInsn(ILOAD, ENTRY);
            m.visitTableSwitchInsn(0, to.length - 1, to[0], to);
        }
    }

    /** Comes back from {@link Region#REHEARSAL} at once. */
    private void rehearse() {
        Label in = new Label();
        m.visitVarInsn(ILOAD, ENTRY);
        m.visitJumpInsn(IFGE, in);
        m.visitInsn(ICONST_1);
        m.visitInsn(IRETURN);
        m.visitLabel(in);
    }

    /** Counts by which block it is entered; all of them are entries. */
    private void entered() {
        m.visitVarInsn(ALOAD, Emitter.THIS);
        m.visitFieldInsn(GETFIELD, SUPER, "entered", "[I");
        m.visitVarInsn(ILOAD, ENTRY);
        m.visitInsn(DUP2);
        m.visitInsn(IALOAD);
        m.visitInsn(ICONST_1);
        m.visitInsn(IADD);
        m.visitInsn(IASTORE);
    }

    /** Where to jump to get from a block, or from {@link Loops#NOWHERE}, to another block: see {@link Loops}. */
    private Label way(int from, int to) {
        int by = warm() ? to : loops.by(from, to);
        if (by == to) return labels[to];
        Detour d = new Detour(new Label(), by, to);
        detours.add(d);
        return d.label;
    }

    private void detour(Detour d) {
        m.visitLabel(d.label);
        m.visitLdcInsn(d.to);
        m.visitVarInsn(ISTORE, ON);
        m.visitJumpInsn(GOTO, labels[d.by]);
    }

    /** At the head of a loop: sends on whoever came to go elsewhere in it. */
    private void send(int head) {
        int[] sent = warm() ? new int[0] : loops.sent(head);
        if (sent.length == 0) return;
        Label here = new Label();
        m.visitVarInsn(ILOAD, ON);
        m.visitJumpInsn(IFLT, here);
        Label[] to = new Label[sent.length];
        Arrays.setAll(to, n -> new Label());
        m.visitVarInsn(ILOAD, ON);
        m.visitLookupSwitchInsn(here, sent, to);
        for (int n = 0; n < to.length; n++) {
            m.visitLabel(to[n]);
            int by = loops.by(head, sent[n]);
            if (by == sent[n]) {
                m.visitLdcInsn(HERE);
                m.visitVarInsn(ISTORE, ON);
            }
            m.visitJumpInsn(GOTO, labels[by]);
        }
        m.visitLabel(here);
    }

    /** Sees how much room there is, from now on. */
    private void room() {
        if (warm()) return;
        m.visitVarInsn(ALOAD, S);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "room", "()I", false);
        m.visitLdcInsn(most);
        m.visitInsn(ISUB);
        m.visitInsn(DUP);
        m.visitVarInsn(ISTORE, BEGUN);
        m.visitVarInsn(ISTORE, ROOM);
    }

    private void block(int number) {
        Plan.Node node = plan.nodes[number];
        m.visitLabel(labels[number]);
        send(number);
        emitter.begin(number);
        emitter.fpu.block(plan.insns, node.last());
        if (warm()) count(() -> m.visitLdcInsn(node.block.count));
        else m.visitIincInsn(ROOM, -node.block.count);
        int last = node.block.ends ? node.last() - 1 : node.last();
        for (int n = node.first; n <= last; n++) emitter.emit(plan.insns[n], plan.mode, n);
        int next = node.offset + node.block.length;
        if (!node.block.ends) go(node, next);
        else end(node, plan.insns[node.last()], next);
    }

    /** The ways out: whatever has been done is written back; true unless there is a fault to take. */
    private void leave(Label begin, Label end) {
        if (!warm()) {
            m.visitLabel(mixed);
            result();
            emitter.leaveMixed();
            m.visitJumpInsn(GOTO, left);
        }
        m.visitLabel(leave);
        result();
        emitter.leave();
        m.visitLabel(left);
        count();
        m.visitInsn(ICONST_1);
        m.visitInsn(IRETURN);
        if (warm()) return;
        Label inCall = new Label();
        String type = Type.getInternalName(Fault.class);
        // The first that fits counts: a meaning that was called has left the state as it is to be.
        for (WarmEmitter.Range call : emitter.calls) m.visitTryCatchBlock(call.from(), call.to(), inCall, type);
        m.visitTryCatchBlock(begin, end, fault, type);
        m.visitLabel(fault);
        m.visitInsn(POP);
        emitter.leaveMixed();
        Label both = new Label();
        m.visitJumpInsn(GOTO, both);
        if (!emitter.calls.isEmpty()) {
            m.visitLabel(inCall);
            m.visitInsn(POP);
        }
        m.visitLabel(both);
        count();
        m.visitInsn(ICONST_0);
        m.visitInsn(IRETURN);
    }

    /** Sets EIP to the result. */
    private void result() {
        m.visitVarInsn(ALOAD, S);
        m.visitVarInsn(ILOAD, Emitter.RESULT);
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
    }

    /** Counts what has been done, where that is not counted block by block. */
    private void count() {
        if (warm()) return;
        count(() -> {
            m.visitVarInsn(ILOAD, BEGUN);
            m.visitVarInsn(ILOAD, ROOM);
            m.visitInsn(ISUB);
        });
    }

    private void count(Runnable number) {
        m.visitVarInsn(ALOAD, S);
        m.visitInsn(DUP);
        m.visitFieldInsn(GETFIELD, STATE, "count", "J");
        number.run();
        m.visitInsn(I2L);
        m.visitInsn(LADD);
        m.visitFieldInsn(PUTFIELD, STATE, "count", "J");
    }

    private void end(Plan.Node node, Insn i, int next) {
        switch (Plan.kind(i)) {
            case CONDITIONAL -> {
                Label not = new Label();
                emitter.test(i, node.last());
                m.visitJumpInsn(IFEQ, not);
                go(node, next + i.immediate);
                m.visitLabel(not);
                go(node, next);
            }
            case JUMP -> go(node, next + i.immediate);
            case CALL -> {
                emitter.pushReturn(node.last(), next);
                go(node, next + i.immediate);
            }
            case OTHER -> other(node, i, next);
        }
    }

    private void other(Plan.Node node, Insn i, int next) {
        if (Plan.returns(i)) {
            emitter.pop(node.last());
            m.visitVarInsn(ISTORE, Emitter.RESULT);
            choose(node, plan.returns);
            return;
        }
        if (Plan.chooses(i)) {
            emitter.target(i, plan.mode, node.last());
            if (i.form.name().equals("call_e")) {
                m.visitVarInsn(ISTORE, TARGET);
                emitter.pushReturn(node.last(), next);
                m.visitVarInsn(ILOAD, TARGET);
            }
            m.visitVarInsn(ISTORE, Emitter.RESULT);
            choose(node, Arrays.stream(node.chosen).boxed().toList());
            return;
        }
        emitter.synchronize();
        count();
        room();
        emitter.emit(i, plan.mode, node.last());
        int to = number(next);
        if (to >= 0 && Plan.goesOn(i)) {
            m.visitVarInsn(ALOAD, S);
            emitter.linear(next);
            m.visitLdcInsn(plan.mode);
            m.visitLdcInsn(most);
            m.visitMethodInsn(INVOKEVIRTUAL, STATE, "goesOn", "(III)Z", false);
            m.visitJumpInsn(IFEQ, left);
            emitter.eip(0);
            emitter.enter();
            room();
            emitter.go(to, way(node.number, to));
        } else m.visitJumpInsn(GOTO, left);
    }

    /** Goes to the result: on in this region if that is a known offset. */
    private void choose(Plan.Node node, Collection<Integer> known) {
        List<Integer> sites = known.stream().filter(o -> number(o) >= 0).sorted().toList();
        Label out = new Label();
        if (!sites.isEmpty()) {
            stay(out);
            m.visitVarInsn(ILOAD, Emitter.RESULT);
            m.visitVarInsn(ILOAD, WarmEmitter.BASE);
            m.visitInsn(ISUB);
            Label[] to = sites.stream().map(o -> new Label()).toArray(Label[]::new);
            m.visitLookupSwitchInsn(out, sites.stream().mapToInt(o -> o).toArray(), to);
            for (int n = 0; n < to.length; n++) {
                m.visitLabel(to[n]);
                int site = number(sites.get(n));
                emitter.go(site, way(node.number, site));
            }
        }
        m.visitLabel(out);
        emitter.out(leave, mixed);
    }

    /**
     * Goes elsewhere unless all of the region may be done again: there is room, and nothing has come up. Where nothing can but
     * by another thread, it is early enough to see that when there is no more room.
     */
    private void stay(Label elsewhere) {
        if (warm()) {
            m.visitVarInsn(ALOAD, S);
            m.visitLdcInsn(most);
            m.visitMethodInsn(INVOKEVIRTUAL, STATE, "goesBack", "(I)Z", false);
            m.visitJumpInsn(IFEQ, elsewhere);
            return;
        }
        m.visitVarInsn(ILOAD, ROOM);
        m.visitJumpInsn(IFLT, elsewhere);
        if (alone) return;
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "attention", "I");
        m.visitJumpInsn(IFNE, elsewhere);
        m.visitVarInsn(ALOAD, S);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "interjection", "()Z", false);
        m.visitJumpInsn(IFNE, elsewhere);
    }

    /** Goes to an offset: within the region, back only if there is room, or out of it. */
    private void go(Plan.Node from, int offset) {
        int to = number(offset);
        if (to >= 0 && !Plan.back(from, plan.nodes[to])) {
            emitter.go(to, way(from.number, to));
            return;
        }
        if (to >= 0) {
            Label elsewhere = new Label();
            stay(elsewhere);
            emitter.go(to, way(from.number, to));
            m.visitLabel(elsewhere);
        }
        emitter.linear(offset);
        m.visitVarInsn(ISTORE, Emitter.RESULT);
        emitter.out(leave, mixed);
    }

    /** Number of the block at an offset, or -1. */
    private int number(int offset) {
        Plan.Node node = plan.at(offset);
        return node == null ? -1 : node.number;
    }
}
