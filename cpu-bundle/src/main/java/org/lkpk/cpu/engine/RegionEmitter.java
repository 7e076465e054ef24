package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.lkpk.cpu.fpu.Quick;
import org.lkpk.cpu.state.CpuState;
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
 * go on from. Registers and memory are constants of the class. The instructions are {@link Emitter}'s.
 */
final class RegionEmitter {
    /** What a region's class is made with, and keeps in static fields. */
    record Binding(View memory, int[] registers, Quick fpu, Insn[] insns) { }

    private static final String SUPER = Type.getInternalName(Region.class), STATE = Emitter.STATE;
    /** Which compilers the host's JVM puts on them is said by their names: see docs/decisions.md. */
    private static final String WARM = SUPER + "_", HOT = SUPER + "Hot_";
    private static final String BINDING = Type.getInternalName(Binding.class);
    private static final int S = 1, ENTRY = 2, RESULT = 3;
    /** HotSpot compiles no method of more bytes. */
    private static final int LONGEST = 7900;
    /** Instructions that end a block, and after which it mostly goes on with the next one. */
    private static final Set<String> GOES_ON = Set.of("cli", "popf", "movs_b", "movs_v", "stos_b", "stos_v", "lods_b", "lods_v",
            "scas_b", "scas_v", "cmps_b", "cmps_v", "loop", "jcxz");

    private final Meanings meanings;
    private final Plan plan;
    private final Liveness flags;
    private final Label[] labels;
    private final int most;
    private final String name;
    private MethodVisitor m;
    private Emitter emitter;

    /** @param hot whether it is worth the host's best compiler */
    RegionEmitter(Meanings meanings, Plan plan, boolean hot) {
        name = hot ? HOT : WARM;
        this.meanings = meanings;
        this.plan = plan;
        flags = new Liveness(plan, meanings);
        labels = new Label[plan.nodes.length];
        Arrays.setAll(labels, n -> new Label());
        most = plan.insns.length;
    }

    /** The region, or null if its method would be too long. */
    Region make(View memory, int[] registers, Quick fpu) {
        byte[] code = code();
        if (code == null) return null;
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup()
                    .defineHiddenClassWithClassData(code, new Binding(memory, registers, fpu, plan.insns), true);
            Region r = (Region) lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .asType(MethodType.methodType(Region.class)).invokeExact();
            r.insns = plan.insns;
            r.undone = undone();
            r.plan = plan;
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
        m = c.visitMethod(ACC_PUBLIC, "run", "(L" + STATE + ";I)V", null, null);
        emitter = new Emitter(m, meanings, name);
        Label end = new Label();
        body();
        m.visitLabel(end);
        m.visitInsn(RETURN);
        m.visitMaxs(0, 0);
        return end.getOffset() > LONGEST ? null : c.toByteArray();
    }

    /** Static fields for the parts of the class data. */
    private void constants(ClassWriter c) {
        String[] names = {"MEMORY", "REGISTERS", "FPU", "INSNS"}, parts = {"memory", "registers", "fpu", "insns"};
        String[] types = {Type.getDescriptor(View.class), "[I", Type.getDescriptor(Quick.class), Type.getDescriptor(Insn[].class)};
        Handle bootstrap = new Handle(H_INVOKESTATIC, "java/lang/invoke/MethodHandles", "classData",
                "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/Class;)Ljava/lang/Object;", false);
        MethodVisitor init = c.visitMethod(ACC_STATIC, "<clinit>", "()V", null, null);
        init.visitLdcInsn(new ConstantDynamic("_", "L" + BINDING + ";", bootstrap));
        for (int n = 0; n < names.length; n++) {
            c.visitField(ACC_PRIVATE | ACC_STATIC | ACC_FINAL, names[n], types[n], null, null);
            init.visitInsn(DUP);
            init.visitMethodInsn(INVOKEVIRTUAL, BINDING, parts[n], "()" + types[n], false);
            init.visitFieldInsn(PUTSTATIC, name, names[n], types[n]);
        }
        init.visitInsn(POP);
        init.visitInsn(RETURN);
        init.visitMaxs(0, 0);
    }

    private void body() {
        m.visitVarInsn(ALOAD, S);
        m.visitFieldInsn(GETFIELD, STATE, "eip", "I");
        m.visitVarInsn(ISTORE, Emitter.BASE);
        if (labels.length > 1) {
            m.visitVarInsn(ILOAD, ENTRY);
            m.visitTableSwitchInsn(0, labels.length - 1, labels[0], labels);
        }
        for (int n = 0; n < labels.length; n++) block(n);
    }

    private void block(int number) {
        Plan.Node node = plan.nodes[number];
        m.visitLabel(labels[number]);
        m.visitVarInsn(ALOAD, S);
        m.visitInsn(DUP);
        m.visitFieldInsn(GETFIELD, STATE, "count", "J");
        m.visitLdcInsn((long) node.block.count);
        m.visitInsn(LADD);
        m.visitFieldInsn(PUTFIELD, STATE, "count", "J");
        emitter.fpu.block(plan.insns, node.last());
        int last = node.block.ends ? node.last() - 1 : node.last();
        for (int n = node.first; n <= last; n++) emit(n);
        int next = node.offset + node.block.length;
        if (!node.block.ends) go(node, next);
        else end(node, plan.insns[node.last()], next);
    }

    private void emit(int n) {
        emitter.emit(plan.insns[n], plan.mode, Forge.filled(plan.insns[n]), n, flags);
    }

    private void end(Plan.Node node, Insn i, int next) {
        switch (Plan.kind(i)) {
            case CONDITIONAL -> {
                Label not = new Label();
                emitter.test(i, flags.compared(node.last()));
                m.visitJumpInsn(IFEQ, not);
                go(node, next + i.immediate);
                m.visitLabel(not);
                go(node, next);
            }
            case JUMP -> go(node, next + i.immediate);
            case CALL -> {
                emitter.progress(node.last());
                emitter.pushReturn(next);
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
        emit(node.last());
        int to = number(next);
        if (to >= 0 && GOES_ON.contains(name)) {
            Label not = new Label();
            m.visitVarInsn(ALOAD, S);
            m.visitVarInsn(ILOAD, Emitter.BASE);
            m.visitLdcInsn(next);
            m.visitInsn(IADD);
            m.visitLdcInsn(plan.mode);
            m.visitLdcInsn(most);
            m.visitMethodInsn(INVOKEVIRTUAL, STATE, "goesOn", "(III)Z", false);
            m.visitJumpInsn(IFEQ, not);
            emitter.eip(0);
            m.visitJumpInsn(GOTO, labels[to]);
            m.visitLabel(not);
        }
        m.visitInsn(RETURN);
    }

    /** RET: goes on in this region where that is where one of its own calls returns to. */
    private void back(Plan.Node node) {
        emitter.progress(node.last());
        emitter.pop();
        m.visitVarInsn(ISTORE, RESULT);
        Label leave = new Label();
        List<Integer> sites = new ArrayList<>(plan.returns);
        sites.sort(null);
        if (!sites.isEmpty()) {
            room();
            m.visitJumpInsn(IFEQ, leave);
            m.visitVarInsn(ILOAD, RESULT);
            m.visitVarInsn(ILOAD, Emitter.BASE);
            m.visitInsn(ISUB);
            m.visitLookupSwitchInsn(leave, sites.stream().mapToInt(o -> o).toArray(),
                    sites.stream().map(o -> labels[number(o)]).toArray(Label[]::new));
        }
        m.visitLabel(leave);
        m.visitVarInsn(ALOAD, S);
        m.visitVarInsn(ILOAD, RESULT);
        m.visitFieldInsn(PUTFIELD, STATE, "eip", "I");
        m.visitInsn(RETURN);
    }

    private void room() {
        m.visitVarInsn(ALOAD, S);
        m.visitLdcInsn(most);
        m.visitMethodInsn(INVOKEVIRTUAL, STATE, "room", "(I)Z", false);
    }

    /** Goes to an offset: within the region, back only if there is room, or out of it. */
    private void go(Plan.Node from, int offset) {
        int to = number(offset);
        if (to >= 0 && plan.nodes[to].offset > from.offset) {
            m.visitJumpInsn(GOTO, labels[to]);
            return;
        }
        if (to >= 0) {
            room();
            m.visitJumpInsn(IFNE, labels[to]);
        }
        emitter.eip(offset);
        m.visitInsn(RETURN);
    }

    /** Number of the block at an offset, or -1. */
    private int number(int offset) {
        Plan.Node node = plan.at(offset);
        if (node == null) return -1;
        for (int n = 0; n < plan.nodes.length; n++) if (plan.nodes[n] == node) return n;
        return -1;
    }
}
