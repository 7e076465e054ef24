package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;
import org.lkpk.cpu.table.Form;
import org.lkpk.cpu.table.Insn;
import org.lkpk.cpu.table.Operand;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Makes operations. For each meaning with each combination of operand kinds it emits one class, on first use, that loads
 * the operands, calls the meaning and stores its result; there is no other code of theirs. The classes are hidden ones and
 * go with the forge.
 */
final class Forge {
    private final Meanings meanings;
    /** One operation of each class; and what is looked for in there. */
    private final Map<Kind, Op> models = new HashMap<>();
    private final Kind wanted = new Kind();

    /** What operations of one class have in common. */
    private static final class Kind {
        Form first, second;
        int shape;

        Kind copy() {
            Kind k = new Kind();
            k.first = first;
            k.second = second;
            k.shape = shape;
            return k;
        }

        @Override
        public int hashCode() {
            return (System.identityHashCode(first) * 31 + System.identityHashCode(second)) * 31 + shape;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Kind k && k.first == first && k.second == second && k.shape == shape;
        }
    }

    Forge(Profile profile) {
        meanings = new Meanings(profile);
    }

    /** The operation for one instruction, decoded for a mode of {@link CpuState#mode}. */
    Op make(Insn i, int mode) {
        Op op = instance(i, null, mode);
        fill(op, i);
        return op;
    }

    /** One operation for {@code i} and the conditional branch {@code branch} right behind it. */
    Op make(Insn i, Insn branch, int mode) {
        Op op = instance(i, branch, mode);
        fill(op, i);
        op.next = (short) branch.next();
        op.target = (short) target(branch);
        op.weight = 2;
        return op;
    }

    /** One operation for all instructions of a block, with what differs between instructions as constants in its code. */
    Op make(Insn[] insns, int mode) {
        Op.OfBlock op = (Op.OfBlock) define("block", Emitter.OF_BLOCK, (m, emitter) -> whole(m, emitter, insns, mode));
        op.insns = insns;
        return op;
    }

    private void whole(MethodVisitor m, Emitter emitter, Insn[] insns, int mode) {
        Label top = new Label();
        m.visitLabel(top);
        int last = insns.length - 1;
        for (int n = 0; n < last; n++) emitter.emit(insns[n], mode, filled(insns[n]), n);
        Insn end = insns[last];
        if (target(end) == 0 && fuses(end, mode)) emitter.emitLoop(end, filled(end), insns.length, top);
        else emitter.emit(end, mode, filled(end), last);
    }

    /** An operation that is never run, and holds what one for {@code i} would. */
    static Op filled(Insn i) {
        Op op = new Op() {
            @Override
            public void run(CpuState s) {
                throw new IllegalStateException();
            }
        };
        fill(op, i);
        return op;
    }

    /** Whether the two may be one operation: the first leaves EIP alone, the second is a Jcc in flat 32-bit code, not far. */
    boolean fuses(Insn i, Insn branch, int mode) {
        return !i.form.ends() && target(branch) == (short) target(branch) && fuses(branch, mode);
    }

    /** From the block's first byte to where a branch goes. */
    private static int target(Insn branch) {
        return branch.next() + branch.immediate;
    }

    /** Whether it is a Jcc that cannot fault. */
    private boolean fuses(Insn branch, int mode) {
        return (mode & CpuState.FLAT) != 0 && branch.operandSize == 32
                && branch.form.name().startsWith("j") && meanings.condition(branch.form) != null;
    }

    private static void fill(Op op, Insn i) {
        op.take(i);
        for (Operand o : i.form.operands()) {
            if ((o == Operand.Gb) && op.reg > 3) op.reg -= 4;
            if ((o == Operand.Eb && !i.memory() || o == Operand.Zb) && op.rm > 3) op.rm -= 4;
        }
    }

    private Op instance(Insn i, Insn branch, int mode) {
        wanted.first = i.form;
        wanted.shape = shape(i, mode);
        wanted.second = branch == null ? null : branch.form;
        Op model = models.get(wanted);
        if (model == null) {
            Emitter trial = new Emitter(new MethodVisitor(ASM9) { }, meanings);
            trial.emit(i, branch, mode);
            model = define(i.form.name(), trial.decoded() ? Emitter.OF_INSN : Emitter.OP,
                    (m, emitter) -> emitter.emit(i, branch, mode));
            models.put(wanted.copy(), model);
        }
        return model.another();
    }

    /** All that the code emitted for {@code i} hangs on, its form apart. */
    private static int shape(Insn i, int mode) {
        int shape = i.operandSize == 32 ? 1 : 0;
        if (i.mod == 3) shape |= 2;
        for (Operand o : i.form.operands()) {
            if (o == Operand.Eb && !i.memory() && i.rm > 3 || o == Operand.Zb && i.rm > 3) shape |= 4;
            if (o == Operand.Gb && i.reg > 3) shape |= 8;
        }
        if (i.memory()) shape |= (i.base != CpuState.NONE ? 0x20 : 0) | (i.index != CpuState.NONE ? 0x40 : 0);
        return shape | (i.addressSize == 32 ? 0x10 : 0) | (unchecked(i, mode) ? 0x80 : 0) | (mode & CpuState.FLAT) << 8;
    }

    /** Whether the memory operand's offset is its linear address, without any check: CS may be flat, but never writable. */
    static boolean unchecked(Insn i, int mode) {
        return (mode & CpuState.FLAT) != 0 && i.segment < CpuState.FS && i.segment != CpuState.CS;
    }

    /** What fills a class's method {@link Op#run}. */
    private interface Body {
        void emit(MethodVisitor m, Emitter emitter);
    }

    /** An operation of a new class that extends {@code base}. */
    private Op define(String title, String base, Body body) {
        ClassWriter c = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected String getCommonSuperClass(String one, String other) {
                return "java/lang/Object";
            }
        };
        String name = Emitter.OP + "_" + title;
        c.visit(V17, ACC_FINAL | ACC_SUPER, name, null, base, null);
        MethodVisitor init = c.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
        init.visitVarInsn(ALOAD, 0);
        init.visitMethodInsn(INVOKESPECIAL, base, "<init>", "()V", false);
        init.visitInsn(RETURN);
        init.visitMaxs(0, 0);
        MethodVisitor another = c.visitMethod(0, "another", "()L" + Emitter.OP + ";", null, null);
        another.visitTypeInsn(NEW, name);
        another.visitInsn(DUP);
        another.visitMethodInsn(INVOKESPECIAL, name, "<init>", "()V", false);
        another.visitInsn(ARETURN);
        another.visitMaxs(0, 0);
        MethodVisitor m = new ShortConstants(c.visitMethod(ACC_PUBLIC, "run", Emitter.RUN, null, null));
        body.emit(m, new Emitter(m, meanings));
        m.visitInsn(RETURN);
        m.visitMaxs(0, 0);
        return first(c.toByteArray(), title);
    }

    private static Op first(byte[] code, String title) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(code, true);
            MethodHandle maker = lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class));
            return (Op) maker.asType(MethodType.methodType(Op.class)).invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no operation for " + title, e);
        }
    }
}
