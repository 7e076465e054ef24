package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.lkpk.cpu.fpu.Quick;
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
    record Binding(Record memory, View view, int[] registers, Quick fpu, Insn[] insns) { }

    private static final String SUPER = Type.getInternalName(Region.class), STATE = Emitter.STATE;
    /** Which compilers the host's JVM puts on them is said by their names: see docs/decisions.md. */
    private static final String WARM = SUPER + "_", HOT = SUPER + "Hot_";
    private static final String BINDING = Type.getInternalName(Binding.class);
    /** Local variables of its own: the entry; and how many instructions may be done before something must be looked at. */
    private static final int S = Emitter.S, ENTRY = Emitter.LINEAR, ROOM = LocalEmitter.FREE;
    /** HotSpot compiles no method of more bytes. */
    private static final int LONGEST = 7900;
    /** Instructions that end a block, and after which it mostly goes on with the next one. */
    private static final Set<String> GOES_ON = Set.of("cli", "popf", "movs_b", "movs_v", "stos_b", "stos_v", "lods_b", "lods_v",
            "scas_b", "scas_v", "cmps_b", "cmps_v", "loop", "jcxz");

    private final Meanings meanings;
    private final Plan plan;
    private final Liveness flags;
    private final int most;
    private final String name;
    private final Record memory;
    private final Tier tier;
    private MethodVisitor m;
    private LocalEmitter emitter;
    private Label[] labels;
    /** Where the method leaves: with EIP as the result, with all state where it belongs, by a fault. */
    private Label leave, left, fault;

    /**
     * @param memory the guest's, as the tier has it
     */
    RegionEmitter(Meanings meanings, Plan plan, Record memory, Tier tier) {
        name = tier == Tier.WARM ? WARM : HOT;
        this.tier = tier;
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
    Region make(View view, int[] registers, Quick fpu) {
        byte[] code = code();
        if (code == null) return null;
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup()
                    .defineHiddenClassWithClassData(code, new Binding(memory, view, registers, fpu, plan.insns), true);
            Region r = (Region) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .asType(MethodType.methodType(Region.class)).invokeExact();
            r.insns = plan.insns;
            r.undone = undone();
            r.plan = plan;
            r.tier = tier;
            r.most = most;
            r.numeric = emitter.fpu.used();
            r.bytes = code.length;
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
        // Emitted twice: the first time tells which registers are to be local variables, where any are.
        if (!warm()) body(new MethodVisitor(ASM9) { }, new LocalEmitter.Use());
        m = c.visitMethod(ACC_PUBLIC, "run", "(L" + STATE + ";I)Z", null, null);
        Label end = body(m, warm() ? null : emitter.seen());
        m.visitMaxs(0, 0);
        return end.getOffset() > LONGEST ? null : c.toByteArray();
    }

    /** Whether registers, flags and the count stay in the state, so that a fault may leave the method as it is. */
    private boolean warm() {
        return tier == Tier.WARM;
    }

    /** Static fields for the parts of the class data. */
    private void constants(ClassWriter c) {
        String[] names = {"MEMORY", "VIEW", "REGISTERS", "FPU", "INSNS"}, parts = {"memory", "view", "registers", "fpu", "insns"};
        String[] types = {Type.getDescriptor(memory.getClass()), Type.getDescriptor(View.class), "[I",
            Type.getDescriptor(Quick.class), Type.getDescriptor(Insn[].class)};
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
    private Label body(MethodVisitor visitor, LocalEmitter.Use use) {
        m = visitor;
        emitter = new LocalEmitter(m, meanings, name, Type.getInternalName(memory.getClass()), flags, use);
        labels = new Label[plan.nodes.length];
        Arrays.setAll(labels, n -> new Label());
        leave = new Label();
        left = new Label();
        fault = new Label();
        Label begin = new Label(), end = new Label();
        enter();
        m.visitLabel(begin);
        for (int n = 0; n < labels.length; n++) block(n);
        m.visitLabel(end);
        leave(begin, end);
        Label after = new Label();
        m.visitLabel(after);
        return after;
    }

    private void enter() {
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "eip", "I");
        m.visitVarInsn(ISTORE, LocalEmitter.BASE);
        room();
        emitter.enter();
        for (int local : new int[] {LocalEmitter.LEFT, LocalEmitter.RIGHT}) {
            m.visitInsn(ICONST_0);
            m.visitVarInsn(ISTORE, local);
        }
        if (labels.length > 1) {
            m.visitVarInsn(ILOAD, ENTRY);
            m.visitTableSwitchInsn(0, labels.length - 1, labels[0], labels);
        }
    }

    /** Sees how much room there is, from now on. */
    private void room() {
        if (warm()) return;
        m.visitInsn(ICONST_0);
        m.visitVarInsn(ISTORE, LocalEmitter.DONE);
        m.visitVarInsn(ALOAD, S);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "room", "()I", false);
        m.visitVarInsn(ISTORE, ROOM);
    }

    private void block(int number) {
        Plan.Node node = plan.nodes[number];
        m.visitLabel(labels[number]);
        emitter.begin();
        emitter.fpu.block(plan.insns, node.last());
        if (warm()) count(() -> m.visitLdcInsn(node.block.count));
        else m.visitIincInsn(LocalEmitter.DONE, node.block.count);
        int last = node.block.ends ? node.last() - 1 : node.last();
        for (int n = node.first; n <= last; n++) emitter.emit(plan.insns[n], plan.mode, n);
        int next = node.offset + node.block.length;
        if (!node.block.ends) go(node, next);
        else end(node, plan.insns[node.last()], next);
    }

    /** The ways out: whatever has been done is written back; true unless there is a fault to take. */
    private void leave(Label begin, Label end) {
        m.visitLabel(leave);
        m.visitVarInsn(ALOAD, S);
        m.visitVarInsn(ILOAD, Emitter.RESULT);
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
        emitter.leave();
        m.visitLabel(left);
        count();
        m.visitInsn(ICONST_1);
        m.visitInsn(IRETURN);
        if (warm()) return;
        Label inCall = new Label();
        String type = Type.getInternalName(Fault.class);
        // The first that fits counts: a meaning that was called has left the state as it is to be.
        for (LocalEmitter.Range call : emitter.calls) m.visitTryCatchBlock(call.from(), call.to(), inCall, type);
        m.visitTryCatchBlock(begin, end, fault, type);
        m.visitLabel(fault);
        m.visitInsn(POP);
        emitter.leave();
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

    /** Counts what has been done, where that is not counted block by block. */
    private void count() {
        if (!warm()) count(() -> m.visitVarInsn(ILOAD, LocalEmitter.DONE));
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
        String name = i.form.name();
        if (name.equals("ret") && i.operandSize == 32) {
            back(node);
            return;
        }
        emitter.synchronize();
        count();
        room();
        emitter.emit(i, plan.mode, node.last());
        int to = number(next);
        if (to >= 0 && GOES_ON.contains(name)) {
            m.visitVarInsn(ALOAD, S);
            emitter.linear(next);
            m.visitLdcInsn(plan.mode);
            m.visitLdcInsn(most);
            m.visitMethodInsn(INVOKEVIRTUAL, STATE, "goesOn", "(III)Z", false);
            m.visitJumpInsn(IFEQ, left);
            emitter.eip(0);
            emitter.enter();
            room();
            m.visitJumpInsn(GOTO, labels[to]);
        } else m.visitJumpInsn(GOTO, left);
    }

    /** RET: goes on in this region where that is where one of its own calls returns to. */
    private void back(Plan.Node node) {
        emitter.pop(node.last());
        m.visitVarInsn(ISTORE, Emitter.RESULT);
        List<Integer> sites = new ArrayList<>(plan.returns);
        sites.sort(null);
        if (!sites.isEmpty()) {
            goesBack();
            m.visitJumpInsn(IFEQ, leave);
            m.visitVarInsn(ILOAD, Emitter.RESULT);
            m.visitVarInsn(ILOAD, LocalEmitter.BASE);
            m.visitInsn(ISUB);
            m.visitLookupSwitchInsn(leave, sites.stream().mapToInt(o -> o).toArray(),
                    sites.stream().map(o -> labels[number(o)]).toArray(Label[]::new));
        } else m.visitJumpInsn(GOTO, leave);
    }

    /** Pushes whether all of the region may be done again. */
    private void goesBack() {
        m.visitVarInsn(ALOAD, S);
        if (warm()) {
            m.visitLdcInsn(most);
            m.visitMethodInsn(INVOKEVIRTUAL, STATE, "goesBack", "(I)Z", false);
            return;
        }
        m.visitVarInsn(ILOAD, LocalEmitter.DONE);
        m.visitLdcInsn(most);
        m.visitInsn(IADD);
        m.visitVarInsn(ILOAD, ROOM);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "goesBack", "(II)Z", false);
    }

    /** Goes to an offset: within the region, back only if there is room, or out of it. */
    private void go(Plan.Node from, int offset) {
        int to = number(offset);
        if (to >= 0 && plan.nodes[to].offset > from.offset) {
            m.visitJumpInsn(GOTO, labels[to]);
            return;
        }
        if (to >= 0) {
            goesBack();
            m.visitJumpInsn(IFNE, labels[to]);
        }
        emitter.linear(offset);
        m.visitVarInsn(ISTORE, Emitter.RESULT);
        m.visitJumpInsn(GOTO, leave);
    }

    /** Number of the block at an offset, or -1. */
    private int number(int offset) {
        Plan.Node node = plan.at(offset);
        if (node == null) return -1;
        for (int n = 0; n < plan.nodes.length; n++) if (plan.nodes[n] == node) return n;
        return -1;
    }
}
