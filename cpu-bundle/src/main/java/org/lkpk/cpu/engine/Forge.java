package org.lkpk.cpu.engine;

import static org.objectweb.asm.Opcodes.*;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;
import org.lkpk.api.cpu.Profile;
import org.lkpk.cpu.state.CpuState;
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
    private final Map<String, MethodHandle> makers = new HashMap<>();
    private final StringBuilder key = new StringBuilder(64);

    Forge(Profile profile) {
        meanings = new Meanings(profile);
    }

    /** The operation for one instruction, decoded for a mode of {@link CpuState#mode}. */
    Op make(Insn i, int mode) {
        key.setLength(0);
        describe(i, mode);
        Op op = instance(key.toString(), i, null, mode);
        fill(op, i);
        return op;
    }

    /** One operation for {@code i} and the conditional branch {@code branch} right behind it. */
    Op make(Insn i, Insn branch, int mode) {
        key.setLength(0);
        describe(i, mode);
        key.append('+');
        describe(branch, mode);
        Op op = instance(key.toString(), i, branch, mode);
        fill(op, i);
        op.next = branch.next();
        op.target = branch.next() + branch.immediate;
        op.weight = 2;
        return op;
    }

    /** One operation for all instructions of a block, with what differs between instructions as constants in its code. */
    Op make(Insn[] insns, int mode) {
        try {
            MethodHandle maker = define("block", (m, emitter) -> whole(m, emitter, insns, mode));
            Op op = (Op) maker.invokeExact();
            op.insns = insns;
            return op;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no operation for the block of " + insns[0].form, e);
        }
    }

    private void whole(MethodVisitor m, Emitter emitter, Insn[] insns, int mode) {
        Label top = new Label();
        m.visitLabel(top);
        int last = insns.length - 1;
        for (int n = 0; n < last; n++) emitter.emit(insns[n], mode, filled(insns[n]), n);
        Insn end = insns[last];
        if (end.next() + end.immediate == 0 && fuses(end, mode)) emitter.emitLoop(end, filled(end), insns.length, top);
        else emitter.emit(end, mode, filled(end), last);
    }

    /** An operation that is never run, and holds what one for {@code i} would. */
    private static Op filled(Insn i) {
        Op op = new Op() {
            @Override
            public void run(CpuState s) {
                throw new IllegalStateException();
            }
        };
        fill(op, i);
        return op;
    }

    /** Whether the two may be one operation: the first leaves EIP alone, the second is a Jcc in flat 32-bit code. */
    boolean fuses(Insn i, Insn branch, int mode) {
        return !i.form.ends() && fuses(branch, mode);
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

    private Op instance(String key, Insn i, Insn branch, int mode) {
        MethodHandle maker = makers.get(key);
        try {
            if (maker == null) makers.put(key, maker = define(i.form.name(), (m, emitter) -> {
                emitter.emit(i, mode);
                if (branch != null) emitter.emit(branch, mode);
            }));
            return (Op) maker.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("no operation for " + i.form, e);
        }
    }

    /** Appends all that the code emitted for {@code i} hangs on. */
    private void describe(Insn i, int mode) {
        key.append(i.form.name()).append('.').append(i.operandSize);
        for (Operand o : i.form.operands()) {
            key.append(' ').append(o);
            if (o.registerOrMemory()) key.append(i.memory() ? 'm' : o == Operand.Eb && i.rm > 3 ? 'h' : 'r');
            else if (o == Operand.Gb && i.reg > 3 || o == Operand.Zb && i.rm > 3) key.append('h');
        }
        if (i.memory()) key.append(' ').append(i.addressSize).append(i.base != CpuState.NONE ? 'b' : '-').append(i.index != CpuState.NONE ? 'x' : '-');
        key.append(unchecked(i, mode) ? 'f' : 's').append(mode & CpuState.FLAT);
    }

    /** Whether the memory operand's offset is its linear address, without any check: CS may be flat, but never writable. */
    static boolean unchecked(Insn i, int mode) {
        return (mode & CpuState.FLAT) != 0 && i.segment < CpuState.FS && i.segment != CpuState.CS;
    }

    /** What fills a class's method {@link Op#run}. */
    private interface Body {
        void emit(MethodVisitor m, Emitter emitter);
    }

    private MethodHandle define(String title, Body body) throws ReflectiveOperationException {
        ClassWriter c = new ClassWriter(ClassWriter.COMPUTE_FRAMES) {
            @Override
            protected String getCommonSuperClass(String one, String other) {
                return "java/lang/Object";
            }
        };
        String op = Type.getInternalName(Op.class);
        c.visit(V17, ACC_FINAL | ACC_SUPER, op + "_" + title, null, op, null);
        MethodVisitor init = c.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
        init.visitVarInsn(ALOAD, 0);
        init.visitMethodInsn(INVOKESPECIAL, op, "<init>", "()V", false);
        init.visitInsn(RETURN);
        init.visitMaxs(0, 0);
        MethodVisitor m = c.visitMethod(ACC_PUBLIC, "run", Emitter.RUN, null, null);
        body.emit(m, new Emitter(m, meanings));
        m.visitInsn(RETURN);
        m.visitMaxs(0, 0);
        MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(c.toByteArray(), true);
        return lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class)).asType(MethodType.methodType(Op.class));
    }
}
